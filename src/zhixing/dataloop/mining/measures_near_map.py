"""How near one is to crossings and junctions, and where one is beside the lanes that are driven on."""

from __future__ import annotations

import numpy as np
import shapely

from zhixing.dataloop.mining.lane_match import LaneMatch
from zhixing.dataloop.mining.lane_relations import LaneRelations
from zhixing.dataloop.mining.measures_map import on_map
from zhixing.dataloop.mining.measuring import Measuring
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.road import Lane, LaneKind, Road
from zhixing.datatypes.shapes import BoolArray, FloatArray

_LEAST_SPEED_MPS = 0.3
_MOST_S = 10.0


def _away_m(drive: PreparedDrive, lanes: list[Lane]) -> FloatArray:
    """Return (objects, steps) from box centres to the nearest of some lanes, 0 on one, infinite if there is none."""
    away = np.full(drive.there.shape, np.inf)
    if not lanes or not drive.there.any():
        return away
    outlines = [np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1])) for lane in lanes]
    tree = shapely.STRtree([shapely.make_valid(shapely.Polygon(outline)) for outline in outlines])
    points = np.asarray(shapely.points(drive.xy_m[drive.there]))
    (asked, _), distance = tree.query_nearest(points, return_distance=True, all_matches=False)
    found = np.full(points.size, np.inf)
    found[asked] = distance
    away[drive.there] = found
    return away


def _road(drive: PreparedDrive) -> Road:
    road = drive.drive.road
    if road is None:  # measures on the map are asked only where there is one
        return Road(name="", lanes=(), successors=())
    return road


def _crossing_m(drive: PreparedDrive, _: LaneMatch, __: LaneRelations) -> FloatArray:
    return _away_m(drive, [lane for lane in _road(drive).lanes if lane.kind == LaneKind.CROSSING])


def _crossing_in_s(drive: PreparedDrive, _: LaneMatch, __: LaneRelations) -> FloatArray:
    """Return when box centres that keep their velocity are on a crossing, infinite if not within ten seconds."""
    found = np.full(drive.there.shape, np.inf)
    lanes = [lane for lane in _road(drive).lanes if lane.kind == LaneKind.CROSSING]
    away = _away_m(drive, lanes)
    found[away <= 0.0] = 0.0
    every = drive.users(np.arange(drive.there.shape[0]), slice(None))
    speed = np.hypot(every.vx_mps, every.vy_mps)
    comes = drive.there & (away > 0.0) & (speed > _LEAST_SPEED_MPS) & (away < _MOST_S * speed)
    x, y = every.x_m[comes], every.y_m[comes]
    way = np.stack((every.vx_mps[comes], every.vy_mps[comes]), axis=-1)
    soonest = np.full(x.size, np.inf)
    for lane in lanes:
        outline = np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))
        for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
            # The ray from a centre meets an edge where both shares of their ways are within bounds.
            cross = way[:, 0] * (y2 - y1) - way[:, 1] * (x2 - x1)
            is_met = np.abs(cross) > 1e-9
            safe = np.where(is_met, cross, 1.0)
            time_s = ((x1 - x) * (y2 - y1) - (y1 - y) * (x2 - x1)) / safe
            share = ((x1 - x) * way[:, 1] - (y1 - y) * way[:, 0]) / safe
            is_met &= (time_s >= 0.0) & (time_s <= _MOST_S) & (share >= 0.0) & (share <= 1.0)
            soonest = np.where(is_met, np.minimum(soonest, time_s), soonest)
    found[comes] = soonest
    return found


def _junction_m(drive: PreparedDrive, _: LaneMatch, __: LaneRelations) -> FloatArray:
    driven = {LaneKind.DRIVING, LaneKind.BIKING}
    return _away_m(drive, [lane for lane in _road(drive).lanes if lane.junction >= 0 and lane.kind in driven])


def _is_beside_lanes(drive: PreparedDrive, lanes: LaneMatch, _: LaneRelations) -> BoolArray:
    other = [lane for lane in _road(drive).lanes if lane.kind == LaneKind.OTHER]
    return (_away_m(drive, other) <= 0.0) & ~lanes.on_kind[LaneKind.DRIVING] & ~lanes.on_kind[LaneKind.BIKING]


NEAR_THE_MAP = (
    Measuring(
        "crossing_m",
        Localized(
            "a 的中心到最近人行横道的距离，在其上为 0；地图上没有时无穷大",
            "Distance from the centre of a to the nearest crossing, 0 on it; infinite if the map has none.",
            "Abstand von der Mitte von a zum nächsten Überweg, darauf 0; unendlich, wenn die Karte keinen hat.",
        ),
        on_map(_crossing_m),
    ),
    Measuring(
        "crossing_in_s",
        Localized(
            "a 的中心保持速度和方向多久后到达人行横道（TTZ），在其上为 0；10 s 内到不了时无穷大",
            "When the centre of a is on a crossing if it keeps its velocity (TTZ), 0 on one; infinite if not within "
            "10 s.",
            "Wann die Mitte von a auf einem Überweg ist, wenn sie ihre Geschwindigkeit behält (TTZ), darauf 0; "
            "unendlich, wenn nicht binnen 10 s.",
        ),
        on_map(_crossing_in_s),
        source="Várhelyi (1998), time to zebra",
    ),
    Measuring(
        "junction_m",
        Localized(
            "a 的中心到最近路口内车道的距离，在路口内为 0；地图上没有时无穷大",
            "Distance from the centre of a to the nearest lane in a junction, 0 on one; infinite if there is none.",
            "Abstand von der Mitte von a zur nächsten Spur in einer Kreuzung, darauf 0; unendlich, wenn es keine gibt.",
        ),
        on_map(_junction_m),
    ),
    Measuring(
        "is_beside_lanes",
        Localized(
            "a 的中心在行车道旁的区域：停车带、路肩、港湾",
            "The centre of a is on what lies beside the lanes: parking bays, shoulders, lay-bys.",
            "Die Mitte von a ist neben den Fahrspuren: Parkbuchten, Seitenstreifen, Haltebuchten.",
        ),
        on_map(_is_beside_lanes),
    ),
)
