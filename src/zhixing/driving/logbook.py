"""Keeps in mind what the car has done lately, each thing with the decision that it was due to."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from zhixing.datatypes.driving_account import Cause, Deed, Episode
from zhixing.datatypes.scene import EgoState
from zhixing.datatypes.units import ns_from_s

KEPT_NS = ns_from_s(180.0)
"""Nobody asks why something happened minutes ago, and nobody could be sure what is meant."""
_MOST_EPISODES = 60
_BRAKES_MPS2, _EASES_MPS2 = -0.8, -0.2
"""People notice 0.8 m/s²; between the two figures braking that has begun goes on."""
_NOTICED_MPS, _NOTICED_MPS2 = 1.0, 2.5
_EASED_NS = ns_from_s(0.5)
_STANDS_MPS, _GOES_MPS = 0.1, 0.5


@dataclass(slots=True)
class _Open:
    """An episode that lasts; shares say how much of it each decision is to blame for."""

    deed: Deed
    began_ns: int
    from_mps: float
    last_ns: int
    to_mps: float = 0.0
    hardest_mps2: float = 0.0
    shares: dict[tuple[str, int], float] = field(default_factory=dict)
    causes: dict[tuple[str, int], Cause] = field(default_factory=dict)

    def blame(self, cause: Cause, share: float) -> None:
        key = (cause.decision.rule, cause.decision.object_id)
        self.shares[key] = self.shares.get(key, 0.0) + share
        self.causes.setdefault(key, cause)

    def told(self, ended_ns: int | None) -> Episode:
        key = max(self.shares, key=lambda one: self.shares[one])
        return Episode(
            deed=self.deed,
            began_ns=self.began_ns,
            ended_ns=ended_ns,
            from_mps=self.from_mps,
            to_mps=self.to_mps,
            hardest_mps2=self.hardest_mps2,
            cause=self.causes[key],
        )


class Logbook:
    """Told of every step of a drive; knows the episodes of the last three minutes."""

    def __init__(self) -> None:
        self._done: deque[Episode] = deque(maxlen=_MOST_EPISODES)
        self._braking: _Open | None = None
        self._standing: _Open | None = None
        self._speed_mps: float | None = None

    def step(self, time_ns: int, ego: EgoState, cause: Cause, *, changes_lane: bool = False) -> None:
        """Take one more step.

        Args:
            time_ns: Now, on the road's clock.
            ego: As it is after the step.
            cause: Why the step was as it was.
            changes_lane: Whether the ego has just come onto a neighbouring lane.
        """
        before_mps = ego.speed_mps if self._speed_mps is None else self._speed_mps
        self._speed_mps = ego.speed_mps
        self._brake(time_ns, before_mps, ego, cause)
        self._stand(time_ns, ego, cause)
        if changes_lane:
            move = _Open("changed-lane", time_ns, ego.speed_mps, time_ns, to_mps=ego.speed_mps)
            move.blame(cause, 1.0)
            self._done.append(move.told(time_ns))

    def episodes(self, time_ns: int) -> tuple[Episode, ...]:
        """Return what was done in the last three minutes, oldest first."""
        is_braking = self._braking is not None and _is_noticed(self._braking)
        lasting = [one.told(None) for one in (self._braking if is_braking else None, self._standing) if one is not None]
        recent = [one for one in self._done if one.ended_ns is None or time_ns - one.ended_ns <= KEPT_NS]
        return (*recent, *lasting)

    def forget(self) -> None:
        """End what lasts: the ego was put elsewhere, and what comes did not follow from what was."""
        self._braking = self._standing = self._speed_mps = None

    def _brake(self, time_ns: int, before_mps: float, ego: EgoState, cause: Cause) -> None:
        lost_mps = before_mps - ego.speed_mps
        if self._braking is None and ego.accel_mps2 < _BRAKES_MPS2 and lost_mps > 0.0:
            self._braking = _Open("braked", time_ns, before_mps, time_ns)
        open_one = self._braking
        if open_one is None:
            return
        if ego.accel_mps2 < _EASES_MPS2 and lost_mps > 0.0:
            open_one.last_ns, open_one.to_mps = time_ns, ego.speed_mps
            open_one.hardest_mps2 = max(open_one.hardest_mps2, -ego.accel_mps2)
            open_one.blame(cause, lost_mps)
        elif ego.speed_mps < _STANDS_MPS or time_ns - open_one.last_ns >= _EASED_NS:
            if _is_noticed(open_one):
                self._done.append(open_one.told(open_one.last_ns))
            self._braking = None

    def _stand(self, time_ns: int, ego: EgoState, cause: Cause) -> None:
        if self._standing is None and ego.speed_mps < _STANDS_MPS:
            self._standing = _Open("stood", time_ns, 0.0, time_ns)
        open_one = self._standing
        if open_one is None:
            return
        if ego.speed_mps > _GOES_MPS:
            self._done.append(replace(open_one.told(time_ns), to_mps=ego.speed_mps))
            self._standing = None
        elif ego.speed_mps < _STANDS_MPS:
            open_one.blame(cause, 1.0)


def _is_noticed(one: _Open) -> bool:
    return one.from_mps - one.to_mps >= _NOTICED_MPS or one.hardest_mps2 >= _NOTICED_MPS2
