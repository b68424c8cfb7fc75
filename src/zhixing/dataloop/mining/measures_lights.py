"""What the light of one's own movement shows, and who went on at red.

A light belongs to a movement (docs/decisions/0003). Somebody's light is that of the lane it is on, or else that of the
next lane with a light that it drives onto in the recording, or else what all lanes that continue its own show alike.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zhixing.dataloop.mining.lane_match import LaneMatch
from zhixing.dataloop.mining.lane_relations import LaneRelations
from zhixing.dataloop.mining.measures_map import next_known, on_map, to_stop_line_m
from zhixing.dataloop.mining.measuring import Measuring, OfOne
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.spans import next_step
from zhixing.datatypes.lights import Light
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.road import NO_LANE, NO_LIGHT
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

_Ages = tuple[IntArray, FloatArray, FloatArray]


def _shown(drive: PreparedDrive) -> _Ages:
    """Return (groups, steps) what each light shows, for how long it has, and how long it still will; NaN if unknown."""
    lights = drive.drive.lights
    column = np.searchsorted(lights.time_ns, drive.time_ns, side="right") - 1
    changes = np.ones(lights.light.shape, dtype=np.bool_)
    changes[:, 1:] = lights.light[:, 1:] != lights.light[:, :-1]
    known = np.maximum(column, 0)
    light = np.where(column < 0, int(Light.OFF), lights.light[:, known])
    steps = np.arange(lights.time_ns.size)
    since = np.maximum.accumulate(np.where(changes, steps, 0), axis=1)[:, known]
    until = np.minimum(
        np.concatenate((next_step(changes)[:, 1:], np.full((light.shape[0], 1), steps.size)), 1), steps.size
    )
    until = until[:, known]
    age_s = np.where((column >= 0) & (since > 0), (drive.time_ns - lights.time_ns[since]) * 1e-9, np.nan)
    last = np.minimum(until, steps.size - 1)
    left_s = np.where((column >= 0) & (until < steps.size), (lights.time_ns[last] - drive.time_ns) * 1e-9, np.nan)
    return light, age_s, left_s


def _group(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> IntArray:
    """Return (objects, steps) the light group of everybody's own movement, ``NO_LIGHT`` where none is known."""
    here = relations.light_group[lanes.lane]
    ahead = next_known(np.where(here == NO_LIGHT, np.nan, here), drive.there)
    return np.where(np.isnan(ahead), NO_LIGHT, np.nan_to_num(ahead, nan=NO_LIGHT)).astype(np.int64)


def _has_light(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> BoolArray:
    waits = np.array(
        [any(relations.light_group[after] != NO_LIGHT for after in successors) for successors in lanes.road.successors]
        + [False]
    )
    return np.asarray((_group(drive, lanes, relations) != NO_LIGHT) | waits[lanes.lane])


def _of_light(which: Callable[[_Ages], FloatArray]) -> OfOne:
    def measured(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> FloatArray:
        groups = drive.drive.lights.light.shape[0]
        if not groups or not drive.time_ns.size:
            return np.full(drive.there.shape, np.nan)
        shown = _shown(drive)
        values = which(shown)
        group = _group(drive, lanes, relations)
        steps = np.arange(drive.time_ns.size)
        found = np.where((group >= 0) & (group < groups), values[np.clip(group, 0, groups - 1), steps], np.nan)
        return np.where(group == NO_LIGHT, _alike(drive, lanes, relations, shown[0], values), found)

    return on_map(measured)


def _alike(
    drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations, light: IntArray, values: FloatArray
) -> FloatArray:
    """Return (objects, steps) the value of what all lanes that continue one's own show alike, NaN where they differ."""
    found = np.full(drive.there.shape, np.nan)
    for lane in np.unique(lanes.lane[drive.there]).tolist():
        groups = [int(relations.light_group[after]) for after in lanes.road.successors[lane]] if lane != NO_LANE else []
        groups = [group for group in groups if 0 <= group < light.shape[0]]
        if groups:
            alike = (light[groups] == light[groups[0]]).all(axis=0)
            found = np.where(lanes.lane == lane, np.where(alike, values[groups[0]], np.nan), found)
    return found


def _ran_red(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> FloatArray:
    """Return (objects, steps) 1 from when a front passes a line at red until its centre leaves the junction."""
    groups = drive.drive.lights.light.shape[0]
    if not groups:
        return np.full(drive.there.shape, np.nan)
    light = _shown(drive)[0]
    junction = np.where(lanes.lane == NO_LANE, -1, relations.junction[lanes.lane])
    group = np.where(lanes.lane == NO_LANE, NO_LIGHT, relations.light_group[lanes.lane])
    away_m = np.where(lanes.lane == NO_LANE, np.nan, to_stop_line_m(drive, lanes, relations))
    ran = np.zeros(drive.there.shape)
    before = drive.before
    lane_before, group_before = (np.take_along_axis(values, before, axis=1) for values in (lanes.lane, group))
    changed = (lanes.lane != lane_before) & drive.there
    enters = changed & (group >= 0) & (group < groups) & (group != group_before)
    reappears = drive.there & (before == np.arange(drive.time_ns.size))
    for row, step in np.argwhere(enters).tolist():
        passed = step
        while before[row, passed] < passed and away_m[row, before[row, passed]] < 0.0:
            passed = int(before[row, passed])
        if light[group[row, step], passed] != Light.RED:
            continue
        where = junction if junction[row, step] >= 0 else lanes.lane
        has_left = drive.there[row, step:] & (where[row, step:] != where[row, step])
        end = step + int(next_step(has_left | reappears[row, step:])[0])
        ran[row, passed:end] = 1.0
    return ran


LIGHTS = (
    Measuring(
        "light",
        Localized(
            "a 所走或即将走的流向的信号灯显示",
            "What the light of the movement shows that a is on or takes next.",
            "Was die Ampel der Fahrbeziehung zeigt, auf der a ist oder die es als nächste nimmt.",
        ),
        _of_light(lambda shown: shown[0].astype(np.float64)),
    ),
    Measuring(
        "light_age_s",
        Localized(
            "该灯色已持续的时间；首次变化前未知",
            "How long that light has shown what it shows; unknown before its first change.",
            "Wie lange diese Ampel schon zeigt, was sie zeigt; vor ihrem ersten Wechsel unbekannt.",
        ),
        _of_light(lambda shown: shown[1]),
    ),
    Measuring(
        "light_changes_in_s",
        Localized(
            "该信号灯多久后变化；最后一次变化后未知",
            "How long until that light changes; unknown after its last change.",
            "Wie lange, bis diese Ampel wechselt; nach ihrem letzten Wechsel unbekannt.",
        ),
        _of_light(lambda shown: shown[2]),
    ),
    Measuring(
        "ran_red",
        Localized(
            "a 闯红灯：自车头在红灯时越过停止线起，至其中心离开路口止",
            "a went on at red: from its front passing the line while its light is red until it leaves the junction.",
            "a fuhr bei Rot: ab der Haltelinie, die seine Front bei Rot überfährt, bis es die Kreuzung verlässt.",
        ),
        on_map(_ran_red),
    ),
    Measuring(
        "has_light",
        Localized(
            "a 当前或下一个动作由信号灯控制",
            "The movement that a is on or takes next has a light.",
            "Die Bewegung, auf der a ist oder die a als nächste nimmt, hat eine Ampel.",
        ),
        on_map(_has_light),
    ),
)
