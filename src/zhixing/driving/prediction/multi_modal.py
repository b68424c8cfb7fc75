"""Six futures of everybody, with probabilities."""

from __future__ import annotations

import weakref

import numpy as np
from numba import njit

from zhixing.datatypes.plan import Prediction
from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import Briefing, EgoBody, EgoState, Scene
from zhixing.datatypes.shapes import FloatArray, IntArray
from zhixing.datatypes.tracks import TWO_WHEELERS, RoadUser
from zhixing.driving.lane_map import LaneMap, lane_map_of
from zhixing.driving.prediction.ahead import leaders
from zhixing.driving.prediction.manners import COLUMN, lane_kinds, manners_table
from zhixing.driving.prediction.modes import MOVING, NUM_MODES, PLANS, STANDING, WAITING, weigh
from zhixing.driving.prediction.observing import COURSE, LENGTH, NUM_COLUMNS, SPEED, WIDTH, X, Y, observe
from zhixing.driving.prediction.paths import find_paths
from zhixing.driving.prediction.rolling import must_wait, roll
from zhixing.driving.prediction.shares import SHARES
from zhixing.driving.prediction.straight import nobody
from zhixing.driving.prediction.streets import Streets, build_streets, light_groups
from zhixing.errors import ScenarioError

_OBJECT = int(RoadUser.OBJECT)
_MANNER: IntArray = np.zeros(len(RoadUser) + 1, dtype=np.int64)
_MANNER[[int(user) for user in TWO_WHEELERS]] = 2
_MANNER[RoadUser.PEDESTRIAN] = 1
_STANDING_MPS = 0.4
_RED_RATE, _DRIFT = COLUMN["red_rate"], COLUMN["drift_weight"]


class MultiModalPredictor:
    """Everybody goes along lanes or beside them, goes on, slows down, stops, speeds up, turns, or runs the light.

    Paths follow the lanes somebody may be on, those beside, and its own course; along them it follows whoever is ahead
    by the intelligent driver model, slows for curves and stops at lights. The likeliest mode is listed first where
    nothing speaks against it. Nothing is random.
    """

    def __init__(self) -> None:
        self._known: weakref.WeakKeyDictionary[Road, tuple[LaneMap, Streets]] = weakref.WeakKeyDictionary()
        self._briefing: Briefing | None = None
        self._manners = manners_table()
        self._lane_kinds = lane_kinds()

    @property
    def name(self) -> str:
        """Registered name."""
        return "multi-modal"

    def start(self, briefing: Briefing) -> None:
        """Learn the map."""
        known = self._known.get(briefing.road)
        if known is None:
            lane_map = lane_map_of(briefing.road)
            known = self._known[briefing.road] = lane_map, build_streets(lane_map)
        lane_map, streets = known
        self._streets = streets._replace(light_group=light_groups(lane_map, briefing))
        self._briefing = briefing

    def predict(self, scene: Scene, horizon_s: float, dt_s: float) -> Prediction:
        """Return six futures of every road user in ``scene.others``.

        Args:
            scene: Up to two seconds of its history are used.
            horizon_s: How far to look.
            dt_s: Time between predicted steps.

        Returns:
            Six modes; those that are not used have probability 0.

        Raises:
            ScenarioError: ``start`` was not called.
        """
        if self._briefing is None:
            raise ScenarioError("the predictor was not briefed", hint="Call start before predict.")
        others = scene.others
        steps = max(1, round(horizon_s / dt_s))
        time_s = dt_s * np.arange(1, steps + 1, dtype=np.float64)
        if others.num_steps == 0 or not others.valid[:, -1].any():
            return nobody(others.num_objects, NUM_MODES, time_s)
        # 1. how everybody moves
        rows = np.flatnonzero(others.valid[:, -1])
        kinds = others.road_user[rows]
        state = observe(
            rows, others.time_ns, others.xy_m, others.yaw_rad, others.speed_mps, others.valid, others.size_m,
            self._manners[kinds, _DRIFT],
        )  # fmt: skip
        # 2. which ways they may take, and who is in the way
        lines, spacing, cost, allowed, wait, light, limit = find_paths(
            state, kinds, horizon_s, self._manners, self._lane_kinds, scene.lights, self._streets
        )
        manner = _MANNER[kinds]
        everybody = np.concatenate((state, _ego_row(scene.ego, self._briefing.body)))
        gap, lead, pull = leaders(everybody, rows.shape[0], manner, lines, spacing, cost)
        # 3. how fast, and how likely
        chance, xy, yaw, speed = _futures(
            state, kinds, self._manners, lines, spacing, cost, allowed, limit, gap, lead, pull, wait, light, dt_s,
            steps, PLANS, SHARES,
        )  # fmt: skip
        if rows.shape[0] < others.num_objects:
            chance, xy, yaw, speed = (_spread(rows, others.num_objects, a) for a in (chance, xy, yaw, speed))
        return Prediction(
            time_s=time_s,
            probability=chance,
            xy_m=xy,
            yaw_rad=yaw,
            speed_mps=speed,
            valid=others.valid[:, -1].copy(),
        )


