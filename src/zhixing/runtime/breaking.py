"""Things of the virtual car broken by a person's word, to see whether the car tells the truth about them."""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.errors import InputError
from zhixing.vehicle.faults import Fault
from zhixing.vehicle.virtual import VirtualVehicle

_BLOCKED = "blocked"
_HINT = "Write PATH=stuck, slow, silent or blocked:PERCENT."


def break_things(vehicle: VirtualVehicle, faults: Sequence[str]) -> None:
    """Break what is named.

    Args:
        vehicle: Whose things.
        faults: Each ``PATH=KIND``, with a kind of :class:`Fault` or ``blocked:40`` for something in the way of a
            window, the sunroof or a lid at 40 % of its opening. ``Vehicle.`` may be left out.

    Raises:
        InputError: It is not written so, or cannot be broken in this way.
        UnknownSignalError: The car has no such signal.

    Example:
        >>> from zhixing.testing.parked_car import ParkedCar
        >>> car = ParkedCar()
        >>> break_things(car.vehicle, ["Cabin.Infotainment.Media.Volume=stuck"])
        >>> car.ask("Vehicle.Cabin.Infotainment.Media.Volume", 80).kind, car.vehicle.settle(5.0)
        ('granted', False)
    """
    for text in faults:
        path, separator, kind = text.partition("=")
        path = path if path.startswith("Vehicle.") else f"Vehicle.{path}"
        word, _, percent = kind.partition(":")
        if separator and word == _BLOCKED:
            try:
                at_percent = float(percent)
            except ValueError as error:
                raise InputError(f"{kind!r} does not say how far open it is blocked", hint=_HINT) from error
            vehicle.obstruct(path, at_percent)
        elif separator and kind in {fault.value for fault in Fault}:
            vehicle.fail(path, Fault(kind))
        else:
            raise InputError(f"{text!r} is no fault", hint=_HINT)
