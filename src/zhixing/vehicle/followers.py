"""What merely follows a signal: a window that is not shut is open, a trunk that opens is not locked."""

from __future__ import annotations

from collections.abc import Iterator

from zhixing.datatypes.signal import Value
from zhixing.signals.store import SignalStore


def followers(path: str, value: Value, store: SignalStore) -> Iterator[tuple[str, Value]]:
    """Yield signals and values that go with a newly reported value."""
    if path.endswith(".Window.Position") and isinstance(value, int | float):
        yield path.replace(".Position", ".IsOpen"), value > 0
    if path.endswith((".Trunk.Rear.IsOpen", ".Trunk.Front.IsOpen", ".Hood.IsOpen")):
        yield path.replace(".IsOpen", ".Position"), 100 if value else 0
        if value and ".Trunk." in path:
            yield path.replace(".IsOpen", ".IsLocked"), False
    if path.endswith((".Trunk.Rear.Position", ".Trunk.Front.Position", ".Hood.Position")):
        yield path.replace(".Position", ".IsOpen"), bool(value)
    if path.endswith("Beam.High.IsOn"):
        yield "Vehicle.Body.Lights.IsHighBeamSwitchOn", value
    if path.endswith("IsHighBeamSwitchOn"):
        yield "Vehicle.Body.Lights.Beam.High.IsOn", value
    if path.endswith("Beam.Low.IsOn") and store.value("Vehicle.Body.Lights.LightSwitch") in {"AUTO", "BEAM", "OFF"}:
        yield "Vehicle.Body.Lights.LightSwitch", "BEAM" if value else "AUTO"
