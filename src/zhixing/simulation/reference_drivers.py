"""Drivers that regulation and literature take as yardsticks in a cut-in: they see, hesitate and brake, no more.

Each is written from its published formulas, all cases are stepped at once. Parameters that a source leaves open are
those of the published comparison: Mattas et al. (2022), "Driver models for the definition of safety requirements of
automated vehicles in international regulations", Accident Analysis and Prevention 174.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from zhixing.datatypes.shapes import BoolArray, FloatArray
from zhixing.simulation.cut_in import BODY, CutIns

STEP_S = 0.01
"""Short against every reaction time: what a driver avoids is no matter of when it happens to look."""
_NOTICE_S = 0.1
"""Margins of the published drivers for their step of 0.1 s."""
_HORIZON_S = 35.0
_FULL_BRAKE_MPS2 = 0.774 * 9.81
"""UN R157 annex 4 appendix 3: 0.774 G."""
_BRAKE_JERK_MPS3 = 12.65
"""UN R157 annex 4 appendix 3: 0.774 G within 0.6 s."""
_REACTION_S = 0.75
"""UN R157 annex 4 appendix 3: from the end of risk evaluation until braking."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class View:
    """What a driver sees at one moment, (cases,) each.

    Attributes:
        gap_m: From the ego's front to the other's rear; negative once they are beside each other.
        side_gap_m: Between their sides; negative once one is in front of the other.
        ego_mps: Own speed.
        accel_mps2: Own acceleration during the last step.
        other_mps: The other's speed along the road.
        drift_mps: The other's speed towards the ego's lane.
        step_s: From one look to the next.
    """

    gap_m: FloatArray
    side_gap_m: FloatArray
    ego_mps: FloatArray
    accel_mps2: FloatArray
    other_mps: FloatArray
    drift_mps: FloatArray
    step_s: float

    def time_to_collision_s(self) -> FloatArray:
        """Return (cases,) the time until the gap is closed at these speeds; infinity where it does not close."""
        closing = self.ego_mps - self.other_mps
        return np.where(closing > 0.0, np.maximum(self.gap_m, 0.0) / np.where(closing > 0.0, closing, 1.0), np.inf)


