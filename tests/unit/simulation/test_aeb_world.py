"""Emergency braking scenes: without braking the impact is at the stated place, and nobody is seen through cars."""

from __future__ import annotations

import numpy as np
import pytest

from zhixing.datatypes.plan import Control
from zhixing.simulation.aeb_road import aeb_road
from zhixing.simulation.aeb_scenes import BODY, AebScene, aeb_scenes, families
from zhixing.simulation.aeb_world import TARGET_ID, AebWorld, is_avoidable, is_avoidable_with_foresight

SCENES = aeb_scenes()
SLOWEST_AND_FASTEST = [scene for _, scenes in families(SCENES) for scene in (scenes[0], scenes[-1])]
ON = Control(accel_mps2=0.0, steer_rate_radps=0.0)
FULL = Control(accel_mps2=-8.0, steer_rate_radps=0.0)


def named(name: str, kmh: int) -> AebScene:
    return next(scene for scene in SCENES if scene.name == name and round(3.6 * scene.ego_mps) == kmh)


@pytest.mark.parametrize(
    "scene", SLOWEST_AND_FASTEST, ids=lambda scene: f"{scene.name} at {round(3.6 * scene.ego_mps)}"
)
def test_who_does_not_brake_hits_at_the_stated_place(scene: AebScene) -> None:
    world = AebWorld(scene, aeb_road(scene))
    before = world.ego
    while not world.is_over:
        before = world.ego
        world.step(world.on_its_way(0.0))
    assert world.has_hit
    if "-" not in scene.name or scene.turn:
        return
    seen = world.scene().others
    row = seen.object_id.tolist().index(TARGET_ID)
    side = 1 if scene.target.yaw_rad < 0.0 else -1
    percent = int(scene.name.rsplit("-", 1)[1])
    # The contact is found up to a step late.
    late_m = scene.target.speed_mps * 0.1 if scene.target.yaw_rad else 0.0
    share = 100.0 * (0.5 - side * float(seen.xy_m[row, -1, 1]) / BODY.width_m)
    assert percent - 1.0 <= share <= percent + 100.0 * late_m / BODY.width_m + 1.0
    assert before.speed_mps == scene.ego_mps


@pytest.mark.parametrize("name", ["CPNCO-50", "CBNAO-50", "CSNAO-50"])
def test_a_hidden_target_is_in_no_scene_before_a_line_of_sight_reaches_it(name: str) -> None:
    world = AebWorld(named(name, 40), aeb_road(named(name, 40)))
    first = None
    for step in range(49):
        ids = world.scene().others.object_id.tolist()
        assert set(ids) - {TARGET_ID}, "what is parked is seen"
        assert world.scene().others.num_steps <= 20
        if TARGET_ID in ids and first is None:
            first = step
            assert world.sees_target
        world.step(ON)
    assert first is not None
    assert 20 < first < 49


def test_who_slows_down_meets_the_target_all_the_same() -> None:
    scene = named("CPNCO-50", 40)
    world = AebWorld(scene, aeb_road(scene))
    while not world.is_over:
        slow = world.ego.speed_mps > 4.0 and not world.sees_target
        world.step(Control(accel_mps2=-2.5 if slow else 0.0, steer_rate_radps=0.0))
    assert world.has_hit


def test_who_stands_is_not_hit_and_never_passes() -> None:
    scene = named("CPNA-25", 30)
    world = AebWorld(scene, aeb_road(scene))
    while not world.is_over:
        world.step(FULL)
    assert not world.has_hit
    assert not world.has_passed


def test_what_can_be_seen_in_time_is_avoidable_and_what_is_too_fast_only_with_foresight() -> None:
    early, late = named("CPNA-25", 50), named("CBNAO-50", 60)
    assert is_avoidable(early, aeb_road(early))
    assert not is_avoidable(late, aeb_road(late))
    assert is_avoidable_with_foresight(late, aeb_road(late))


def test_every_test_has_a_speed_and_a_name() -> None:
    counts = {name: len(scenes) for name, scenes in families(SCENES)}
    assert counts["CPNCO-50"] == 6
    assert sum(counts.values()) == len(SCENES) > 80
    assert all(np.isfinite(scene.impact_m) and scene.ego_mps > 0.0 for scene in SCENES)
