"""A parked car for tests: the real catalogue and guards, a vehicle of software, and a clock that is told the time."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from zhixing.datatypes.signal import NeedsYes, Outcome, Reading, SetRequest, Source, Value, Zone
from zhixing.signals.catalogue import Catalogue, load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.vehicle.virtual import VirtualVehicle


def single(value: Reading | None) -> Value:
    """Return a reading that is there and is no array."""
    assert value is not None, "nobody has reported it"  # noqa: S101  # a test's own expectation
    assert not isinstance(value, tuple), value  # noqa: S101
    return value


def parked_state(catalogue: Catalogue | None = None) -> dict[str, Value]:
    """Return what a parked car's signals are, of those that it has."""
    leaves = (catalogue or load_catalogue()).items()
    return {p: leaf.default for p, leaf in leaves if leaf.default is not None and not isinstance(leaf.default, tuple)}


class HandClock:
    """Time that stands still until ``time_ns`` is set."""

    def __init__(self) -> None:
        self.time_ns = 0

    def __call__(self) -> int:
        """Return now."""
        return self.time_ns


@dataclass(slots=True)
class ParkedCar:
    """Store, vehicle and clock; tokens count up, so that runs can be compared.

    Example:
        >>> car = ParkedCar()
        >>> car.ask("Vehicle.Cabin.Infotainment.Media.Volume", 40).kind, car.vehicle.settle(1.0)
        ('granted', True)
        >>> car.store.value("Vehicle.Cabin.Infotainment.Media.Volume")
        40
    """

    clock: HandClock = field(default_factory=HandClock)
    store: SignalStore = field(init=False)
    vehicle: VirtualVehicle = field(init=False)

    def __post_init__(self) -> None:
        numbers = itertools.count()
        self.store = SignalStore(load_catalogue(), load_guards(), self.clock, lambda: f"token-{next(numbers)}")
        self.vehicle = VirtualVehicle(self.store)

    def ask(self, path: str, value: Value, zone: Zone | None = Zone.DRIVER, source: Source = "voice") -> Outcome:
        """Ask the door for one change."""
        return self.store.request(SetRequest(path=path, value=value, zone=zone, source=source))

    def question(self, path: str, value: Value, zone: Zone = Zone.DRIVER) -> NeedsYes:
        """Ask for something that needs a yes and return the question; an AssertionError if it needs none."""
        outcome = self.ask(path, value, zone)
        assert isinstance(outcome, NeedsYes), outcome  # noqa: S101  # a test's own expectation
        return outcome

    def number(self, path: str) -> float:
        """Return a current value that is a number."""
        value = self.store.value(path)
        assert isinstance(value, int | float), value  # noqa: S101
        return float(value)
