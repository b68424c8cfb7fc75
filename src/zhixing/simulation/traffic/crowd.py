"""Traffic around a place, in one world or in many at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from zhixing.datatypes.road import Road
from zhixing.datatypes.scene import EgoBody, EgoState
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.errors import ShapeError
from zhixing.simulation.traffic.arrive import APPEAR_M, Spots, renew_worlds, spots_of
from zhixing.simulation.traffic.contacts import fresh_flags, judge_worlds
from zhixing.simulation.traffic.models import MODELS, Mind, UserModel
from zhixing.simulation.traffic.people import become, nobody_of, traits_of
from zhixing.simulation.traffic.step import step_worlds
from zhixing.simulation.traffic.surface import surface_of
from zhixing.simulation.traffic.ways import RANK_STRAIGHT, Ways, ways_of

_MOST_NEW_A_STEP = 2
_NEAREST_AT_FIRST_M = 18.0
_NEAREST_ENTRY_M = 25.0


class Crowd:
    """Everybody but the ego, in worlds that share a road and nothing else.

    What happens in a world follows from its seed, whatever other worlds there are and how many threads move them.

    Args:
        road: Shared by all worlds.
        num_users: Road users in each world.
        seeds: One for each world, of every choice made in it.
        num_threads: Worlds are shared out among so many threads; the kernels do not hold the interpreter.
        shares: Of each class, instead of its model's; they need not add up to one.
        spots: Where somebody may appear, instead of on all lanes.
        entries: Where traffic comes onto the map, also in sight.

    Attributes:
        ways: The lines everybody moves along.
        traits: (worlds times users and the ego,) what everybody is like; the ego is the last row of each world.
        motion: (the same,) where everybody is.

    Raises:
        ValueError: ``num_users`` is negative, or there is no seed.
    """

    def __init__(
        self,
        road: Road,
        num_users: int,
        seeds: Sequence[int],
        num_threads: int = 1,
        *,
        shares: Mapping[RoadUser, float] = MappingProxyType({}),
        spots: Spots | None = None,
        entries: Spots | None = None,
    ) -> None:
        if num_users < 0:
            raise ValueError(f"the number of road users is negative: {num_users}")
        if not seeds:
            raise ValueError("a crowd needs at least one seed")
        self._road, self._num, self._steps = road, num_users, 0
        self.ways, everywhere = _ways_and_spots(road)
        self._spots, self._entries = spots or everywhere, entries
        self._seeds: IntArray = np.array([seed % 2**62 for seed in seeds], dtype=np.int64)
        worlds, rows = len(seeds), num_users + 1
        self._first_user: IntArray = rows * np.arange(worlds + 1, dtype=np.int64)
        self.traits, self.motion = traits_of(worlds * rows), nobody_of(worlds * rows)
        self._comes_on: IntArray = np.zeros(worlds * rows, dtype=np.int64)
        models = draw_models(num_users, shares)
        for world, seed in enumerate(seeds):
            rng = np.random.default_rng([seed, 2])
            for k, model in enumerate(models):
                become(self.traits, world * rows + k, model, rng)
                self._comes_on[world * rows + k] = int(model.lane_kinds[0])
        self.traits.mind[num_users::rows] = int(Mind.OUTSIDE)
        self._middle_m: FloatArray = np.zeros((worlds, 2))
        self._newest: IntArray = np.zeros(worlds, dtype=np.int64)
        self._touches, self._strays = fresh_flags(worlds * rows)
        self._threads = ThreadPoolExecutor(num_threads) if num_threads > 1 else None
        edges = np.linspace(0, worlds, num_threads + 1).round().astype(np.int64).tolist()
        self._shares = [slice(a, b) for a, b in itertools.pairwise(edges) if b > a]

    @property
    def num_lights(self) -> int:
        """How many light groups the road has."""
        return self._road.num_light_groups

    @property
    def num_worlds(self) -> int:
        """How many worlds there are."""
        return int(self._seeds.shape[0])

    def gather(self, world: int, x_m: float, y_m: float) -> None:
        """Say around which place the traffic of a world is."""
        self._middle_m[world] = x_m, y_m

    def populate(self) -> None:
        """Put everybody somewhere around the middle of its world, at the start."""
        self._renew(_NEAREST_AT_FIRST_M, self._num, self._spots)

    def become(self, row: int, model: UserModel, rng: np.random.Generator) -> None:
        """Make who appears next in a row one of a class; whoever is there still, goes."""
        become(self.traits, row, model, rng)
        self._comes_on[row] = int(model.lane_kinds[0])
        self.motion.there[row] = False

    def empty(self, row: int) -> None:
        """Let nobody appear in a row; whoever is there still, goes."""
        self.traits.mind[row] = int(Mind.NOBODY)
        self.motion.there[row] = False

    def put_ego(self, world: int, ego: EgoState, body: EgoBody) -> None:
        """Tell where the ego of a world is; without it there is none."""
        row, m = int(self._first_user[world + 1]) - 1, self.motion
        m.there[row], m.rank[row] = True, RANK_STRAIGHT
        m.x_m[row], m.y_m[row], m.yaw_rad[row] = ego.x_m, ego.y_m, ego.yaw_rad
        m.speed_mps[row], m.accel_mps2[row] = ego.speed_mps, ego.accel_mps2
        self.traits.length_m[row], self.traits.width_m[row] = body.length_m, body.width_m

    def step(self, dt_s: float, lights: IntArray) -> None:
        """Move everybody on; who is far from the middle goes, and somebody else comes.

        Args:
            dt_s: How long.
            lights: (worlds, groups) what is shown.

        Raises:
            ShapeError: There are other worlds in ``lights``, or fewer light groups than on the road.
        """
        groups = self.num_lights
        if lights.ndim != 2 or lights.shape[0] != self.num_worlds or lights.shape[1] < groups:
            raise ShapeError(
                f"lights of shape {lights.shape}, wanted ({self.num_worlds}, {groups})",
                hint="Give what is shown in each world, for every light group of the road.",
            )

        def move(share: slice) -> None:
            firsts = self._first_user[share.start : share.stop + 1]
            step_worlds(
                dt_s, self._steps, self._seeds[share], firsts, self.ways, self.traits, self.motion, lights[share]
            )  # fmt: skip

        self._share_out(move)
        self._steps += 1
        self._renew(APPEAR_M, _MOST_NEW_A_STEP, self._spots)
        if self._entries is not None:
            self._renew(_NEAREST_ENTRY_M, _MOST_NEW_A_STEP, self._entries)

    def judge(self) -> tuple[BoolArray, BoolArray]:
        """Return (rows,) who touches somebody, and (rows,) who is where its class must not be; see ``judge_worlds``."""
        surface = surface_of(self._road)

        def look(share: slice) -> None:
            firsts = self._first_user[share.start : share.stop + 1]
            judge_worlds(firsts, self.traits, self.motion, surface, self._touches, self._strays)

        self._share_out(look)
        return self._touches, self._strays

    def rows(self, world: int) -> slice:
        """Return the rows of a world's road users, without the ego."""
        return slice(int(self._first_user[world]), int(self._first_user[world + 1]) - 1)

    def tracks(self, world: int, time_ns: int) -> Tracks:
        """Return everybody of a world now, as one step."""
        rows, m, t = self.rows(world), self.motion, self.traits
        return Tracks(
            np.array([time_ns], dtype=np.int64),
            m.identity[rows].copy(),
            t.road_user[rows].copy(),
            np.stack((t.length_m[rows], t.width_m[rows]), axis=1),
            np.stack((m.x_m[rows], m.y_m[rows]), axis=1)[:, None],
            m.yaw_rad[rows, None].copy(),
            m.speed_mps[rows, None].copy(),
            m.there[rows, None].copy(),
        )

    def boxes(self, world: int) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return (users, 5) boxes, (users,) speeds and (users,) who is there, in a world."""
        rows, m, t = self.rows(world), self.motion, self.traits
        boxes = np.stack((m.x_m[rows], m.y_m[rows], m.yaw_rad[rows], t.length_m[rows], t.width_m[rows]), axis=1)
        return boxes, m.speed_mps[rows], m.there[rows]

    def _share_out(self, work: Callable[[slice], None]) -> None:
        """Do something for all worlds, each thread for some."""
        if self._threads is None:
            work(slice(0, self.num_worlds))
        else:
            list(self._threads.map(work, self._shares))

    def _renew(self, nearest_m: float, most: int, spots: Spots) -> None:
        renew_worlds(
            nearest_m, most, self._seeds, self._first_user, self._middle_m, self._comes_on, self._newest, self.ways,
            spots, self.traits, self.motion,
        )  # fmt: skip


@lru_cache(maxsize=4)
def _ways_and_spots(road: Road) -> tuple[Ways, Spots]:
    ways = ways_of(road)
    return ways, spots_of(ways)


def draw_models(num_users: int, shares: Mapping[RoadUser, float] = MappingProxyType({})) -> list[UserModel]:
    """Return the classes of so many road users in the stated shares, as exactly as whole numbers allow."""
    wanted = np.array([shares.get(model.road_user, model.share) for model in MODELS])
    wanted *= num_users / max(float(wanted.sum()), 1e-9) if shares else num_users
    counts = np.floor(wanted).astype(np.int64)
    for k in np.argsort(counts - wanted, kind="stable")[: num_users - int(counts.sum())]:
        counts[k] += 1
    return [MODELS[k] for k in np.repeat(np.arange(len(MODELS)), counts)]
