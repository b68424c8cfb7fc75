"""The yardsticks brake when their sources say so, and crash about as often as was published."""

from __future__ import annotations

import numpy as np
import pytest

from zhixing.simulation.cut_in import CutIns, bench_cases, published_cases
from zhixing.simulation.reference_drivers import (
    REFERENCE_DRIVERS,
    CarefulDriver,
    FuzzyDriver,
    RegulationDriver,
    RssDriver,
    View,
    drive_reference,
)


def view(gap_m: float, *, side_gap_m: float = -1.0, ego_mps: float = 20.0, other_mps: float = 10.0) -> View:
    def column(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([value])

    return View(
        gap_m=column(gap_m),
        side_gap_m=column(side_gap_m),
        ego_mps=column(ego_mps),
        accel_mps2=column(0.0),
        other_mps=column(other_mps),
        drift_mps=column(0.5),
        step_s=0.01,
    )


def one(ego_mps: float, other_mps: float, gap_m: float, sideways_mps: float) -> CutIns:
    return CutIns(*(np.array([value]) for value in (ego_mps, other_mps, gap_m, sideways_mps)))


def test_who_cuts_in_moves_without_a_jump_and_stops_in_the_middle() -> None:
    case = one(20.0, 10.0, 30.0, 1.2)
    times = np.arange(-2.0, 6.0, 0.01)
    offset = np.concatenate([case.offset_m(np.array([t])) for t in times])
    drift = np.concatenate([case.drift_mps(np.array([t])) for t in times])
    assert np.abs(np.diff(offset)).max() <= 0.0121
    assert offset[np.searchsorted(times, 0.0)] == pytest.approx(3.5, abs=0.02)
    assert offset[-1] == 0.0
    assert drift[-1] == 0.0
    assert np.allclose(-np.diff(offset)[:-1] / 0.01, drift[1:-1], atol=0.02 + 1.2 * (offset[1:-1] < 0.02))


def test_the_careful_driver_acts_below_two_seconds_and_only_when_the_other_is_in_front() -> None:
    driver = CarefulDriver()
    assert driver.sees_danger(view(19.9)).all()
    assert not driver.sees_danger(view(20.1)).any()
    assert not driver.sees_danger(view(19.9, side_gap_m=0.1)).any()


def test_the_regulation_acts_at_the_time_that_its_formula_gives() -> None:
    needed_s = 10.0 / 12.0 + 0.35 + 0.1
    assert RegulationDriver().sees_danger(view(10.0 * needed_s - 0.01)).all()
    assert not RegulationDriver().sees_danger(view(10.0 * needed_s + 0.01)).any()


def test_rss_acts_at_its_two_distances() -> None:
    along = 20.0 * 0.75 + 0.5 * 3.0 * 0.75**2 + ((20.0 + 2.25) ** 2 - 10.0**2) / 12.0
    assert RssDriver().sees_danger(view(along - 0.01)).all()
    assert not RssDriver().sees_danger(view(along + 0.01)).any()
    across = 0.3 + 0.5 * (0.5 + 1.25) * 0.75 + 1.25**2 / 2.0
    assert RssDriver().sees_danger(view(10.0, side_gap_m=across - 0.01)).all()
    assert not RssDriver().sees_danger(view(10.0, side_gap_m=across + 0.01)).any()


def test_the_fuzzy_driver_brakes_gently_from_afar_and_hard_when_near() -> None:
    driver = FuzzyDriver()
    far, middle, near = view(100.0), view(50.0), view(8.0)
    assert driver.proactive(far) == 0.0
    assert driver.critical(far) == 0.0
    assert 0.0 < driver.proactive(middle)[0] < 1.0
    assert driver.critical(middle) == 0.0
    assert driver.critical(near) == 1.0
    full = np.array([10.0])
    assert driver.braking_mps2(middle, full)[0] < 4.0
    assert driver.braking_mps2(near, full)[0] == pytest.approx(6.0)


@pytest.mark.parametrize("driver", REFERENCE_DRIVERS, ids=lambda driver: driver.name)
def test_a_driver_avoids_what_is_easy_and_crashes_where_nobody_can_avoid(driver: object) -> None:
    easy, hopeless = one(20.0, 15.0, 80.0, 0.5), one(33.0, 3.0, 20.0, 1.7)
    assert not drive_reference(easy, driver, 0.05)[0].any()  # type: ignore[arg-type]
    assert drive_reference(hopeless, driver, 0.05)[0].all()  # type: ignore[arg-type]


def test_the_careful_driver_shows_nothing_where_the_regulation_asks_nothing() -> None:
    crashed, shown = drive_reference(one(20.0, 15.0, 80.0, 0.5), CarefulDriver())
    assert not crashed.any()
    assert not shown.any()


@pytest.mark.slow
def test_shares_of_crashes_are_near_the_published_ones() -> None:
    cases = published_cases()
    rows = np.arange(0, cases.num_cases, 11)
    sample = CutIns(cases.ego_mps[rows], cases.other_mps[rows], cases.gap_m[rows], cases.sideways_mps[rows])
    shares = {driver.name: 100.0 * drive_reference(sample, driver, 0.05)[0].mean() for driver in REFERENCE_DRIVERS}
    assert shares["fuzzy safety model"] < 12.0  # published 6.7
    assert shares["RSS"] < 12.0  # published 6.9
    assert 12.0 < shares["UN R157 5.2.5.2"] < 22.0  # published 15.4
    assert 23.0 < shares["careful and competent driver"] < 29.0  # published 25.8


def test_the_bench_has_2400_cases_in_the_published_ranges() -> None:
    cases, published = bench_cases(), published_cases()
    assert cases.num_cases == 2400
    for column in ("ego_mps", "other_mps", "gap_m", "sideways_mps"):
        ours, theirs = getattr(cases, column), getattr(published, column)
        assert theirs.min() <= ours.min() <= ours.max() <= theirs.max()