class ReferenceDriver(Protocol):
    """A yardstick.

    Attributes:
        name: Of the driver.
        reaction_s: From danger to the first braking.
        coasting_mps2: Deceleration during the reaction: the foot leaves the pedal.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def reaction_s(self) -> float: ...  # noqa: D102
    @property
    def coasting_mps2(self) -> float: ...  # noqa: D102

    def sees_danger(self, view: View) -> BoolArray:
        """Return (cases,) where to act."""
        ...

    def braking_mps2(self, view: View, before_mps2: FloatArray) -> FloatArray:
        """Return (cases,) how hard to brake, positive, after what was braked a step before."""
        ...

    def is_content(self, view: View) -> BoolArray:
        """Return (cases,) where the driver holds the case for harmless and is asked no more."""
        ...


@dataclass(frozen=True, slots=True)
class CarefulDriver:
    """The competent and careful human driver.

    Source: UN R157 annex 4 appendix 3 (from JAMA 2020): acts when the other is in front and time to collision is below
    2 s. Where it is longer at that moment, the regulation asks nothing of the driver and the case counts as avoided.
    """

    name: str = "careful and competent driver"
    reaction_s: float = _REACTION_S
    coasting_mps2: float = 0.4
    critical_s: float = 2.0

    def sees_danger(self, view: View) -> BoolArray:
        """Return where the other is in front, and near."""
        return (view.side_gap_m <= 0.0) & (view.time_to_collision_s() <= self.critical_s)

    def braking_mps2(self, view: View, before_mps2: FloatArray) -> FloatArray:
        """Return full braking, built up with the jerk of the regulation."""
        return np.minimum(
            np.maximum(before_mps2, self.coasting_mps2) + _BRAKE_JERK_MPS3 * view.step_s, _FULL_BRAKE_MPS2
        )

    def is_content(self, view: View) -> BoolArray:
        """Return where the other is in front, and far."""
        return (view.side_gap_m <= 0.0) & (view.time_to_collision_s() > self.critical_s)


@dataclass(frozen=True, slots=True)
class RegulationDriver:
    """The performance that UN R157 paragraph 5.2.5.2 asks of a lane keeping system.

    Source: TTC_LaneIntrusion > v_rel / (2 * 6 m/s²) + 0.35 s has to be avoided; acts when that is about to be undercut,
    with 0.35 s delay and 6 m/s². The other intrudes when the sides are 0.5 m apart (0.3 m beyond the marking, lane of
    3.5 m and vehicles of 1.9 m); 0.1 s is the step in which it is noticed.
    """

    name: str = "UN R157 5.2.5.2"
    reaction_s: float = 0.35
    coasting_mps2: float = 0.0
    brake_mps2: float = 6.0
    intrusion_m: float = 0.5

    def sees_danger(self, view: View) -> BoolArray:
        """Return where the other intrudes within the time of the regulation."""
        needed_s = (view.ego_mps - view.other_mps) / (2.0 * self.brake_mps2) + self.reaction_s + _NOTICE_S
        return (view.side_gap_m <= self.intrusion_m) & (view.time_to_collision_s() <= needed_s)

    def braking_mps2(self, view: View, before_mps2: FloatArray) -> FloatArray:  # noqa: ARG002
        """Return 6 m/s² at once."""
        return np.full_like(before_mps2, self.brake_mps2)

    def is_content(self, view: View) -> BoolArray:
        """Return nowhere."""
        return np.zeros(view.gap_m.shape, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class RssDriver:
    """Responsibility-sensitive safety.

    Source: Shalev-Shwartz, Shammah, Shashua (2017), arXiv:1708.06374, definitions 1 and 6: acts when the distance is
    unsafe both along and across the road. The ego does not move sideways, so only the other's part of the lateral
    distance is there.
    """

    name: str = "RSS"
    reaction_s: float = _REACTION_S
    coasting_mps2: float = 0.0
    max_accel_mps2: float = 3.0
    brake_mps2: float = 6.0
    lateral_mps2: float = 1.0
    margin_m: float = 0.3

    def sees_danger(self, view: View) -> BoolArray:
        """Return where both distances are unsafe."""
        rho = self.reaction_s
        faster = view.ego_mps + rho * self.max_accel_mps2
        along = view.ego_mps * rho + 0.5 * self.max_accel_mps2 * rho**2
        along += (faster**2 - view.other_mps**2) / (2.0 * self.brake_mps2)
        quicker = view.drift_mps + rho * self.lateral_mps2
        across = self.margin_m + 0.5 * (view.drift_mps + quicker) * rho + quicker**2 / (2.0 * self.lateral_mps2)
        return (view.gap_m < along) & (view.side_gap_m < across)

    def braking_mps2(self, view: View, before_mps2: FloatArray) -> FloatArray:
        """Return full braking, built up as a person does."""
        return np.minimum(before_mps2 + _BRAKE_JERK_MPS3 * view.step_s, _FULL_BRAKE_MPS2)

    def is_content(self, view: View) -> BoolArray:
        """Return nowhere."""
        return np.zeros(view.gap_m.shape, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class FuzzyDriver:
    """The fuzzy safety model: brakes gently for what may become critical, hard for what is.

    Source: Mattas et al. (2020), "Fuzzy surrogate safety metrics for real-time assessment of rear-end collision risk",
    Accident Analysis and Prevention 148: proactive (PFS) and critical (CFS) fuzzy metric; lateral condition and
    reaction from Mattas et al. (2022) and UN R157 annex 3 (01 series).
    """

    name: str = "fuzzy safety model"
    reaction_s: float = _REACTION_S
    coasting_mps2: float = 0.0
    comfortable_mps2: float = 4.0
    hard_mps2: float = 6.0
    other_hard_mps2: float = 7.0
    standing_gap_m: float = 2.0
    margin_m: float = 2.0

    def sees_danger(self, view: View) -> BoolArray:
        """Return where the other will be in the lane before the ego has passed it, and is not safely away."""
        closing = view.ego_mps - view.other_mps
        passed_s = (view.gap_m + 2.0 * BODY.length_m) / np.where(closing > 0.0, closing, np.inf)
        passed_s = np.where(closing > 0.0, passed_s, np.inf)
        enters_s = np.where(view.drift_mps > 0.0, view.side_gap_m / np.maximum(view.drift_mps, 1e-9), np.inf)
        is_coming = (view.side_gap_m <= 0.0) | ((view.drift_mps > 0.0) & (enters_s <= passed_s + _NOTICE_S))
        return is_coming & (self.proactive(view) + self.critical(view) > 0.0)

    def braking_mps2(self, view: View, before_mps2: FloatArray) -> FloatArray:
        """Return up to 4 m/s² for proactive and up to 6 m/s² for critical danger."""
        critical = self.critical(view)
        hard = self.comfortable_mps2 + critical * (self.hard_mps2 - self.comfortable_mps2)
        wanted = np.where(critical > 0.0, hard, self.proactive(view) * self.comfortable_mps2)
        return np.minimum(np.minimum(before_mps2 + _BRAKE_JERK_MPS3 * view.step_s, _FULL_BRAKE_MPS2), wanted)

    def is_content(self, view: View) -> BoolArray:
        """Return nowhere."""
        return np.zeros(view.gap_m.shape, dtype=np.bool_)

    def proactive(self, view: View) -> FloatArray:
        """Return (cases,) PFS, 0 to 1: could the ego stop behind the other if it braked fully now."""
        gap_m = view.gap_m - self.standing_gap_m
        both = view.ego_mps * self.reaction_s - view.other_mps**2 / (2.0 * self.other_hard_mps2)
        safe = both + view.ego_mps**2 / (2.0 * self.comfortable_mps2) + self.margin_m
        unsafe = both + view.ego_mps**2 / (2.0 * self.hard_mps2)
        return _between(gap_m, safe, unsafe)

    def critical(self, view: View) -> FloatArray:
        """Return (cases,) CFS, 0 to 1: do they collide if the other goes on and the ego brakes after its reaction."""
        tau = self.reaction_s
        accel = np.maximum(view.accel_mps2, -self.comfortable_mps2)
        closing = view.ego_mps - view.other_mps
        after = closing + tau * accel
        meanwhile = (closing + 0.5 * tau * accel) * tau
        safe = meanwhile + after**2 / (2.0 * self.comfortable_mps2)
        unsafe = meanwhile + after**2 / (2.0 * self.hard_mps2)
        already = closing**2 / np.maximum(2.0 * np.abs(view.accel_mps2), 1e-9)
        early = np.where(view.gap_m < already, 1.0, 0.0)
        return np.where(closing <= 0.0, 0.0, np.where(after < 0.0, early, _between(view.gap_m, safe, unsafe)))


REFERENCE_DRIVERS: tuple[ReferenceDriver, ...] = (FuzzyDriver(), RssDriver(), RegulationDriver(), CarefulDriver())


def drive_reference(cases: CutIns, driver: ReferenceDriver, step_s: float = STEP_S) -> tuple[BoolArray, BoolArray]:
    """Let a reference driver drive all cases.

    Returns:
        (cases,) who crashes, and (cases,) where it was shown that the driver avoids: neither a crash nor content.
    """
    begins = -np.floor(cases.lead_in_s() / step_s + 1.0) * step_s
    ego_m, ego_mps = cases.ego_mps * begins, cases.ego_mps.copy()
    accel, braked = np.zeros_like(ego_mps), np.zeros_like(ego_mps)
    reaction_s = np.full_like(ego_mps, driver.reaction_s)
    crashed, content = np.zeros(cases.num_cases, np.bool_), np.zeros(cases.num_cases, np.bool_)
    for step in range(round(_HORIZON_S / step_s)):
        # 1. judge
        time_s = begins + step * step_s
        other_m = cases.gap_m + BODY.length_m + cases.other_mps * time_s
        side_gap_m = cases.offset_m(time_s) - BODY.width_m
        crashed |= ~content & (side_gap_m < 0.0) & (np.abs(other_m - ego_m) < BODY.length_m)
        # 2. see
        view = View(
            gap_m=np.abs(other_m - ego_m) - BODY.length_m,
            side_gap_m=side_gap_m,
            ego_mps=ego_mps,
            accel_mps2=accel,
            other_mps=cases.other_mps,
            drift_mps=cases.drift_mps(time_s),
            step_s=step_s,
        )
        is_ahead = other_m >= ego_m
        content |= is_ahead & driver.is_content(view) & (reaction_s >= driver.reaction_s) & ~crashed
        is_danger = is_ahead & driver.sees_danger(view)
        # 3. hesitate or brake
        hesitates = is_danger & (reaction_s > 0.0)
        reaction_s = np.where(hesitates, reaction_s - step_s, reaction_s)
        braked = np.where(is_danger & ~hesitates, driver.braking_mps2(view, braked), braked)
        wanted = np.where(hesitates, driver.coasting_mps2, np.where(is_danger, braked, 0.0))
        later = np.maximum(0.0, ego_mps - wanted * step_s)
        accel = (later - ego_mps) / step_s
        ego_m, ego_mps = ego_m + 0.5 * (ego_mps + later) * step_s, later
    return crashed, ~crashed & ~content


def _between(gap_m: FloatArray, safe_m: FloatArray, unsafe_m: FloatArray) -> FloatArray:
    """Return 0 beyond the safe distance, 1 below the unsafe one, and the share of the way in between."""
    share: FloatArray = np.clip((safe_m - gap_m) / np.maximum(safe_m - unsafe_m, 1e-9), 0.0, 1.0)
    return share
