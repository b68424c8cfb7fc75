"""Open wishes on a bus: said until the car reports that they are done, or until the time for it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhixing.datatypes.signal import Value
from zhixing.datatypes.units import ns_from_s
from zhixing.vehicle.can.sender import Sender
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.wiring import Wire, Wiring

REPEAT_S = 0.1
ANSWER_WITHIN_S = 30.0  # the slowest motor of a car, a seat from end to end, takes about 20 s
_MIN_SAID = 3  # a frame may be lost, and a wish that was withdrawn has no target left to wait for


@dataclass(slots=True)
class _Wish:
    value: Value
    until_ns: int
    num_said: int = 0


class Wishes:
    """What the devices on a bus are asked to do.

    A command message with a cycle is sent all the time and carries ``absent`` where nothing is wished; one without is
    sent at once and again until the wish is done.

    Args:
        wiring: Which commands there are.
        target: What is wanted of a path and not reported yet.
        current: What is known of a path; said for commands that have no ``absent``.
        give_up: Says of a path that what is wanted of it will not be done.
        send: Puts a frame on the bus: key and payload.
        tally: Where it is counted.
    """

    def __init__(
        self,
        wiring: Wiring,
        target: Callable[[str], Value | None],
        current: Callable[[str], Value | None],
        give_up: Callable[[str], None],
        send: Callable[[int, bytes], None],
        tally: Tally,
    ) -> None:
        self._give_up = give_up
        self._wires = {wire.path: wire for wire in wiring.commands}
        self._target = target
        self._current = current
        self._tally = tally
        self._open: dict[str, _Wish] = {}
        self._repeat_ns: dict[str, int] = {}
        self._sender = Sender(wiring.commands, self._say, send, only_whole=True)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, path: str, value: Value, now_ns: int) -> None:
        """Begin to wish something; a newer wish for the same path takes the older one's place."""
        wire = self._wires[path]
        if wire.meaning.raw_of(value) is None:
            self._tally.unsendable += 1
            self._give_up(path)
            return
        self._open[path] = _Wish(value, now_ns + ns_from_s(ANSWER_WITHIN_S))
        if wire.message.cycle_s is None:
            self._repeat_ns[wire.message.name] = now_ns

    def forget_all(self) -> None:
        """Wish nothing any more: there is no bus to say it on."""
        self._open.clear()
        self._repeat_ns.clear()

    def step(self, now_ns: int) -> None:
        """Say what is due, and let go of what is done or has taken too long."""
        self._sender.step(now_ns)
        for message, due_ns in list(self._repeat_ns.items()):
            if now_ns >= due_ns:
                self._sender.send_now(message)
                self._repeat_ns[message] = now_ns + ns_from_s(REPEAT_S)
        for path, wish in list(self._open.items()):
            is_done = self._target(path) is None and wish.num_said >= _MIN_SAID
            if is_done or now_ns >= wish.until_ns:
                del self._open[path]
                if not is_done:
                    self._tally.unanswered += 1
                    self._give_up(path)
        wished = {self._wires[path].message.name for path in self._open}
        self._repeat_ns = {message: due_ns for message, due_ns in self._repeat_ns.items() if message in wished}

    def _say(self, path: str) -> Value | None:
        wish = self._open.get(path)
        if wish is not None:
            wish.num_said += 1
            return wish.value
        wire: Wire = self._wires[path]
        return self._current(path) if wire.absent is None else None
