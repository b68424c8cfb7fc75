"""What merely follows a signal: a window that is not shut is open, a trunk that opens is not locked."""

from __future__ import annotations

from collections.abc import Iterator

from zhixing.datatypes.signal import Value
from zhixing.signals.store import SignalStore

_LIDS = ("Vehicle.Body.Trunk.Rear", "Vehicle.Body.Trunk.Front", "Vehicle.Body.Hood")
_SWITCH = "Vehicle.Body.Lights.LightSwitch"
_GEAR, _CURRENT_GEAR = (f"Vehicle.Powertrain.Transmission.{gear}Gear" for gear in ("Selected", "Current"))
_DRIVE = 127


def lid_position(path: str) -> str | None:
    """Return the position signal of a lid whose ``IsOpen`` is given, None for any other signal.

    Example:
        >>> lid_position("Vehicle.Body.Hood.IsOpen"), lid_position("Vehicle.Cabin.Door.Row1.DriverSide.IsOpen")
        ('Vehicle.Body.Hood.Position', None)
    """
    lid = path.removesuffix(".IsOpen")
    return f"{lid}.Position" if lid in _LIDS and lid != path else None


def device(path: str) -> str:
    """Return the signal by which a thing is moved, where another merely says that it is open.

    Example:
        >>> device("Vehicle.Body.Hood.IsOpen"), device("Vehicle.Body.Horn.IsActive")
        ('Vehicle.Body.Hood.Position', 'Vehicle.Body.Horn.IsActive')
    """
    if path.endswith(".Window.IsOpen"):
        return path.replace(".IsOpen", ".Position")
    return lid_position(path) or path


def companion(path: str) -> str | None:
    """Return the signal that says whether the thing at a position is open, None where there is none.

    Example:
        >>> companion("Vehicle.Body.Hood.Position"), companion("Vehicle.Cabin.Sunroof.Position")
        ('Vehicle.Body.Hood.IsOpen', None)
    """
    is_open = f"{path.removesuffix('.Position')}.IsOpen"
    return is_open if device(is_open) == path else None


def followers(path: str, value: Value, store: SignalStore) -> Iterator[tuple[str, Value]]:
    """Yield signals and values that go with a newly reported value."""
    if path.endswith(".Window.Position") and isinstance(value, int | float):
        yield path.replace(".Position", ".IsOpen"), value > 0
    position = lid_position(path)
    if position:
        yield position, 100 if value else 0
    lid = path.removesuffix(".Position")
    if lid in _LIDS and lid != path:
        yield f"{lid}.IsOpen", bool(value)
    if value and (lid in _LIDS or position) and ".Trunk." in path:
        yield f"{path.rpartition('.')[0]}.IsLocked", False
    if path == _GEAR:  # an electric car has one gear forward
        yield _CURRENT_GEAR, 1 if value == _DRIVE else value
    if path.endswith("Beam.High.IsOn"):
        yield "Vehicle.Body.Lights.IsHighBeamSwitchOn", value
    if path.endswith("IsHighBeamSwitchOn"):
        yield "Vehicle.Body.Lights.Beam.High.IsOn", value
    if (
        path.endswith("Beam.Low.IsOn")
        and _SWITCH in store.catalogue
        and store.value(_SWITCH) in {"AUTO", "BEAM", "OFF"}
    ):
        yield _SWITCH, "BEAM" if value else "AUTO"
