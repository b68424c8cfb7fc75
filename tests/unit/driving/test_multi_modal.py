from __future__ import annotations

import dataclasses
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from zhixing.datatypes.lights import Light
from zhixing.datatypes.plan import Prediction
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Goal, Scene
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.driving.prediction import ConstantVelocityPredictor, MultiModalPredictor
from zhixing.errors import ScenarioError
from zhixing.testing.checks import check_predictor

NOWHERE = Road(name="nowhere", lanes=(), successors=())
FAR = EgoState(x_m=1e6, y_m=1e6, yaw_rad=0.0, speed_mps=0.0)
HISTORY = 11
CROSSES = {RoadUser.CAR: 0.01, RoadUser.EBIKE: 0.46, RoadUser.MOTORCYCLE: 0.46, RoadUser.BICYCLE: 0.39}


def briefing(road: Road) -> Briefing:
    goal = Goal(x_min_m=0.0, x_max_m=1.0, y_min_m=0.0, y_max_m=1.0)
    return Briefing(road=road, body=EgoBody(), start=FAR, goal=goal)


def predict(
    road: Road, others: Tracks, *, ego: EgoState = FAR, lights: tuple[int, ...] = (), dt_s: float = 0.2
) -> Prediction:
    predictor = MultiModalPredictor()
    predictor.start(briefing(road))
    scene = Scene(time_ns=int(others.time_ns[-1]), ego=ego, others=others, lights=np.array(lights, dtype=np.int64))
    return predictor.predict(scene, 6.0, dt_s)


def top_of(prediction: Prediction, row: int = 0) -> int:
    return int(prediction.probability[row].argmax())


def test_it_passes_the_exam_of_predictors() -> None:
    check_predictor(MultiModalPredictor)


def test_it_wants_to_be_briefed(by_hand: SimpleNamespace) -> None:
    scene = Scene(
        time_ns=0, ego=FAR, others=by_hand.tracks([by_hand.User(object_id=1, x_m=0.0)], 1), lights=np.zeros(0, np.int64)
    )
    with pytest.raises(ScenarioError, match="briefed"):
        MultiModalPredictor().predict(scene, 3.0, 0.2)


def test_a_car_on_a_straight_lane_goes_on_in_it(by_hand: SimpleNamespace) -> None:
    car = by_hand.User(object_id=1, x_m=10.0, y_m=0.3, speed_mps=8.0)
    prediction = predict(by_hand.street(), by_hand.tracks([car], HISTORY))
    end = prediction.xy_m[0, top_of(prediction), -1]
    assert end == pytest.approx([10.0 + 8.0 + 48.0, 0.3], abs=1.0)
    sides = {round(float(y)) for y in prediction.xy_m[0, :, -1, 1]}
    assert {0, 4} <= sides or {0, 3} <= sides  # one mode changes to the lane on the left


def changes(by_hand: SimpleNamespace, y_m: float, drift_mps: float) -> float:
    """Return how likely a car on the right lane, drifting to the left, is thought to change to the left lane."""
    yaw_rad = math.asin(drift_mps / 10.0)
    began = by_hand.User(object_id=1, x_m=10.0, y_m=y_m - drift_mps, yaw_rad=yaw_rad, speed_mps=10.0, size_m=(4.5, 1.8))
    prediction = predict(by_hand.street(), by_hand.tracks([began], HISTORY))
    return float(prediction.probability[0, prediction.xy_m[0, :, -1, 1] > 2.0].sum())


def test_who_drifts_towards_the_marking_is_expected_to_cross_it_before_the_body_does(by_hand: SimpleNamespace) -> None:
    inside_m, drift_mps = 0.75, 0.8  # the body is 0.1 m from the marking
    assert changes(by_hand, inside_m, drift_mps) > 0.15
    assert changes(by_hand, inside_m, drift_mps) > 2.0 * changes(by_hand, inside_m, 0.0)
    assert changes(by_hand, -inside_m, drift_mps) < 0.1  # on its way back to the middle
    assert changes(by_hand, 1.2, drift_mps) > changes(by_hand, inside_m, drift_mps)


