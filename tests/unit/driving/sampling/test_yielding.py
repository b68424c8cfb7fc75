"""Who gives way is learned while driving."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np

from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.driving.sampling.yielding import FIRM, Yielding

STEP_NS = 100_000_000
NOBODY = np.zeros(1, dtype=np.bool_)


def after(yielding: Yielding, recording: Tracks, steps: int, asks: float = 1.0) -> Any:
    """Return how firm everybody is taken to be after having been asked for so many steps."""
    for step in range(steps):
        seen = recording.until(step)
        yielding.firmness(seen, NOBODY, step * STEP_NS)
        yielding.ask(seen, np.full(seen.num_objects, asks), step * STEP_NS)
    return yielding.firmness(recording.until(steps), NOBODY, steps * STEP_NS)


def car(by_hand: SimpleNamespace, brakes_mps2: float = 0.0, **more: Any) -> Tracks:
    steady: Tracks = by_hand.tracks([by_hand.User(object_id=1, x_m=0.0, speed_mps=8.0, **more)], 80)
    return dataclasses.replace(steady, speed_mps=8.0 - brakes_mps2 * 0.1 * np.arange(80, dtype=np.float64)[None])


def test_who_goes_on_when_asked_is_not_counted_on_again_for_a_while(by_hand: SimpleNamespace) -> None:
    yielding, steady = Yielding(), car(by_hand)
    assert after(yielding, steady, 4) == [1.0]
    assert after(yielding, steady, 8) == [FIRM]
    yielding.ask(steady.until(8), np.zeros(1), 8 * STEP_NS)
    assert yielding.firmness(steady.until(30), NOBODY, 30 * STEP_NS) == [FIRM]
    assert yielding.firmness(steady.until(60), NOBODY, 60 * STEP_NS) == [1.0]


def test_who_slows_down_gives_way(by_hand: SimpleNamespace) -> None:
    assert after(Yielding(), car(by_hand, brakes_mps2=0.8), 20) == [1.0]


def test_who_is_not_asked_is_not_judged(by_hand: SimpleNamespace) -> None:
    assert after(Yielding(), car(by_hand), 20, asks=0.0) == [1.0]


def test_those_without_a_body_shell_are_asked_less_from_the_beginning(by_hand: SimpleNamespace) -> None:
    rider = car(by_hand, road_user=RoadUser.EBIKE, size_m=(1.8, 0.7))
    assert 1.0 < Yielding().firmness(rider.until(0), NOBODY, 0)[0] < FIRM


def test_who_has_right_of_way_is_asked_less_than_others_and_more_than_who_never_gives_way(
    by_hand: SimpleNamespace,
) -> None:
    seen = car(by_hand).until(0)
    assert 1.0 == Yielding().firmness(seen, NOBODY, 0)[0] < Yielding().firmness(seen, ~NOBODY, 0)[0] < FIRM
