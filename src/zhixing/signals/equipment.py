"""What this very car has, of all that the catalogue knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zhixing.datatypes.signal import Leaf
from zhixing.signals.readings import Readings


class Equipment(Mapping[str, Leaf]):
    """The signals that have been reported at least once; grows as a vehicle makes itself known.

    Args:
        readings: The car.
        only_known: Leave out those whose value is stale: nobody knows what they are now.

    Example:
        >>> from zhixing.testing.parked_car import ParkedCar
        >>> equipment = Equipment(ParkedCar().store)
        >>> "Vehicle.Speed" in equipment, "Vehicle.Driver.HeartRate" in equipment
        (True, False)
    """

    def __init__(self, readings: Readings, *, only_known: bool = False) -> None:
        self._readings = readings
        self._only_known = only_known

    def __contains__(self, path: object) -> bool:
        if path not in self._readings.catalogue:
            return False
        if self._readings.value(str(path)) is None:
            return False
        return not (self._only_known and self._readings.is_stale(str(path)))

    def __getitem__(self, path: str) -> Leaf:
        if path not in self:
            raise KeyError(path)
        return self._readings.catalogue[path]

    def __iter__(self) -> Iterator[str]:
        return (path for path in self._readings.catalogue if path in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