def bend(by_hand: SimpleNamespace) -> Road:
    """Return a lane that turns left after 30 m with a radius of 20 m, and goes on north."""
    angle = np.linspace(0.0, 0.5 * math.pi, 20)
    x, y = 30.0 + 20.0 * np.sin(angle), 20.0 - 20.0 * np.cos(angle)
    points = [(0.0, 0.0), (15.0, 0.0), *zip(x.tolist(), y.tolist(), strict=True), (50.0, 60.0), (50.0, 120.0)]
    return Road(name="bend", lanes=(by_hand.lane("bend", points),), successors=((),))


def test_a_car_follows_the_bend_it_comes_to_and_slows_down_for_it(by_hand: SimpleNamespace) -> None:
    car = by_hand.User(object_id=1, x_m=10.0, speed_mps=9.0)
    prediction = predict(bend(by_hand), by_hand.tracks([car], HISTORY))
    top = top_of(prediction)
    assert prediction.xy_m[0, top, -1, 1] > 15.0
    assert prediction.yaw_rad[0, top, -1] == pytest.approx(0.5 * math.pi, abs=0.25)
    assert prediction.speed_mps[0, top].min() < 8.0


def test_a_car_does_not_run_into_the_one_that_stands_ahead(by_hand: SimpleNamespace) -> None:
    car = by_hand.User(object_id=1, x_m=10.0, speed_mps=8.0)
    standing = by_hand.User(object_id=2, x_m=50.0)
    prediction = predict(by_hand.street(), by_hand.tracks([car, standing], HISTORY))
    assert prediction.xy_m[0, top_of(prediction), :, 0].max() < 50.0 - 4.0


def test_a_car_does_not_run_into_the_ego_either(by_hand: SimpleNamespace) -> None:
    car = by_hand.User(object_id=1, x_m=10.0, speed_mps=8.0)
    ego = EgoState(x_m=50.0, y_m=0.0, yaw_rad=0.0, speed_mps=0.0)
    prediction = predict(by_hand.street(), by_hand.tracks([car], HISTORY), ego=ego)
    assert prediction.xy_m[0, top_of(prediction), :, 0].max() < 50.0 - 4.0


def at_red(by_hand: SimpleNamespace, road_user: RoadUser, light: Light) -> Prediction:
    rider = by_hand.User(object_id=1, x_m=65.0, speed_mps=5.0, road_user=road_user, size_m=(1.8, 0.8))
    return predict(by_hand.crossing(), by_hand.tracks([rider], HISTORY), lights=(int(light),))


def test_a_car_stops_at_the_red_light_in_its_likeliest_mode(by_hand: SimpleNamespace) -> None:
    prediction = at_red(by_hand, RoadUser.CAR, Light.RED)
    assert prediction.xy_m[0, top_of(prediction), :, 0].max() < 98.0
    assert at_red(by_hand, RoadUser.CAR, Light.GREEN).xy_m[0, 0, -1, 0] > 98.0


@pytest.mark.parametrize("road_user", CROSSES, ids=lambda road_user: road_user.name.lower())
def test_the_red_light_is_run_as_often_as_was_counted(by_hand: SimpleNamespace, road_user: RoadUser) -> None:
    prediction = at_red(by_hand, road_user, Light.RED)
    runs = prediction.xy_m[0, :, -1, 0] > 98.0
    assert prediction.probability[0, runs].sum() == pytest.approx(CROSSES[road_user], abs=0.05)