def _ego_row(ego: EgoState, body: EgoBody) -> FloatArray:
    row = np.zeros((1, NUM_COLUMNS))
    row[0, X], row[0, Y], row[0, COURSE], row[0, SPEED] = ego.x_m, ego.y_m, ego.yaw_rad, abs(ego.speed_mps)
    row[0, LENGTH], row[0, WIDTH] = body.length_m, body.width_m
    if ego.speed_mps < 0.0:
        row[0, COURSE] += np.pi
    return row


def _spread(rows: IntArray, num_objects: int, values: FloatArray) -> FloatArray:
    full = np.zeros((num_objects, *values.shape[1:]))
    full[rows] = values
    return full


@njit(cache=True, error_model="numpy")
def _futures(
    state: FloatArray,
    kinds: IntArray,
    manners: FloatArray,
    lines: FloatArray,
    spacing: FloatArray,
    cost: FloatArray,
    allowed: FloatArray,
    limit: FloatArray,
    gap: FloatArray,
    lead: FloatArray,
    pull: FloatArray,
    wait: FloatArray,
    light: IntArray,
    dt_s: float,
    steps: int,
    plans: IntArray,
    shares: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return (users, modes) probabilities, (users, modes, steps, 2) places, (users, modes, steps) yaw, speed."""
    users = state.shape[0]
    chance = np.zeros((users, NUM_MODES))
    xy = np.empty((users, NUM_MODES, steps, 2))
    yaw = np.empty((users, NUM_MODES, steps))
    speed = np.empty((users, NUM_MODES, steps))
    headings = np.empty((lines.shape[1], lines.shape[2] - 1))
    for n in range(users):
        one, how = state[n], manners[kinds[n]]
        paths = 0
        while paths < cost.shape[1] and cost[n, paths] < np.inf:
            paths += 1
        situation = MOVING
        if one[SPEED] < _STANDING_MPS:
            situation = STANDING
        elif must_wait(one, wait[n, 0], light[n, 0]):
            situation = WAITING
        plan = plans[situation, paths - 1]
        weigh(cost[n], plan, shares[kinds[n], situation, paths - 1], how[_RED_RATE], situation == WAITING, chance[n])
        if kinds[n] == _OBJECT and situation == STANDING:
            chance[n] = 0.0
            chance[n, 0] = 1.0
        for p in range(paths):
            for k in range(headings.shape[1]):
                headings[p, k] = np.arctan2(
                    lines[n, p, k + 1, 1] - lines[n, p, k, 1], lines[n, p, k + 1, 0] - lines[n, p, k, 0]
                )
        for m in range(NUM_MODES):
            p, doing = plan[m, 0], plan[m, 1]
            if m > 0 and chance[n, m] == 0.0:
                xy[n, m], yaw[n, m], speed[n, m] = xy[n, 0], yaw[n, 0], speed[n, 0]
                continue
            roll(
                one, how, doing, lines[n, p], headings[p], spacing[n], allowed[n, p], limit[n, p], gap[n, p],
                lead[n, p], pull[n, p], wait[n, p], light[n, p], dt_s, xy[n, m], yaw[n, m], speed[n, m],
            )  # fmt: skip
    return chance, xy, yaw, speed
