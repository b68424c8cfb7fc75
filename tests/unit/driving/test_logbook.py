"""What the car did lately, with the decision that it was due to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.driving_account import Cause, Episode
from zhixing.datatypes.scene import EgoState
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.because import cause_of
from zhixing.driving.explain import explain
from zhixing.driving.logbook import KEPT_NS, Logbook

STEP_NS = 100_000_000
YIELD = cause_of(explain("yield", RoadUser.EBIKE, 17), RoadUser.EBIKE)
RED = cause_of(explain("red-light", 0, -1), None)
FREE = cause_of(explain("free-road", 0, -1), None)


class Drive:
    """A car on a straight road, told second by second how to go."""

    def __init__(self, speed_mps: float) -> None:
        self.book, self.time_ns, self.speed_mps = Logbook(), 0, speed_mps

    def go(self, seconds: float, accel_mps2: float, cause: Cause, *, changes_lane: bool = False) -> None:
        for k in range(round(10 * seconds)):
            before, self.time_ns = self.speed_mps, self.time_ns + STEP_NS
            self.speed_mps = max(0.0, before + 0.1 * accel_mps2)
            ego = EgoState(
                x_m=0.0, y_m=0.0, yaw_rad=0.0, speed_mps=self.speed_mps, accel_mps2=10.0 * (self.speed_mps - before)
            )
            self.book.step(self.time_ns, ego, cause, changes_lane=changes_lane and k == 0)

    def told(self) -> tuple[Episode, ...]:
        return self.book.episodes(self.time_ns)


def test_braking_is_told_with_its_speeds_its_strength_and_whom_it_was_for() -> None:
    drive = Drive(9.0)
    drive.go(2.0, 0.0, FREE)
    drive.go(2.0, -3.0, YIELD)
    drive.go(14.0, 0.2, FREE)
    (episode,) = drive.told()
    assert (episode.deed, episode.cause.decision.rule, episode.cause.decision.object_id) == ("braked", "yield", 17)
    assert episode.from_mps == pytest.approx(9.0)
    assert episode.to_mps == pytest.approx(3.0)
    assert episode.hardest_mps2 == pytest.approx(3.0)
    assert episode.ended_ns is not None
    assert drive.time_ns - episode.ended_ns == pytest.approx(14.0e9, abs=0.2e9)


def test_the_decision_that_cost_most_speed_is_the_cause() -> None:
    drive = Drive(12.0)
    drive.go(0.3, -1.0, FREE)
    drive.go(2.0, -4.0, YIELD)
    drive.go(1.0, -1.0, RED)
    drive.go(2.0, 0.0, FREE)
    (episode,) = drive.told()
    assert episode.cause is YIELD


def test_a_stop_lasts_until_the_car_goes_and_has_its_own_cause() -> None:
    drive = Drive(6.0)
    drive.go(3.0, -2.0, YIELD)
    drive.go(20.0, 0.0, RED)
    lasting = drive.told()[-1]
    assert (lasting.deed, lasting.ended_ns, lasting.cause) == ("stood", None, RED)
    drive.go(3.0, 1.5, FREE)
    assert [(one.deed, one.ended_ns is not None) for one in drive.told()] == [("braked", True), ("stood", True)]


def test_what_nobody_notices_is_not_written_down() -> None:
    drive = Drive(10.0)
    drive.go(0.5, -1.0, YIELD)
    drive.go(5.0, 0.5, FREE)
    drive.go(10.0, -0.1, FREE)
    assert drive.told() == ()


def test_a_lane_change_is_told() -> None:
    drive = Drive(10.0)
    drive.go(1.0, 0.0, YIELD, changes_lane=True)
    (episode,) = drive.told()
    assert (episode.deed, episode.cause) == ("changed-lane", YIELD)


def test_after_three_minutes_it_is_forgotten_and_after_being_put_elsewhere_nothing_lasts() -> None:
    drive = Drive(9.0)
    drive.go(2.0, -3.0, YIELD)
    drive.book.forget()
    drive.go(1.0, 0.0, FREE)
    assert drive.told() == ()
    drive.go(1.0, -2.5, YIELD)
    drive.go(1.0, 0.0, FREE)
    assert len(drive.told()) == 1
    assert drive.book.episodes(drive.time_ns + KEPT_NS + STEP_NS) == ()


@given(st.lists(st.tuples(st.floats(0.1, 4.0), st.floats(-8.0, 4.0), st.sampled_from([YIELD, RED, FREE])), max_size=12))
def test_every_episode_names_a_decision_that_was_made_in_it(legs: list[tuple[float, float, Cause]]) -> None:
    drive, made = Drive(8.0), []
    for seconds, accel, cause in legs:
        begin_ns = drive.time_ns
        drive.go(seconds, accel, cause)
        made.append((begin_ns, drive.time_ns, cause))
    for episode in drive.told():
        end_ns = drive.time_ns if episode.ended_ns is None else episode.ended_ns
        during = [cause for begin, end, cause in made if begin <= end_ns and end >= episode.began_ns]
        assert episode.cause in during
        assert episode.began_ns <= end_ns
        assert episode.hardest_mps2 >= 0.0