def test_a_bicycle_rides_the_wrong_way_along_a_lane(by_hand: SimpleNamespace) -> None:
    x, y, yaw = 50.0, 30.0, -0.5 * math.pi
    rider = by_hand.User(
        object_id=1, x_m=x, y_m=y + 4.0, yaw_rad=yaw, speed_mps=4.0, road_user=RoadUser.BICYCLE, size_m=(1.8, 0.6)
    )
    prediction = predict(bend(by_hand), by_hand.tracks([rider], HISTORY))
    # Somewhere down the lane it bends west, which riding straight on would not.
    assert (prediction.xy_m[0, :, -1, 0] < 49.0).any()
    assert (prediction.xy_m[0, :, -1, 1] < 20.0).any()


def test_who_stands_stays_in_the_likeliest_mode_and_may_set_off(by_hand: SimpleNamespace) -> None:
    for road_user in (RoadUser.CAR, RoadUser.EBIKE, RoadUser.PEDESTRIAN):
        standing = by_hand.User(object_id=1, x_m=20.0, road_user=road_user)
        prediction = predict(by_hand.street(), by_hand.tracks([standing], HISTORY))
        moved = prediction.xy_m[0, :, -1, 0] - 20.0
        assert abs(moved[top_of(prediction)]) < 0.1
        assert moved.max() > 3.0


