"""WGS 84 and GCJ-02, the datum that maps published in China have to use: the two lie up to 700 m apart.

GCJ-02 is WGS 84 moved by a smooth function of the place; outside of China it is WGS 84. The function is the one that
open-source map software has agreed on since 2013; the official one is not published.
"""

from __future__ import annotations

import math

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.formats.geodetic import GeoPoint

_AXIS_M, _ECCENTRICITY2 = 6_378_245.0, 0.00669342162296594323  # Krassowsky 1940
_NORTH_DEG, _EAST_DEG = 35.0, 105.0
_BOX_DEG = (0.8293, 55.8271, 72.004, 137.8347)
"""Least and greatest latitude, then longitude, where places are moved: a rectangle about China."""
_NEAR_DEG = 1e-11
_MOST_ROUNDS = 30


def is_moved(latitude_deg: FloatArray, longitude_deg: FloatArray) -> BoolArray:
    """Return (points,) whether GCJ-02 differs from WGS 84 there."""
    south, north, west, east = _BOX_DEG
    return np.asarray(
        (latitude_deg >= south) & (latitude_deg <= north) & (longitude_deg >= west) & (longitude_deg <= east)
    )


def gcj02_from_wgs84(latitude_deg: FloatArray, longitude_deg: FloatArray) -> FloatArray:
    """Return (points, 2) latitude and longitude in GCJ-02.

    Args:
        latitude_deg: (points,) in WGS 84.
        longitude_deg: (points,) in WGS 84.

    Example:
        >>> gcj02_from_wgs84(np.array([39.9087]), np.array([116.3975])).round(5).tolist()
        [[39.9101, 116.40374]]
    """
    x, y = longitude_deg - _EAST_DEG, latitude_deg - _NORTH_DEG
    north, east = _north(x, y), _east(x, y)
    angle = np.radians(latitude_deg)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(angle) ** 2
    root = np.sqrt(magic)
    north_deg = np.degrees(north / (_AXIS_M * (1.0 - _ECCENTRICITY2) / (magic * root)))
    east_deg = np.degrees(east / (_AXIS_M / root * np.cos(angle)))
    moved = is_moved(latitude_deg, longitude_deg)
    return np.stack(
        (latitude_deg + np.where(moved, north_deg, 0.0), longitude_deg + np.where(moved, east_deg, 0.0)), axis=-1
    )


def wgs84_from_gcj02(latitude_deg: FloatArray, longitude_deg: FloatArray) -> FloatArray:
    """Return (points, 2) latitude and longitude in WGS 84, to within a micrometre: by iteration.

    Args:
        latitude_deg: (points,) in GCJ-02.
        longitude_deg: (points,) in GCJ-02.
    """
    wanted = np.stack((latitude_deg, longitude_deg), axis=-1)
    found = wanted.copy()
    for _ in range(_MOST_ROUNDS):
        off = gcj02_from_wgs84(found[:, 0], found[:, 1]) - wanted
        found -= off
        if not np.abs(off).max(initial=0.0) > _NEAR_DEG:
            break
    return found


def gcj02_point(point: GeoPoint) -> GeoPoint:
    """Return a point of WGS 84 in GCJ-02."""
    latitude, longitude = gcj02_from_wgs84(np.array([point.latitude_deg]), np.array([point.longitude_deg]))[0]
    return GeoPoint(float(latitude), float(longitude))


def _north(x: FloatArray, y: FloatArray) -> FloatArray:
    shift = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    shift = shift + (20.0 * np.sin(6.0 * x * math.pi) + 20.0 * np.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    shift = shift + (20.0 * np.sin(y * math.pi) + 40.0 * np.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    waves = (160.0 * np.sin(y / 12.0 * math.pi) + 320.0 * np.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    return np.asarray(shift + waves)


def _east(x: FloatArray, y: FloatArray) -> FloatArray:
    shift = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    shift = shift + (20.0 * np.sin(6.0 * x * math.pi) + 20.0 * np.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    shift = shift + (20.0 * np.sin(x * math.pi) + 40.0 * np.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    waves = (150.0 * np.sin(x / 12.0 * math.pi) + 300.0 * np.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    return np.asarray(shift + waves)
