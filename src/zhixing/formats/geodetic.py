"""Latitude and longitude as metres in a plane: the frame that maps with geographic coordinates are read into."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.shapes import FloatArray

_AXIS_M, _FLATTENING = 6_378_137.0, 1.0 / 298.257223563  # WGS 84
_SCALE = 0.9996  # UTM, on the central meridian
_THIRD = _FLATTENING / (2.0 - _FLATTENING)
_RADIUS_M = _AXIS_M / (1.0 + _THIRD) * (1.0 + _THIRD**2 / 4.0 + _THIRD**4 / 64.0)
_SERIES = (
    _THIRD / 2.0 - 2.0 * _THIRD**2 / 3.0 + 5.0 * _THIRD**3 / 16.0 + 41.0 * _THIRD**4 / 180.0,
    13.0 * _THIRD**2 / 48.0 - 3.0 * _THIRD**3 / 5.0 + 557.0 * _THIRD**4 / 1440.0,
    61.0 * _THIRD**3 / 240.0 - 103.0 * _THIRD**4 / 140.0,
    49561.0 * _THIRD**4 / 161280.0,
)
"""Krüger's series to the fourth order of the third flattening; the next term is below a micrometre."""
MAX_LATITUDE_DEG = 84.0
"""Where UTM ends."""


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A point on Earth, WGS 84.

    Attributes:
        latitude_deg: Positive to the north.
        longitude_deg: Positive to the east.
    """

    latitude_deg: float
    longitude_deg: float


def xy_from_geodetic_m(latitude_deg: FloatArray, longitude_deg: FloatArray, origin: GeoPoint) -> FloatArray:
    """Return (points, 2) x to the east and y to the north of an origin, in the UTM zone of the origin.

    This is the frame of Lanelet2's ``UtmProjector``: lengths are those of UTM, 0.04 % shorter than on the ground in the
    middle of a zone and 0.1 % longer on its edge at the equator. Zones are 6° wide, also around Norway.

    Args:
        latitude_deg: (points,)
        longitude_deg: (points,) within a few degrees of the origin.
        origin: Where x and y are 0.

    Source:
        Krüger (1912), in the form of Karney (2011), "Transverse Mercator with an accuracy of a few nanometers".

    Example:
        >>> xy_from_geodetic_m(np.array([0.0007]), np.array([0.0006]), GeoPoint(0.0, 0.0)).round(3).tolist()
        [[66.857, 77.478]]
    """
    meridian_deg = 6.0 * math.floor(origin.longitude_deg / 6.0) + 3.0
    here = _project(np.array([origin.latitude_deg]), np.array([origin.longitude_deg - meridian_deg]))
    return _project(latitude_deg, longitude_deg - meridian_deg) - here


def _project(latitude_deg: FloatArray, from_meridian_deg: FloatArray) -> FloatArray:
    latitude, longitude = np.radians(latitude_deg), np.radians(from_meridian_deg)
    second = 2.0 * math.sqrt(_THIRD) / (1.0 + _THIRD)
    sine = np.sin(latitude)
    t = np.sinh(np.arctanh(sine) - second * np.arctanh(second * sine))
    north = np.arctan2(t, np.cos(longitude))
    east = np.arctanh(np.sin(longitude) / np.sqrt(1.0 + t**2))
    x, y = east.copy(), north.copy()
    for k, factor in enumerate(_SERIES, 1):
        x += factor * np.cos(2.0 * k * north) * np.sinh(2.0 * k * east)
        y += factor * np.sin(2.0 * k * north) * np.cosh(2.0 * k * east)
    return _SCALE * _RADIUS_M * np.stack((x, y), axis=-1)
