"""A recorded crossroads with its recorded lights, on which synthetic traffic moves that is seeded by recorded facts.

Where a recording tells of everybody when it came, of which class and size it was and how it passed the junction, but
not where it was, that much is taken over and the rest is simulated: everybody comes at its time and goes its way by
the models of ``simulation.traffic``. The result is labelled synthetic.

What the facts tell is not all honoured: from which arm somebody came is not told (one is drawn whose light agrees with
how long it stayed and with what is told of the light it passed), nor in which lane; when it left is told and comes
about as it may. Left out is who did not pass the junction or stayed for more than five minutes (parked cars), for
nothing is told of where they were.
Whose place of arrival is taken comes as soon as there is room. Recorded people on foot, where their tracks are given,
are put where they were and react to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.lights import Light, Lights
from zhixing.datatypes.road import NO_LIGHT
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray
from zhixing.datatypes.tracks import RoadUser, Tracks
from zhixing.datatypes.traffic_facts import Movement, TrafficFacts, Violation
from zhixing.datatypes.units import NS_PER_S
from zhixing.simulation.gridlock import WITHIN_S
from zhixing.simulation.site_routes import Site, SiteRoute
from zhixing.simulation.traffic.models import MODEL_OF, Mind
from zhixing.simulation.traffic.people import NOWHERE_M, become, nobody_of, traits_of
from zhixing.simulation.traffic.step import place_on, step_worlds
from zhixing.simulation.traffic.ways import ways_of
from zhixing.simulation.world import STEP_NS, STEP_S

SOURCE = "synthetic: seeded by recorded facts"
_PARKED_NS = 300 * NS_PER_S
_BEFORE_NS = 30 * NS_PER_S
"""So long before anybody is to arrive they set off outside the map."""
RED_RATES = {RoadUser.EBIKE: 0.9, RoadUser.BICYCLE: 0.8}
"""Share of the reds they meet that they would run: 46 and 39 % of all that passed a light in SinD's record of Tianjin
passed it at red, and about half of them met one."""
_SETS_OFF = 0.8
_FREE_M, _BRAKES_MPS2 = 2.0, 2.0
_LATE_S = 2.0
_SHOWN = {int(Light.RED): Violation.RED, int(Light.YELLOW): Violation.YELLOW}
_AGREES = {Violation.NONE: (Light.GREEN, Light.OFF), Violation.YELLOW: (Light.YELLOW,), Violation.RED: (Light.RED,)}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SeededRun:
    """What came of it.

    Attributes:
        drive: Everybody's tracks while on the map, under the recorded lights.
        facts: The same facts as those of the recording, of the simulated road users.
        num_left_out: Road users of the recording that nothing can be made of.
        num_without_arm: Road users for whom no arm's light agrees with what is told.
        num_jammed: Road users taken out because they blocked one another within the junction.
        delay_s: (users,) how much later than recorded everybody entered the map, s; NaN for who never did.
    """

    drive: Drive
    facts: TrafficFacts
    num_left_out: int
    num_without_arm: int
    num_jammed: int
    delay_s: FloatArray


class SeededSite:
    """Traffic at a crossroads, seeded by the facts of a recording.

    Args:
        site: The ways through it.
        lights: As recorded.
        facts: As recorded; people on foot among them are simulated where there are crossings and no ``walkers``.
        seed: Of every choice.
        walkers: Tracks of people on foot on the same clock, to be replayed.
        as_told: Whether who is told to have run a red does so, and nobody else; otherwise ``RED_RATES`` and the
            rates of the models hold.
    """

    def __init__(
        self,
        site: Site,
        lights: Lights,
        facts: TrafficFacts,
        *,
        seed: int,
        walkers: Tracks | None = None,
        as_told: bool = False,
    ) -> None:
        self._site, self._lights, self._walkers = site, lights, walkers
        self._ways, self._rng = ways_of(site.road, site.extra), np.random.default_rng([seed, 5])
        self._seeds: IntArray = np.array([seed], dtype=np.int64)
        plans = self._plans(facts, has_walkers=walkers is not None)
        self.num_left_out = int(facts.object_id.size) - len(plans)
        users, guests = len(plans), walkers.num_objects if walkers is not None else 0
        self._routes = [route for _, route in plans]
        self._told: IntArray = np.array([row for row, _ in plans], dtype=np.int64)
        self._facts = facts
        self._traits, self._motion = traits_of(users + guests), nobody_of(users + guests)
        self._first_user: IntArray = np.array([0, users + guests], dtype=np.int64)
        self._plan: IntArray = np.full((users, 6), -1, dtype=np.int64)
        self._enters_ns: IntArray = np.zeros(users, dtype=np.int64)
        for k, (row, route) in enumerate(plans):
            size = facts.size_m[row] if np.isfinite(facts.size_m[row]).all() else np.zeros(2)
            become(self._traits, k, MODEL_OF[RoadUser(int(facts.road_user[row]))], self._rng, (size[0], size[1]))
            self._traits.red_rate[k] = RED_RATES.get(RoadUser(int(facts.road_user[row])), self._traits.red_rate[k])
            if as_told:
                self._traits.red_rate[k] = float(facts.violation[row] == Violation.RED)
            self._plan[k, :3] = route.ways
            early_s = route.outside_m / self._traits.wanted_mps[k]
            self._enters_ns[k] = int(facts.present_ns[row, 0]) - round(early_s * NS_PER_S)
        for k in range(users, users + guests):
            become(self._traits, k, MODEL_OF[RoadUser.PEDESTRIAN], None)
            self._traits.mind[k] = int(Mind.OUTSIDE)
        self._motion.identity[:] = np.arange(1, users + guests + 1)
        self._passed: IntArray = np.full(users, int(Violation.NONE), dtype=np.int64)
        self._present_ns: IntArray = np.full((users, 2), -1, dtype=np.int64)
        self._num_jammed = 0
        self._was_in: BoolArray = np.zeros(users, dtype=np.bool_)
        self._outside_m = np.array([route.outside_m for route in self._routes])
        self._light: IntArray = np.array([route.light for route in self._routes], dtype=np.int64)

    def run(self, begin_ns: int, end_ns: int, *, every: int = 1, drive_id: str = "site") -> SeededRun:
        """Return what happens between two moments of the recording's clock.

        Args:
            begin_ns: Who arrived earlier in the recording does not come.
            end_ns: Afterwards nothing is kept.
            every: Every so many steps of 0.1 s are kept in the drive.
            drive_id: Its name.
        """
        users = len(self._routes)
        arrives = self._facts.present_ns[self._told, 0]
        waiting = [k for k in np.argsort(self._enters_ns, kind="stable").tolist() if arrives[k] >= begin_ns]
        kept: list[tuple[FloatArray, BoolArray]] = []
        times: list[int] = []
        first_ns = begin_ns - _BEFORE_NS
        for step in range((end_ns - first_ns) // STEP_NS):
            now_ns = first_ns + step * STEP_NS
            waiting = [k for k in waiting if self._enters_ns[k] > now_ns or not self._appear(k)]
            self._place_walkers(now_ns)
            shown = self._lights.at(now_ns)
            if step % every == 0 and now_ns >= begin_ns:
                m = self._motion
                kept.append((np.stack((m.x_m, m.y_m, m.yaw_rad, m.speed_mps), axis=1), self._in_view()))
                times.append(now_ns)
            step_worlds(
                STEP_S, step, self._seeds, self._first_user, self._ways, self._traits, self._motion, shown[None]
            )  # fmt: skip
            self._keep_to_routes(shown, now_ns)
        facts = TrafficFacts(
            object_id=self._facts.object_id[self._told],
            road_user=self._facts.road_user[self._told],
            size_m=np.stack((self._traits.length_m, self._traits.width_m), axis=1)[:users],
            movement=np.array([int(route.movement) for route in self._routes], dtype=np.int64),
            violation=self._passed.copy(),
            present_ns=self._present_ns.copy(),
        )
        came = self._present_ns[:, 0] >= 0
        delay = np.where(came, (self._present_ns[:, 0] - self._facts.present_ns[self._told, 0]) * 1e-9, np.nan)
        return SeededRun(
            drive=Drive(
                drive_id=drive_id,
                source=SOURCE,
                road=self._site.road,
                tracks=self._tracks(times, kept),
                lights=self._lights,
            ),
            facts=facts,
            num_left_out=self.num_left_out,
            num_without_arm=self.num_without_arm,
            num_jammed=self._num_jammed,
            delay_s=delay,
        )

    def _plans(self, facts: TrafficFacts, *, has_walkers: bool) -> list[tuple[int, SiteRoute]]:
        """Return who of the facts is simulated, and on which route."""
        plans = []
        self.num_without_arm = 0
        for row in range(facts.object_id.size):
            mind = MODEL_OF[RoadUser(int(facts.road_user[row]))].mind
            stays_ns = int(facts.present_ns[row, 1] - facts.present_ns[row, 0])
            wanted = Movement(int(facts.movement[row]))
            routes = [r for r in self._site.routes if r.mind == mind and r.movement == wanted]
            if not routes or stays_ns > _PARKED_NS or (mind == Mind.WALKS and has_walkers):
                continue
            agreeing = [route for route in routes if self._agrees(facts, row, route)]
            self.num_without_arm += not agreeing
            arm = self._rng.choice(sorted({route.arm for route in agreeing or routes}))
            routes = [route for route in routes if route.arm == arm]
            if mind == Mind.DRIVES and wanted != Movement.STRAIGHT:
                side = (min if wanted == Movement.LEFT else max)(route.rank for route in routes)
                routes = [route for route in routes if route.rank == side]
            plans.append((row, routes[int(self._rng.integers(len(routes)))]))
        return plans

    def _agrees(self, facts: TrafficFacts, row: int, route: SiteRoute) -> bool:
        """Return whether a route's light may have shown what is told, given how long somebody stayed."""
        if route.light == NO_LIGHT or route.mind == Mind.WALKS:
            return True
        mean_mps = MODEL_OF[RoadUser(int(facts.road_user[row]))].speed_mps[0]
        first_ns, last_ns = (int(t) for t in facts.present_ns[row])
        waited_s = max(0.0, (last_ns - first_ns) * 1e-9 - route.length_m / mean_mps)
        passes_ns = first_ns + round((route.line_m / mean_mps + waited_s) * NS_PER_S)
        wanted = _AGREES[Violation(int(facts.violation[row]))]
        late_ns = round(_LATE_S * NS_PER_S)
        return any(self._lights.at(passes_ns + off)[route.light] in wanted for off in (-late_ns, 0, late_ns))

    def _appear(self, k: int) -> bool:
        """Let somebody appear at the beginning of its route if there is room; return whether there was."""
        m, t, way = self._motion, self._traits, int(self._plan[k, 0])
        begin_m = 0.5 * float(t.length_m[k])
        line = self._ways.xy_m[self._ways.first[way]]
        near = np.flatnonzero(m.there & (np.hypot(m.x_m - line[0], m.y_m - line[1]) < 30.0))
        gap_m = np.inf
        for o in near.tolist():
            beside = abs(m.offset_m[o] - t.likes_m[k]) > 0.5 * (t.width_m[o] + t.width_m[k]) + 0.3
            if m.way[o] == way and beside:
                continue
            gap_m = min(
                gap_m,
                float(m.s_m[o] - begin_m - 0.5 * (t.length_m[o] + t.length_m[k]))
                if m.way[o] == way
                else float(np.hypot(m.x_m[o] - line[0], m.y_m[o] - line[1]) - 0.5 * (t.length_m[o] + t.length_m[k])),
            )
        if gap_m < _FREE_M:
            return False
        m.way[k], m.next_way[k], m.second_way[k] = self._plan[k, :3]
        m.legs[k], m.s_m[k] = 0, begin_m
        room = max(0.0, float(self._ways.half_m[way]) - 0.5 * float(t.width_m[k]))
        m.offset_m[k] = m.wish_m[k] = min(max(float(t.likes_m[k]), -room), room)
        m.speed_mps[k] = min(_SETS_OFF * t.wanted_mps[k], np.sqrt(2.0 * _BRAKES_MPS2 * (gap_m - _FREE_M)) + 0.1)
        m.x_m[k], m.y_m[k], m.yaw_rad[k] = place_on(self._ways, way, begin_m, float(m.offset_m[k]))
        m.rank[k], m.there[k] = self._ways.rank[way], True
        return True

    def _in_view(self) -> BoolArray:
        """Return (users and walkers,) who is on the map."""
        m, users = self._motion, len(self._routes)
        seen = m.there.copy()
        seen[:users] &= (m.legs[:users] > 0) | (m.s_m[:users] >= self._outside_m)
        return seen

    def _keep_to_routes(self, shown: IntArray, now_ns: int) -> None:
        """Put everybody's next ways right, and note who came, passed a light, and went."""
        m, users = self._motion, len(self._routes)
        legs = np.minimum(m.legs[:users], 2)
        rows = np.arange(users)
        m.next_way[:users], m.second_way[:users] = self._plan[rows, legs + 1], self._plan[rows, legs + 2]
        is_in = m.there[:users] & (legs > 0)
        for k in np.flatnonzero(is_in & ~self._was_in & (self._light != NO_LIGHT)).tolist():
            self._passed[k] = int(_SHOWN.get(int(shown[self._light[k]]), Violation.NONE))
        self._was_in = is_in
        for k in np.flatnonzero(is_in & (m.waited_s[:users] > WITHIN_S)).tolist()[:1]:
            m.there[k] = False
            m.x_m[k] = m.y_m[k] = NOWHERE_M
            self._num_jammed += 1
        seen = self._in_view()[:users]
        self._present_ns[seen & (self._present_ns[:, 0] < 0), 0] = now_ns
        self._present_ns[seen, 1] = now_ns

    def _place_walkers(self, now_ns: int) -> None:
        w, m = self._walkers, self._motion
        if w is None:
            return
        rows = slice(len(self._routes), None)
        step = int(np.searchsorted(w.time_ns, now_ns))
        m.there[rows] = False
        if not 0 <= step < w.num_steps or abs(int(w.time_ns[step]) - now_ns) > STEP_NS:
            m.x_m[rows] = m.y_m[rows] = NOWHERE_M
            return
        m.there[rows] = w.valid[:, step]
        m.x_m[rows], m.y_m[rows] = w.xy_m[:, step].T
        m.yaw_rad[rows], m.speed_mps[rows] = w.yaw_rad[:, step], w.speed_mps[:, step]

    def _tracks(self, times: list[int], kept: list[tuple[FloatArray, BoolArray]]) -> Tracks:
        states = np.stack([state for state, _ in kept], axis=1)
        valid = np.stack([seen for _, seen in kept], axis=1)
        came = valid.any(axis=1)
        guests = self._walkers.object_id if self._walkers is not None else np.zeros(0, dtype=np.int64)
        ids = np.concatenate((self._facts.object_id[self._told], guests))
        size = np.stack((self._traits.length_m, self._traits.width_m), axis=1)
        return Tracks(
            np.array(times, dtype=np.int64),
            ids[came],
            self._traits.road_user[came].copy(),
            size[came],
            states[came, :, :2].copy(),
            states[came, :, 2].copy(),
            states[came, :, 3].copy(),
            valid[came],
        )
