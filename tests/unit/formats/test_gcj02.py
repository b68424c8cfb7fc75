"""WGS 84 and GCJ-02: known places, the way there and back, and where nothing is moved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.formats.gcj02 import gcj02_from_wgs84, gcj02_point, is_moved, wgs84_from_gcj02
from zhixing.formats.geodetic import GeoPoint

_M_PER_DEG = 111_320.0


@given(st.floats(18.0, 53.0), st.floats(74.0, 134.0))
def test_there_and_back_is_the_same_place(latitude: float, longitude: float) -> None:
    there = gcj02_from_wgs84(np.array([latitude]), np.array([longitude]))
    back = wgs84_from_gcj02(there[:, 0], there[:, 1])
    np.testing.assert_allclose(back, [[latitude, longitude]], atol=1e-9)


@given(st.floats(20.0, 50.0), st.floats(80.0, 130.0))
def test_in_china_places_move_by_some_hundred_metres(latitude: float, longitude: float) -> None:
    there = gcj02_from_wgs84(np.array([latitude]), np.array([longitude]))[0]
    north = (there[0] - latitude) * _M_PER_DEG
    east = (there[1] - longitude) * _M_PER_DEG * np.cos(np.radians(latitude))
    assert 10.0 < np.hypot(north, east) < 1500.0


@pytest.mark.parametrize(("latitude", "longitude"), [(48.1, 11.6), (35.7, 139.7), (0.0, 0.0), (-33.9, 18.4)])
def test_elsewhere_nothing_is_moved(latitude: float, longitude: float) -> None:
    point = np.array([latitude]), np.array([longitude])
    assert not is_moved(*point)[0]
    np.testing.assert_array_equal(gcj02_from_wgs84(*point), [[latitude, longitude]])


def test_a_known_place() -> None:
    """Tian'anmen Square as published converters have it, to five decimals."""
    found = gcj02_point(GeoPoint(39.90734, 116.39089))
    assert (found.latitude_deg, found.longitude_deg) == pytest.approx((39.90874, 116.39713), abs=3e-5)
