"""Gymnasium's own checker, and an episode that ends as it should."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium", reason="gymnasium is not installed")

from gymnasium.utils.env_checker import check_env  # noqa: E402

from zhixing.simulation.gym_env import DrivingEnv  # noqa: E402

pytestmark = pytest.mark.slow
KEEP, BRAKE = np.array([0.0, 0.0], np.float32), np.array([-8.0, 0.0], np.float32)
GO = np.array([1.0, 0.0], np.float32)


# Physical units are meant; the checker would like -1 to 1 better and says so.
units_are_meant = pytest.mark.filterwarnings("ignore:.*symmetric and normalized:UserWarning")


@units_are_meant
def test_the_city_passes_the_checker_of_gymnasium() -> None:
    check_env(DrivingEnv(num_users=10, max_steps=50), skip_render_check=True)


@units_are_meant
def test_a_scenario_passes_the_checker_of_gymnasium(by_hand: SimpleNamespace) -> None:
    task = by_hand.scenario(users=[by_hand.User(object_id=1, x_m=60.0, speed_mps=5.0)])
    check_env(DrivingEnv(task), skip_render_check=True)


def test_the_same_seed_and_actions_give_the_same_episode() -> None:
    one, other = DrivingEnv(num_users=20), DrivingEnv(num_users=20)
    first, second = one.reset(seed=7)[0], other.reset(seed=7)[0]
    for _ in range(20):
        assert all(np.array_equal(first[name], second[name]) for name in first)
        (first, reward, *_), (second, same, *_) = one.step(GO), other.step(GO)
        assert reward == same


def test_the_goal_pays_and_ends_the_episode(by_hand: SimpleNamespace) -> None:
    env = DrivingEnv(by_hand.scenario(goal=(30.0, 40.0, -2.0, 2.0)))
    observation, _ = env.reset()
    assert observation["goal"].tolist() == [25.0, 0.0]
    assert np.allclose(observation["route"][:3], [[0, 0], [3, 0], [6, 0]], atol=0.1)
    rewards: list[float] = []
    is_over, info = False, dict[str, str]()
    while not is_over:
        _, reward, is_over, is_late, info = env.step(KEEP)
        assert not is_late
        rewards.append(reward)
    assert info == {"outcome": "goal"}
    assert rewards[0] == pytest.approx(0.1, abs=0.01)
    assert rewards[-1] > 10.0


def test_who_drives_into_a_standing_car_pays_for_it(by_hand: SimpleNamespace) -> None:
    env = DrivingEnv(by_hand.scenario(users=[by_hand.User(object_id=1, x_m=30.0)]))
    observation, _ = env.reset()
    assert observation["users"][0].tolist() == [20.0, 0.0, 1.0, 0.0, 0.0, 4.0, 2.0, 1.0]
    assert not observation["users"][1:].any()
    is_over, reward, info = False, 0.0, dict[str, str]()
    while not is_over:
        _, reward, is_over, _, info = env.step(KEEP)
    assert info == {"outcome": "collision"}
    assert reward < -9.0


def test_who_stands_until_the_trigger_is_late(by_hand: SimpleNamespace) -> None:
    env = DrivingEnv(by_hand.scenario(duration_s=2.0))
    env.reset()
    ends = [env.step(BRAKE)[2:] for _ in range(20)]
    assert ends[-1] == (False, True, {"outcome": "timeout"})
    assert not any(is_over or is_late for is_over, is_late, _ in ends[:-1])


def test_who_leaves_the_road_in_the_city_pays_for_it_and_is_not_put_back_unseen() -> None:
    env = DrivingEnv(num_users=0)
    env.reset(seed=3)
    is_over, reward, info = False, 0.0, dict[str, str]()
    for _ in range(100):
        _, reward, is_over, _, info = env.step(np.array([1.0, 0.3], np.float32))
        if is_over:
            break
    assert is_over
    assert info == {"outcome": "off_road"}
    assert -11.0 < reward <= -10.0
