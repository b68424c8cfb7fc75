"""The other end of a bus, simulated: devices that tell their status in cycles, obey commands, and can be broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from zhixing.datatypes.signal import Reading, SetRequest, Value
from zhixing.signals.catalogue import Catalogue
from zhixing.signals.guards import Guards
from zhixing.signals.store import SignalStore
from zhixing.vehicle.can.connection import Connection
from zhixing.vehicle.can.layout import MessageLayout, Raw
from zhixing.vehicle.can.protection import seal
from zhixing.vehicle.can.receiver import Receiver
from zhixing.vehicle.can.sender import Sender
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.wiring import Wiring
from zhixing.vehicle.virtual import VirtualVehicle


@dataclass(slots=True)
class Faults:
    """What is broken now; messages by their names in the DBC.

    Attributes:
        silent: Messages that are not sent.
        corrupt: Messages with one bit turned over after they were sealed.
        frozen: Messages that are sent again as they were, counter and all.
        absurd: Raw numbers in place of what is true, by message and signal; sealed as if they were true.
    """

    silent: set[str] = field(default_factory=set)
    corrupt: set[str] = field(default_factory=set)
    frozen: set[str] = field(default_factory=set)
    absurd: dict[tuple[str, str], Raw] = field(default_factory=dict)


class SimulatedDevices:
    """A virtual car behind a bus: what it says and hears is what a mapping says, from the other end.

    Args:
        catalogue: The signals.
        wiring: As the other end has it.
        line: The bus.
        tally: Where everything is counted.
        clock: Now, in nanoseconds.
    """

    def __init__(
        self, catalogue: Catalogue, wiring: Wiring, line: Connection, tally: Tally, clock: Callable[[], int]
    ) -> None:
        self.tally = tally
        self.faults = Faults()
        self.store = SignalStore(catalogue, Guards(()), clock)
        self.vehicle = VirtualVehicle(self.store)
        self._line = line
        there = wiring.reversed()
        self._layouts = {wire.message.key: wire.message for wire in there.commands}
        self._before: dict[int, bytes] = {}
        self._receiver = Receiver(there.status, there, self, tally)
        self._sender = Sender(there.commands, self._value, self._send)
        self._changed: dict[str, None] = {}
        on_occasion = {wire.path: wire.message.name for wire in there.commands if wire.message.cycle_s is None}
        self.store.watch(lambda path, _: self._changed.setdefault(on_occasion[path]), on_occasion)
        self._changed.update(dict.fromkeys(on_occasion.values()))

    def step(self, dt_s: float) -> None:
        """Hear commands, move, and tell what is due."""
        now_ns = self.store.now_ns()
        for key, payload, _ in self._line.drain():
            self._receiver.take(key, payload, now_ns)
        self._receiver.expire(now_ns)
        self.vehicle.step(dt_s)
        for message in self._changed:
            self._sender.send_now(message)
        self._changed.clear()
        self._sender.step(now_ns)

    def close(self) -> None:
        """Let go of the bus."""
        self._line.close()

    def report(self, path: str, value: Value, time_ns: int) -> None:
        """Do what a command says."""
        del time_ns
        if self.store.target(path) != value:
            self.store.request(SetRequest(path=path, value=value, zone=None, source="system"))

    def lose(self, paths: Sequence[str]) -> None:
        """Go on with what was asked for last when nothing is asked for any more."""

    def _value(self, path: str) -> Value | None:
        value: Reading | None = self.store.value(path)
        return None if isinstance(value, tuple) else value

    def _send(self, key: int, payload: bytes) -> None:
        layout, faults = self._layouts[key], self.faults
        if layout.name in faults.silent:
            return
        for (message, signal), raw in faults.absurd.items():
            if message == layout.name:
                payload = _with(layout, signal, raw, payload)
        if layout.name in faults.corrupt:
            payload = bytes((payload[0] ^ 0x10,)) + payload[1:]
        if layout.name in faults.frozen:
            payload = self._before.get(key, payload)
        self._before[key] = payload
        self._line.send(key, payload)


def _with(layout: MessageLayout, signal: str, raw: Raw, payload: bytes) -> bytes:
    field_, protection = layout.signals[signal].field, layout.protection
    payload = field_.write(payload, layout.signals[signal].bits_of(raw) or 0)
    if protection is None:
        return payload
    return seal(protection, payload, protection.counter.read(payload) if protection.counter else 0)
