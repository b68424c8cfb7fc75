"""How people on foot cross: how fast, after what wait, at which light, and how soon before a vehicle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Light
from zhixing.datatypes.road import NO_LIGHT, LaneKind
from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.simulation.realism.distances import Bins

SPEED_BINS = Bins(low=0.0, high=3.0, count=12)
WAIT_BINS = Bins(low=0.0, high=60.0, count=12)
LAG_BINS = Bins(low=0.0, high=10.0, count=10)
_STANDS_MPS = 0.3
_WAITS_WITHIN_M = 4.0
_LONGEST_LINK_S = 1.0
_FIRST_STEP_M = 1.0
_SHARE_OVER = 0.6
"""So much of the length of a crossing must be walked for it to count: others only touch it."""
_RUNS_MPS = 3.0
"""Who is faster is no pedestrian, whatever the recording calls it."""
_SAME_PLACE_M = 1.5
_MOST_LAG_S = 10.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crossings:
    """Crossings that were walked, one row each.

    Attributes:
        speed_mps: (crossings,) mean speed from one side to the other.
        wait_s: (crossings,) how long one stood within 4 m of the crossing before.
        began_at_red: (crossings,) whether its light was not green when the first foot was on it.
        has_light: (crossings,) whether there is a light at all.
    """

    speed_mps: FloatArray
    wait_s: FloatArray
    began_at_red: BoolArray
    has_light: BoolArray

    @property
    def red_share(self) -> float:
        """Return the share that began at red among those with a light, NaN without any."""
        return float(self.began_at_red[self.has_light].mean()) if self.has_light.any() else float("nan")


def crossings_in(drive: Drive) -> Crossings:
    """Return how people cross in a drive, where its map has crossings; none without."""
    rows: list[tuple[float, float, bool, bool]] = []
    tracks, road = drive.tracks, drive.road
    lanes = [lane for lane in road.lanes if lane.kind == LaneKind.CROSSING] if road is not None else []
    on_foot = np.flatnonzero(tracks.road_user == RoadUser.PEDESTRIAN).tolist()
    for lane in lanes:
        area = shapely.Polygon(np.concatenate((lane.left_xy_m, lane.right_xy_m[::-1]))).buffer(0.0)
        near = area.buffer(_WAITS_WITHIN_M)
        shapely.prepare(area)
        along = lane.centre_xy_m[-1] - lane.centre_xy_m[0]
        long_m = float(np.hypot(*along))
        for row in on_foot:
            steps = np.flatnonzero(tracks.valid[row])
            xy, time_s = tracks.xy_m[row, steps], (tracks.time_ns[steps] * 1e-9).astype(np.float64)
            inside = shapely.contains_xy(area, xy[:, 0], xy[:, 1])
            for first, end in _visits(inside, time_s):
                # Who waits may stand with a foot on the crossing; it begins when one walks off for good.
                gone = np.abs((xy[first : end + 1] - xy[first]) @ along) / long_m
                begin = first + int(np.flatnonzero(gone <= _FIRST_STEP_M)[-1])
                gone_m = abs(float((xy[end] - xy[begin]) @ along)) / long_m
                seconds = float(time_s[end] - time_s[begin])
                if gone_m < _SHARE_OVER * long_m or seconds <= 0.0 or gone_m / seconds > _RUNS_MPS:
                    continue
                shown = Light.OFF
                if lane.light_group != NO_LIGHT:
                    shown = Light(int(drive.lights.at(int(tracks.time_ns[steps[begin]]))[lane.light_group]))
                before = np.arange(begin)
                stood = np.abs(tracks.speed_mps[row, steps[before]]) < _STANDS_MPS
                stood &= shapely.contains_xy(near, xy[before, 0], xy[before, 1])
                step_s = float(np.median(np.diff(time_s)))
                rows.append(
                    (gone_m / seconds, step_s * float(stood.sum()), shown == Light.RED, lane.light_group != NO_LIGHT)
                )
    table = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return Crossings(
        speed_mps=np.array(table[0], dtype=np.float64),
        wait_s=np.array(table[1], dtype=np.float64),
        began_at_red=np.array(table[2], dtype=np.bool_),
        has_light=np.array(table[3], dtype=np.bool_),
    )


def lags_s(tracks: Tracks) -> FloatArray:
    """Return how long after somebody on foot left a place a vehicle came there, for each pair that shared one, s.

    Only pairs in which the one on foot was first, at most 10 s before and while walking: the gap that was accepted
    was this long or longer.
    """
    on_foot = np.flatnonzero(tracks.road_user == RoadUser.PEDESTRIAN).tolist()
    others = np.flatnonzero((tracks.road_user != RoadUser.PEDESTRIAN) & (tracks.road_user != RoadUser.OBJECT)).tolist()
    time_s = tracks.time_ns * 1e-9
    found = []
    for row in on_foot:
        mine = np.flatnonzero(tracks.valid[row] & (np.abs(tracks.speed_mps[row]) > _STANDS_MPS))
        for other in others:
            theirs = np.flatnonzero(tracks.valid[other] & (np.abs(tracks.speed_mps[other]) > _STANDS_MPS))
            if not mine.size or not theirs.size:
                continue
            reach = _SAME_PLACE_M + 0.5 * float(tracks.size_m[other, 1])
            away = np.hypot(*np.moveaxis(tracks.xy_m[row, mine][:, None] - tracks.xy_m[other, theirs][None], -1, 0))
            i, k = np.nonzero(away < reach)
            lag = time_s[theirs[k]] - time_s[mine[i]]
            lag = lag[(lag > 0.0) & (lag < _MOST_LAG_S)]
            if lag.size:
                found.append(float(lag.min()))
    return np.array(found, dtype=np.float64)


def _visits(inside: BoolArray, time_s: FloatArray) -> list[tuple[int, int]]:
    """Return the first and last index of every stay, shorter absences bridged."""
    at = np.flatnonzero(inside)
    if not at.size:
        return []
    breaks = np.flatnonzero(np.diff(time_s[at]) > _LONGEST_LINK_S)
    begins = at[np.concatenate(([0], breaks + 1))]
    ends = at[np.concatenate((breaks, [at.size - 1]))]
    return [(int(begin), int(end)) for begin, end in zip(begins, ends, strict=True) if end > begin]
