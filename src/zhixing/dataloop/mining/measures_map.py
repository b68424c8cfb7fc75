"""Where one is on the map, and what its lane is to it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zhixing.dataloop.mining.boxes import turn_rad
from zhixing.dataloop.mining.lane_match import LaneMatch
from zhixing.dataloop.mining.lane_relations import REACH_M, LaneRelations
from zhixing.dataloop.mining.measures_motion import STANDING_MPS
from zhixing.dataloop.mining.measuring import Measuring, OfOne
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.road import NO_LANE, LaneKind
from zhixing.datatypes.shapes import BoolArray, FloatArray

WRONG_WAY_RAD = 2.0 * np.pi / 3.0


def on_map(function: Callable[[PreparedDrive, LaneMatch, LaneRelations], FloatArray | BoolArray]) -> OfOne:
    """Return a measure that is undefined without a road and where somebody is not there."""

    def measured(drive: PreparedDrive) -> FloatArray:
        lanes, relations = drive.lanes, drive.relations
        if lanes is None or relations is None:
            return np.full(drive.there.shape, np.nan)
        return np.where(drive.there, function(drive, lanes, relations), np.nan)

    return measured


def on_lane(function: Callable[[PreparedDrive, LaneMatch, LaneRelations], FloatArray | BoolArray]) -> OfOne:
    """Return a measure that is undefined where somebody is on no lane, too."""
    return on_map(
        lambda drive, lanes, relations: np.where(lanes.lane == NO_LANE, np.nan, function(drive, lanes, relations))
    )


def _is_on(kind: LaneKind) -> OfOne:
    return on_map(lambda _, lanes, __: lanes.on_kind[kind])


def _apart_rad(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> FloatArray:
    apart = np.abs(turn_rad(lanes.yaw_rad, drive.yaw_rad))
    return np.where(relations.is_two_way[lanes.lane], np.minimum(apart, np.pi - apart), apart)


def _is_wrong_way(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> BoolArray:
    # In other junctions lanes lie over each other in all directions.
    has_way = (relations.junction[lanes.lane] < 0) | relations.is_ring[lanes.lane]
    drives_back = (_apart_rad(drive, lanes, relations) > WRONG_WAY_RAD) & (drive.speed_mps >= STANDING_MPS)
    return np.asarray(has_way & drives_back)


def _sideways_mps(drive: PreparedDrive, lanes: LaneMatch, _: LaneRelations) -> FloatArray:
    velocity = drive.velocity_mps
    return np.asarray(np.cos(lanes.yaw_rad) * velocity[..., 1] - np.sin(lanes.yaw_rad) * velocity[..., 0])


def _changes(side: int) -> OfOne:
    def changes(drive: PreparedDrive, _: LaneMatch, __: LaneRelations) -> BoolArray:
        place = drive.lane_place[1]
        return np.asarray(drive.lane_sides[np.take_along_axis(place, drive.before, axis=1), place] == side)

    return on_lane(changes)


def to_stop_line_m(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> FloatArray:
    """Return (objects, steps) from somebody's front to the next stop line along its lane, NaN where none is near."""
    away = relations.stop_m[lanes.lane] - lanes.s_m - 0.5 * drive.size_m[:, :1]
    return np.where(away <= REACH_M, away, np.nan)


