from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from zhixing.cockpit.assistant import Assistant
from zhixing.datatypes.dialogue import Turn, Utterance
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Value, Zone
from zhixing.datatypes.units import ns_from_s
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.testing.parked_car import single
from zhixing.vehicle.virtual import VirtualVehicle


@dataclass
class Cabin:
    """A car that is sat in: what is said is finished before the next thing is said."""

    time_ns: int = 0
    last: Turn | None = None
    store: SignalStore = field(init=False)
    vehicle: VirtualVehicle = field(init=False)
    assistant: Assistant = field(init=False)

    def __post_init__(self) -> None:
        self.store = SignalStore(load_catalogue(), load_guards(), lambda: self.time_ns)
        self.vehicle = VirtualVehicle(self.store)
        self.assistant = Assistant(self.store, lambda: self.time_ns)

    def hear(self, text: str, zone: Zone = Zone.DRIVER, lang: Lang | None = None) -> Turn:
        """Say something and return at once."""
        return self.assistant.hear(Utterance(text=text, zone=zone, lang=lang, time_ns=self.time_ns))

    def say(self, text: str, zone: Zone = Zone.DRIVER, lang: Lang | None = None) -> str:
        """Say something, let the vehicle finish, and return the outcome."""
        self.last = self.hear(text, zone, lang)
        for _ in range(400):
            if self.last.outcome != "working":
                break
            self.wait(0.1)
            self.last = self.assistant.settle() or self.last
        return self.last.outcome

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time_ns += ns_from_s(seconds)
        self.vehicle.step(seconds)

    @property
    def reply(self) -> str:
        """What the car said last."""
        assert self.last is not None
        return self.last.reply

    def __getitem__(self, path: str) -> Value:
        return single(self.store.value(f"Vehicle.{path}"))

    def changed(self, before: Mapping[str, Value]) -> dict[str, Value]:
        """Return what is not as it was."""
        return {path: value for path, value in self.store.snapshot().items() if value != before[path]}


@pytest.fixture
def cabin() -> Cabin:
    """A parked car with nobody's wish open."""
    return Cabin()


@pytest.fixture
def cabin_with() -> Callable[..., Cabin]:
    """Make a car in a state: ``cabin_with({"Speed": 50.0})``."""

    def make(state: Mapping[str, Value]) -> Cabin:
        cabin = Cabin()
        cabin.vehicle.set_state({f"Vehicle.{path}": value for path, value in state.items()})
        return cabin

    return make