def test_an_object_that_lies_there_lies_there(by_hand: SimpleNamespace) -> None:
    cone = by_hand.User(object_id=1, x_m=20.0, road_user=RoadUser.OBJECT)
    prediction = predict(by_hand.street(), by_hand.tracks([cone], HISTORY))
    assert prediction.probability[0].tolist() == [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert np.abs(prediction.xy_m[0] - [20.0, 0.0]).max() < 0.1


def test_what_goes_backwards_looks_the_other_way(by_hand: SimpleNamespace) -> None:
    car = by_hand.User(object_id=1, x_m=20.0, speed_mps=-2.0)
    prediction = predict(NOWHERE, by_hand.tracks([car], HISTORY))
    top = top_of(prediction)
    assert prediction.xy_m[0, top, -1, 0] < 15.0
    assert math.cos(prediction.yaw_rad[0, top, -1]) > 0.9
    assert prediction.speed_mps[0, top, -1] < 0.0


crowds = st.lists(
    st.tuples(
        st.sampled_from(list(RoadUser)),
        st.floats(0.0, 120.0),
        st.floats(-6.0, 10.0),
        st.floats(-math.pi, math.pi),
        st.floats(0.0, 12.0),
    ),
    min_size=1,
    max_size=6,
)


def crowd(by_hand: SimpleNamespace, people: list[Any], steps: int = HISTORY) -> Tracks:
    users = [
        by_hand.User(object_id=k, x_m=x, y_m=y, yaw_rad=yaw, speed_mps=v, road_user=kind, size_m=(1.8, 0.8))
        for k, (kind, x, y, yaw, v) in enumerate(people)
    ]
    others: Tracks = by_hand.tracks(users, steps)
    return others


@given(people=crowds)
@example(people=[(RoadUser.CAR, 3.0, 0.0, 2.125, 6.0)])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_probabilities_sum_to_one_and_nobody_teleports(by_hand: SimpleNamespace, people: list[Any]) -> None:
    others = crowd(by_hand, people)
    for road in (by_hand.street(), NOWHERE):
        prediction = predict(road, others)
        assert prediction.probability.sum(axis=1) == pytest.approx(1.0)
        assert (prediction.probability >= 0.0).all()
        now = others.xy_m[:, -1][:, None, None]
        track = np.concatenate((np.broadcast_to(now, (*prediction.xy_m.shape[:2], 1, 2)), prediction.xy_m), axis=2)
        speed = np.hypot(*np.moveaxis(np.diff(track, axis=2), -1, 0)) / 0.2
        before = np.array([v for *_, v in people])
        assert (speed <= 1.3 * before[:, None, None] + 4.0 * prediction.time_s + 0.5).all()
        told = np.concatenate(
            (np.broadcast_to(before[:, None, None], (*prediction.speed_mps.shape[:2], 1)), prediction.speed_mps), axis=2
        )
        assert (np.abs(np.diff(told, axis=2)) <= 8.0 * 0.2 + 1e-6).all()


@given(people=crowds)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_scene_gives_the_same_prediction_whoever_is_far_away(
    by_hand: SimpleNamespace, people: list[Any]
) -> None:
    alone = predict(by_hand.street(), crowd(by_hand, people))
    again = predict(by_hand.street(), crowd(by_hand, people))
    more = predict(by_hand.street(), crowd(by_hand, [*people, (RoadUser.CAR, 5000.0, 9000.0, 0.0, 9.0)]))
    for name in ("probability", "xy_m", "yaw_rad", "speed_mps"):
        assert np.array_equal(getattr(alone, name), getattr(again, name))
        assert np.array_equal(getattr(alone, name), getattr(more, name)[:-1])


def mirrored(road: Road) -> Road:
    """Return a road with y turned round: left is right."""
    flip = np.array([1.0, -1.0])
    return dataclasses.replace(
        road,
        lanes=tuple(
            dataclasses.replace(
                lane,
                centre_xy_m=lane.centre_xy_m * flip,
                left_xy_m=lane.right_xy_m * flip,
                right_xy_m=lane.left_xy_m * flip,
                left_lane=lane.right_lane,
                right_lane=lane.left_lane,
            )
            for lane in road.lanes
        ),
    )


@given(people=crowds)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mirrored_scene_gives_a_mirrored_prediction(by_hand: SimpleNamespace, people: list[Any]) -> None:
    road = by_hand.street()
    there = predict(road, crowd(by_hand, people))
    turned = [(kind, x, -y, -yaw, v) for kind, x, y, yaw, v in people]
    here = predict(mirrored(road), crowd(by_hand, turned))
    assert np.sort(here.probability) == pytest.approx(np.sort(there.probability), abs=1e-6)
    tops = [p.xy_m[np.arange(len(people)), p.probability.argmax(axis=1)] for p in (here, there)]
    assert tops[0] == pytest.approx(tops[1] * [1.0, -1.0], abs=1e-6)


def test_the_future_of_a_recording_is_not_used(by_hand: SimpleNamespace) -> None:
    people = [(RoadUser.CAR, 10.0, 0.0, 0.1, 8.0), (RoadUser.EBIKE, 40.0, 3.0, 3.0, 5.0)]
    longer = crowd(by_hand, people, 60)
    cut, whole = longer.until(HISTORY - 1), crowd(by_hand, people)
    a, b = predict(by_hand.street(), cut), predict(by_hand.street(), whole)
    assert np.array_equal(a.xy_m, b.xy_m)
    assert np.array_equal(a.probability, b.probability)


def test_noisy_positions_are_not_taken_for_sudden_moves() -> None:
    rng = np.random.default_rng(1)
    steps, worse, straight = 5, 0.0, 0.0
    for _ in range(40):
        time_s = 0.5 * np.arange(steps)
        x = 5.0 * time_s + rng.normal(0.0, 0.4, steps)
        speed = np.concatenate(([5.0], np.diff(x) / 0.5))
        others = Tracks(
            np.round(time_s * 1e9).astype(np.int64),
            np.array([1]),
            np.array([int(RoadUser.EBIKE)]),
            np.array([[1.8, 0.7]]),
            np.stack((x, np.zeros(steps)), axis=-1)[None],
            np.zeros((1, steps)),
            speed[None],
            np.ones((1, steps), dtype=np.bool_),
        )
        truth = 5.0 * (time_s[-1] + 3.0)
        ours = predict(NOWHERE, others, dt_s=0.5)
        simple = ConstantVelocityPredictor().predict(
            Scene(time_ns=0, ego=FAR, others=others, lights=np.zeros(0, dtype=np.int64)), 6.0, 0.5
        )
        worse += abs(ours.xy_m[0, top_of(ours), 5, 0] - truth)
        straight += abs(simple.xy_m[0, 0, 5, 0] - truth)
    assert worse < 0.8 * straight
