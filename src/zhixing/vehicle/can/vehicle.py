"""A car on a CAN bus under a signal store."""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.datatypes.signal import Value
from zhixing.signals.store import SignalStore
from zhixing.vehicle.can.connection import Connection
from zhixing.vehicle.can.receiver import Receiver
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.wiring import Wiring
from zhixing.vehicle.can.wishes import Wishes
from zhixing.vehicle.followers import lid_position


class CanVehicle:
    """Reports what a bus says and says on the bus what is wanted.

    What has a command it provides, and every sensor; an actuator that only has a status is reported but not provided,
    so that the door refuses to move it.

    Args:
        store: Whose signals it reports.
        wiring: Which of them are where on the bus.
        line: The bus.
        tally: Where everything is counted, also by the line.
        name: Who reports.

    Raises:
        ProvidedError: Somebody else provides one of the signals.
    """

    def __init__(self, store: SignalStore, wiring: Wiring, line: Connection, tally: Tally, name: str = "can") -> None:
        self.tally = tally
        self._store = store
        self._line = line
        self._name = name
        self._was_up = True
        self._commands = {wire.path: wire for wire in wiring.commands}
        self._statuses = {wire.path: wire for wire in wiring.status}
        self._echoes: dict[str, tuple[Value, Value]] = {}
        self._receiver = Receiver(wiring.status, wiring, self, tally)
        self._wishes = Wishes(wiring, store.target, self._known, store.give_up, line.send, tally)
        self._mine = [*self._statuses, *wiring.constants]
        movable = [path for path in self._mine if self._can_provide(path)]
        self._release = store.provide(self._mine, self._want, name, movable)
        for path, value in wiring.constants.items():
            store.publish(path, value, store.now_ns(), name)

    @property
    def is_real_time(self) -> bool:
        """Whether its time is that of the wall: a bus does not wait."""
        return True

    @property
    def is_connected(self) -> bool:
        """Whether the bus is there."""
        return self._line.is_up

    def step(self, dt_s: float) -> None:
        """Report what the bus has brought, say what is stale, and send what is due."""
        del dt_s  # the store's clock says how late it is
        now_ns, line_now_ns = self._store.now_ns(), self._line.now_ns()
        for key, payload, arrived_ns in self._line.drain():
            self._receiver.take(key, payload, max(0, now_ns - max(0, line_now_ns - arrived_ns)))
        self._receiver.expire(now_ns)
        is_up = self._line.is_up
        if self._was_up and not is_up:
            self._receiver.lose_everything()
        self._was_up = is_up
        self._wishes.step(now_ns)

    def drive(self, speed_mps: float, yaw_rad: float, x_m: float, y_m: float, dt_s: float = 0.1) -> None:
        """Ignore the simulated driver: this car has a road of its own."""

    def close(self) -> None:
        """Let go of the bus and of the signals, which are stale from then on."""
        self._line.close()
        self._release()
        self._store.lose(self._mine)

    def report(self, path: str, value: Value, time_ns: int) -> None:
        """Publish what the bus says.

        Where that is what a wish comes to in the steps that the bus has, it is the wish itself: 21.3 degrees are
        reached when a bus with steps of half a degree says 21.5.
        """
        echo = self._echoes.get(path)
        if echo is not None:
            if echo[0] == value:
                value = echo[1]
            elif self._store.target(path) is None:
                del self._echoes[path]
        self._store.publish(path, value, time_ns, self._name)

    def lose(self, paths: Sequence[str]) -> None:
        """Say that signals are not known any more."""
        self._store.lose(paths)

    def _can_provide(self, path: str) -> bool:
        return (
            path in self._commands
            or self._store.catalogue[path].kind != "actuator"
            or self._lid_motor(path) is not None
        )

    def _lid_motor(self, path: str) -> str | None:
        position = lid_position(path)
        return position if position in self._commands else None

    def _want(self, path: str, value: Value) -> None:
        motor = self._lid_motor(path)
        if path in self._commands:
            self._echoes.pop(path, None)
            comes_to = self._comes_to(path, value)
            if comes_to is not None and comes_to != value:
                self._echoes[path] = (comes_to, value)
            self._wishes.add(path, value, self._store.now_ns())
        elif motor is not None and self._store.target(path) is not None:
            # As with the car of software: a lid is opened and closed by its motor, which the guards see to the end.
            self._store.hand_on(path, motor, 100 if value else 0)

    def _comes_to(self, path: str, value: Value) -> Value | None:
        """Return what the status of a path will be when a wish is done."""
        command, status = self._commands[path], self._statuses[path]
        raw = command.meaning.raw_of(value)
        sent = None if raw is None else command.meaning.value_of(raw)
        told = None if sent is None else status.meaning.raw_of(sent)
        return None if told is None else status.meaning.value_of(told)

    def _known(self, path: str) -> Value | None:
        value = None if self._store.is_stale(path) else self._store.value(path)
        return None if isinstance(value, tuple) else value
