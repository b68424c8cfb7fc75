"""What ``zhixing bench realism`` says, as tables."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.runtime.bench.realism_agents import AgentsRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One quantity of one class, recorded and simulated.

    Attributes:
        source: Of the recording.
        group: The class.
        quantity: What, with its unit.
        counts: Values recorded and simulated.
        medians: Of both.
        distance: Between both, 0 to 1.
        floor: Between random halves of the recording.
    """

    source: str
    group: str
    quantity: str
    counts: tuple[int, int]
    medians: tuple[float, float]
    distance: float
    floor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBy:
    """A share that was counted, and the same in simulation.

    Attributes:
        what: Is shared.
        road_user: Among whom.
        recorded: The share, NaN where nobody is.
        interval: In which it lies with 95 % probability.
        total: Of how many.
        simulated: The share in simulation.
    """

    what: str
    road_user: str
    recorded: float
    interval: tuple[float, float]
    total: int
    simulated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RealismReport:
    """How much the traffic is like that which was recorded.

    Attributes:
        compared: Distributions.
        shares: Shares.
        agents: Sim agents.
        site: In words, what became of the seeded crossroads.
    """

    compared: tuple[Compared, ...]
    shares: tuple[SharedBy, ...]
    agents: tuple[AgentsRow, ...]
    site: str

    def distribution_rows(self) -> list[tuple[str, ...]]:
        """Return one row a distribution: source, class, quantity, values, medians, distance, floor."""
        return [
            (
                one.source, one.group, one.quantity, f"{one.counts[0]} / {one.counts[1]}",
                f"{one.medians[0]:.2f} / {one.medians[1]:.2f}", f"{one.distance:.2f}", f"{one.floor:.2f}",
            )
            for one in self.compared
        ]  # fmt: skip

    def share_rows(self) -> list[tuple[str, ...]]:
        """Return one row a share: what, class, recorded with its interval, of how many, simulated."""
        return [
            (
                one.what, one.road_user, f"{one.recorded:.3f}", f"{one.interval[0]:.2f}-{one.interval[1]:.2f}",
                str(one.total), f"{one.simulated:.3f}",
            )
            for one in self.shares
        ]  # fmt: skip

    def agent_rows(self) -> list[tuple[str, ...]]:
        """Return one row a family and mover: likelihoods, displacement, collisions, off-road."""
        return [
            (
                one.family, one.who, str(one.scenes), f"{one.kinematic:.3f}", f"{one.interactive:.3f}",
                f"{one.map_based:.3f}", f"{one.composite:.3f}", f"{one.min_ade_m:.2f}", f"{one.touches:.3f}",
                f"{one.leaves:.3f}",
            )
            for one in self.agents
        ]  # fmt: skip
