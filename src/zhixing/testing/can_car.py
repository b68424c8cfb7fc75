"""A car on a CAN bus for tests: the vehicle under a store, the devices at the other end, and a bus of two lists."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from zhixing.datatypes.signal import Outcome, SetRequest, Value, Zone
from zhixing.datatypes.units import ns_from_s
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.testing.parked_car import HandClock
from zhixing.vehicle.can.connection import Arrived
from zhixing.vehicle.can.devices import SimulatedDevices
from zhixing.vehicle.can.opening import open_wiring
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.vehicle import CanVehicle
from zhixing.vehicle.can.wiring import Wiring


class CrossedLine:
    """One end of a bus without a bus: what is sent at one end arrives at the other, by the clock of the test."""

    def __init__(self, clock: HandClock) -> None:
        self.is_up = True
        self.arrived: deque[Arrived] = deque()
        self.other: CrossedLine | None = None
        self.sent: list[tuple[int, bytes]] = []
        self._clock = clock

    def now_ns(self) -> int:
        """Return now."""
        return self._clock()

    def drain(self) -> Iterable[Arrived]:
        """Yield what has arrived."""
        while self.arrived:
            yield self.arrived.popleft()

    def send(self, key: int, payload: bytes) -> None:
        """Let a frame arrive at the other end, unless one of them is down."""
        self.sent.append((key, payload))
        if self.is_up and self.other is not None and self.other.is_up:
            self.other.arrived.append(Arrived(key, payload, self._clock()))

    def close(self) -> None:
        """Be down."""
        self.is_up = False


@dataclass(slots=True)
class CanCar:
    """Store, vehicle, bus and devices on one clock.

    Example:
        >>> car = CanCar()
        >>> car.run(1.0)
        >>> car.ask("Vehicle.Cabin.Infotainment.Media.Volume", 40).kind
        'granted'
        >>> car.run(1.0)
        >>> car.store.value("Vehicle.Cabin.Infotainment.Media.Volume")
        40
    """

    clock: HandClock = field(default_factory=HandClock)
    wiring: Wiring = field(init=False)
    store: SignalStore = field(init=False)
    line: CrossedLine = field(init=False)
    vehicle: CanVehicle = field(init=False)
    devices: SimulatedDevices = field(init=False)

    def __post_init__(self) -> None:
        catalogue = load_catalogue()
        self.wiring = open_wiring(catalogue)
        self.store = SignalStore(catalogue, load_guards(), self.clock)
        self.line, there = CrossedLine(self.clock), CrossedLine(self.clock)
        self.line.other, there.other = there, self.line
        self.vehicle = CanVehicle(self.store, self.wiring, self.line, Tally(), "can test")
        self.devices = SimulatedDevices(catalogue, self.wiring, there, Tally(), self.clock)

    def run(self, duration_s: float, dt_s: float = 0.02) -> None:
        """Let time pass at both ends."""
        for _ in range(round(duration_s / dt_s)):
            self.clock.time_ns += ns_from_s(dt_s)
            self.devices.step(dt_s)
            self.vehicle.step(dt_s)

    def ask(self, path: str, value: Value) -> Outcome:
        """Ask the door for one change, from the driver's seat."""
        return self.store.request(SetRequest(path=path, value=value, zone=Zone.DRIVER, source="touch"))
