"""A drive as the measures want it: nothing where nobody is, and what follows from positions over time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhixing.dataloop.mining.frames import FrameRows, frames_of
from zhixing.dataloop.mining.lane_match import MOST_GAP_S, LaneMatch, match_lanes
from zhixing.dataloop.mining.lane_relations import LaneRelations, ahead_table_m, relations_of, side_table
from zhixing.dataloop.mining.rates import fitted_rates
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.units import NS_PER_S, ns_from_s

_VELOCITY_S, _RATE_S = 0.25, 0.4
"""Half the span of a fit: positions of recordings jitter by some centimetres, speeds by some tenths of m/s."""


@dataclass(frozen=True, slots=True, eq=False)
class Users:
    """Some road users over time; NaN where they are not there.

    Attributes:
        x_m: (users, steps) box centre in the world frame.
        y_m: (users, steps)
        cos: (users, steps) of the heading.
        sin: (users, steps) of the heading.
        yaw_rad: (users, steps)
        speed_mps: (users, steps) along the heading.
        vx_mps: (users, steps) how the box centre moves in the world frame.
        vy_mps: (users, steps)
        length_m: (users, 1)
        width_m: (users, 1)
    """

    x_m: FloatArray
    y_m: FloatArray
    cos: FloatArray
    sin: FloatArray
    yaw_rad: FloatArray
    speed_mps: FloatArray
    vx_mps: FloatArray
    vy_mps: FloatArray
    length_m: FloatArray
    width_m: FloatArray


class PreparedDrive:
    """A drive and what is reckoned of it once, when it is first needed.

    Args:
        drive: The recording.
    """

    def __init__(self, drive: Drive) -> None:
        tracks = drive.tracks
        self.drive = drive
        self.time_ns: IntArray = tracks.time_ns
        self.time_s: FloatArray = (tracks.time_ns - (tracks.time_ns[0] if tracks.num_steps else 0)) / NS_PER_S
        self.there: BoolArray = tracks.valid
        self.size_m: FloatArray = tracks.size_m
        self.kept: dict[str, FloatArray] = {}
        """Measures of one that have been taken, by name."""

    @cached_property
    def xy_m(self) -> FloatArray:
        """(objects, steps, 2) box centre in the world frame; NaN where somebody is not there, as in the next two."""
        return np.where(self.there[..., None], self.drive.tracks.xy_m, np.nan)

    @cached_property
    def yaw_rad(self) -> FloatArray:
        """(objects, steps) heading."""
        return np.where(self.there, self.drive.tracks.yaw_rad, np.nan)

    @cached_property
    def speed_mps(self) -> FloatArray:
        """(objects, steps) along the heading."""
        return np.where(self.there, self.drive.tracks.speed_mps, np.nan)

    @cached_property
    def velocity_mps(self) -> FloatArray:
        """(objects, steps, 2) how box centres move in the world frame; headings do not always point where they go."""
        xy = self.drive.tracks.xy_m
        fitted = np.empty(xy.shape)
        for k, direction in enumerate((np.cos, np.sin)):
            fitted[..., k] = self.rate(xy[..., k], _VELOCITY_S)
            missing = np.isnan(fitted[..., k]) & self.there
            if missing.any():  # who is there for one step only
                fitted[missing, k] = self.speed_mps[missing] * direction(self.yaw_rad[missing])
        return fitted

    @cached_property
    def turned_rad(self) -> FloatArray:
        """(objects, steps) how far a heading has turned since its first step, counter-clockwise, without wrapping."""
        return np.where(self.there, self.turned_rad_filled, np.nan)

    @cached_property
    def turned_rad_filled(self) -> FloatArray:
        """(objects, steps) the same, kept where somebody is not there for a while."""
        steps = np.arange(self.time_ns.size)
        known = np.maximum.accumulate(np.where(self.there, steps, -1), axis=1)
        yaw = np.take_along_axis(self.yaw_rad, np.maximum(known, 0), axis=1)
        yaw = np.where(known < 0, np.nan, yaw)
        turns = np.remainder(np.diff(yaw, axis=1) + np.pi, 2.0 * np.pi) - np.pi
        turned = np.zeros_like(yaw)
        turned[:, 1:] = np.cumsum(np.nan_to_num(turns), axis=1)
        return turned

    @cached_property
    def before(self) -> IntArray:
        """(objects, steps) the step at which somebody was last there; the step itself if that is over a second ago."""
        steps = np.arange(self.time_ns.size)
        last = np.full(self.there.shape, -1, dtype=np.int64)
        last[:, 1:] = np.maximum.accumulate(np.where(self.there, steps, -1), axis=1)[:, :-1]
        is_recent = self.time_ns - self.time_ns[np.maximum(last, 0)] <= ns_from_s(MOST_GAP_S)
        return np.where((last >= 0) & (is_recent | (last == steps - 1)), last, steps)

    @cached_property
    def accel_mps2(self) -> FloatArray:
        """(objects, steps) along the heading."""
        return self.rate(self.speed_mps)

    @cached_property
    def lanes(self) -> LaneMatch | None:
        """Who is on which lane; None without a road."""
        road = self.drive.road
        return None if road is None else match_lanes(road, self.drive.tracks)

    @cached_property
    def relations(self) -> LaneRelations | None:
        """What the lanes of the road are to each other; None without a road."""
        road = self.drive.road
        return None if road is None else relations_of(road)

    @cached_property
    def lane_place(self) -> tuple[IntArray, IntArray]:
        """The lanes that anybody follows, ordered, and (objects, steps) which of these each follows."""
        if self.lanes is None:
            return np.zeros(0, dtype=np.int64), np.zeros(self.there.shape, dtype=np.int64)
        used, place = np.unique(self.lanes.lane, return_inverse=True)
        return used, place.reshape(self.there.shape)

    @cached_property
    def lane_sides(self) -> IntArray:
        """Over the lanes of ``lane_place``: 1 where the second is left of the first, -1 where it is right."""
        road = self.drive.road
        return np.zeros((0, 0), dtype=np.int64) if road is None else side_table(road, self.lane_place[0])

    @cached_property
    def lane_ahead_m(self) -> FloatArray:
        """Over the lanes of ``lane_place``: how far it is from the beginning of one to that of another along lanes."""
        road = self.drive.road
        return np.zeros((0, 0)) if road is None else ahead_table_m(road, self.lane_place[0])

    def rate(self, values: FloatArray, half_span_s: float = _RATE_S) -> FloatArray:
        """Return (objects, steps) how fast values change: the slope of the best straight line through those around.

        Steps up to ``half_span_s`` away count, and the two neighbours in any case, as long as the road user was there
        without a break. NaN where there is no neighbour.
        """
        return np.asarray(fitted_rates(values, self.time_s, self.there, half_span_s))

    @cached_property
    def frame_rows(self) -> FrameRows:
        """The drive step by step."""
        tracks = self.drive.tracks
        return frames_of(
            self.there, tracks.xy_m, self.velocity_mps, tracks.yaw_rad, tracks.speed_mps, self.size_m
        )  # fmt: skip

    def users(self, rows: IntArray, steps: slice = slice(None)) -> Users:
        """Return some road users by their rows, at some steps."""
        everybody = self._everybody
        values = (getattr(everybody, name) for name in Users.__slots__)
        return Users(*(value[rows] if value.shape[1] == 1 else value[rows, steps] for value in values))

    @cached_property
    def _everybody(self) -> Users:
        velocity = self.velocity_mps
        return Users(
            self.xy_m[..., 0],
            self.xy_m[..., 1],
            np.cos(self.yaw_rad),
            np.sin(self.yaw_rad),
            self.yaw_rad,
            self.speed_mps,
            velocity[..., 0],
            velocity[..., 1],
            self.size_m[:, :1],
            self.size_m[:, 1:],
        )