def crosses_stop_line(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> BoolArray:
    """Return (objects, steps) at which steps somebody's front has just passed a stop line."""
    away = to_stop_line_m(drive, lanes, relations)
    line = np.where(np.isnan(away), -1, relations.stop_line[lanes.lane])
    away_before, line_before = (np.take_along_axis(values, drive.before, axis=1) for values in (away, line))
    was_before = (away_before >= 0.0) & (line_before >= 0)
    passed = (line == line_before) & (away < 0.0)
    entered = (relations.junction[lanes.lane] >= 0) & (line != line_before)
    return np.asarray(was_before & (passed | entered))


def _to_lane_end_m(drive: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> FloatArray:
    away = relations.end_m[lanes.lane] - lanes.s_m - 0.5 * drive.size_m[:, :1]
    return np.where(away <= REACH_M, away, np.inf)


def _lane_gap_m(drive: PreparedDrive, lanes: LaneMatch, _: LaneRelations) -> FloatArray:
    place = drive.lane_place[1]
    gap = np.full(drive.there.shape, np.inf)
    length = drive.size_m[:, 0]
    for row in range(length.size):
        away_m = drive.lane_ahead_m[place[row], place] + lanes.s_m - lanes.s_m[row]
        is_ahead = (away_m > 0.0) & (np.arange(length.size) != row)[:, None]
        gap_m = np.where(is_ahead, away_m - 0.5 * (length[:, None] + length[row]), np.inf)
        gap[row] = np.maximum(gap_m.min(axis=0), 0.0)
    return np.where(gap <= REACH_M, gap, np.inf)


def _turn(_: PreparedDrive, lanes: LaneMatch, relations: LaneRelations) -> FloatArray:
    turn = relations.turn[lanes.lane]
    return np.where(turn >= 0, turn, np.nan)


def next_known(values: FloatArray, there: BoolArray) -> FloatArray:
    """Return (objects, steps) at each step the value there or the next that is known, NaN where none is."""
    steps = np.arange(values.shape[1])
    known = np.where(np.isnan(values), values.shape[1], steps)
    following = np.minimum.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    padded = np.concatenate((values, np.full((values.shape[0], 1), np.nan)), axis=1)
    return np.where(there, np.take_along_axis(padded, following, axis=1), np.nan)


ON_THE_MAP = (
    Measuring(
        "is_on_driving_lane",
        Localized(
            "a 的中心在机动车道上", "The centre of a is on a lane for cars.", "Die Mitte von a ist auf einer Fahrspur."
        ),
        _is_on(LaneKind.DRIVING),
    ),
    Measuring(
        "is_on_biking_lane",
        Localized(
            "a 的中心在非机动车道上", "The centre of a is on a lane for bikes.", "Die Mitte von a ist auf einem Radweg."
        ),
        _is_on(LaneKind.BIKING),
    ),
    Measuring(
        "is_on_sidewalk",
        Localized("a 的中心在人行道上", "The centre of a is on a sidewalk.", "Die Mitte von a ist auf einem Gehweg."),
        _is_on(LaneKind.SIDEWALK),
    ),
    Measuring(
        "is_on_crossing",
        Localized(
            "a 的中心在人行横道上", "The centre of a is on a crossing.", "Die Mitte von a ist auf einem Überweg."
        ),
        _is_on(LaneKind.CROSSING),
    ),
    Measuring(
        "is_in_junction",
        Localized(
            "a 的中心在路口范围内",
            "The centre of a is within the outline of a junction's lanes.",
            "Die Mitte von a ist im Umriss der Fahrspuren einer Kreuzung.",
        ),
        on_map(lambda _, lanes, __: lanes.in_junction),
    ),
    Measuring(
        "is_in_roundabout",
        Localized("a 在环岛内行驶", "a follows a lane of a roundabout.", "a folgt einer Spur eines Kreisverkehrs."),
        on_lane(lambda _, lanes, relations: relations.is_ring[lanes.lane]),
    ),
    Measuring(
        "is_in_waiting_area",
        Localized(
            "a 在待转区（路口内、止于停止线的车道）",
            "a follows a lane in a junction that ends at a stop line (待转区).",
            "a folgt einer Spur in einer Kreuzung, die an einer Haltelinie endet (待转区).",
        ),
        on_lane(lambda _, lanes, relations: relations.is_waiting_area[lanes.lane]),
    ),
    Measuring(
        "lane_offset_m",
        Localized(
            "a 的中心偏离所在车道中心线的距离，向左为正",
            "How far the centre of a is from the centre line of its lane, left positive.",
            "Wie weit die Mitte von a von der Mitte seiner Spur ist, links positiv.",
        ),
        on_lane(lambda _, lanes, __: lanes.offset_m),
    ),
    Measuring(
        "lane_width_m",
        Localized("a 所在车道的宽度", "Width of the lane of a where it is.", "Breite der Spur von a an seiner Stelle."),
        on_lane(lambda _, lanes, __: lanes.width_m),
    ),
    Measuring(
        "lane_apart_rad",
        Localized(
            "a 的航向与车道方向的夹角，0 到 π；双向车道最多 π/2",
            "Angle between the heading of a and its lane, 0 to pi; on lanes for both ways at most half of that.",
            "Winkel zwischen der Richtung von a und seiner Spur, 0 bis π; auf Spuren für beide Richtungen bis π/2.",
        ),
        on_lane(_apart_rad),
    ),
    Measuring(
        "lane_sideways_mps",
        Localized(
            "a 的中心横向于车道的速度，向左为正",
            "How fast the centre of a moves across its lane, left positive.",
            "Wie schnell sich die Mitte von a quer zu seiner Spur bewegt, links positiv.",
        ),
        on_lane(_sideways_mps),
    ),
    Measuring(
        "is_wrong_way",
        Localized(
            "a 逆行：向前行驶且与车道方向相差超过 120°；双向车道和（环岛以外的）路口内除外",
            "a drives forward over 120° off its lane; never on two-way lanes or in junctions but roundabouts.",
            "a fährt vorwärts über 120° gegen seine Spur; nie auf Spuren für beide Richtungen oder in Kreuzungen außer "
            "Kreiseln.",
        ),
        on_lane(_is_wrong_way),
    ),
    Measuring(
        "over_limit_mps",
        Localized(
            "a 的速度减去车道限速",
            "Speed of a less the limit of its lane.",
            "Geschwindigkeit von a abzüglich der erlaubten.",
        ),
        on_lane(lambda drive, lanes, relations: drive.speed_mps - relations.limit_mps[lanes.lane]),
    ),
    Measuring(
        "changes_lane_left",
        Localized(
            "a 此刻变道至左侧车道",
            "At this step a is over in the lane to the left.",
            "a hat gerade auf die linke Spur gewechselt.",
        ),
        _changes(1),
    ),
    Measuring(
        "changes_lane_right",
        Localized(
            "a 此刻变道至右侧车道",
            "At this step a is over in the lane to the right.",
            "a hat gerade auf die rechte Spur gewechselt.",
        ),
        _changes(-1),
    ),
    Measuring(
        "to_stop_line_m",
        Localized(
            "a 的车头沿车道到下一条停止线（150 m 内）的距离，刚越过为负",
            "From the front of a along its lane to the next stop line within 150 m, negative just past it.",
            "Von der Front von a entlang seiner Spur zur nächsten Haltelinie (bis 150 m), gleich dahinter negativ.",
        ),
        on_lane(to_stop_line_m),
    ),
    Measuring(
        "crosses_stop_line",
        Localized(
            "a 的车头在此刻刚越过停止线",
            "At this step the front of a has just passed a stop line.",
            "Die Front von a hat gerade eine Haltelinie überfahren.",
        ),
        on_lane(crosses_stop_line),
    ),
    Measuring(
        "to_lane_end_m",
        Localized(
            "a 的车头到车道（连同其后续车道）尽头的距离；150 m 内不终止时无穷大",
            "From the front of a to where its lane and what continues it end; infinite if not within 150 m.",
            "Von der Front von a bis zum Ende seiner Spur und ihrer Fortsetzung; unendlich, wenn weiter als 150 m.",
        ),
        on_lane(_to_lane_end_m),
    ),
    Measuring(
        "lane_gap_m",
        Localized(
            "a 沿车道（及其后续车道，150 m 内）到前方最近者的净距，无人时无穷大",
            "Gap from a to the nearest one ahead on its lane and those that continue it (150 m), infinite if nobody.",
            "Lücke von a zum Nächsten voraus auf seiner Spur und ihren Fortsetzungen (150 m), unendlich, wenn keiner.",
        ),
        on_lane(_lane_gap_m),
    ),
    Measuring(
        "turn",
        Localized(
            "a 正在路口内行驶的转向",
            "Which way the lane turns that a follows in a junction.",
            "Wohin die Spur führt, der a in der Kreuzung folgt.",
        ),
        on_lane(_turn),
    ),
    Measuring(
        "next_turn",
        Localized(
            "a 正在或接下来（在本记录中）驶过的路口转向",
            "Which way a turns in the junction that it is in or drives through next in this recording.",
            "Wohin a in der Kreuzung fährt, in der es ist oder die es in dieser Aufnahme als nächste befährt.",
        ),
        on_map(lambda drive, lanes, relations: next_known(_turn(drive, lanes, relations), drive.there)),
    ),
)
