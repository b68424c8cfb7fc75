"""Whether a candidate may take the place of an incumbent, and why."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.datatypes.localized import Localized


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean of paired differences, and where it lies with 95 % confidence.

    Attributes:
        mean: Of all pairs.
        low: Lower end.
        high: Upper end.
        count: Pairs.
    """

    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule of the gate says.

    Attributes:
        rule: Its name.
        is_met: Whether the candidate passes it.
        says: Why, in one sentence.
        scenarios: Those that speak against it, by name.
    """

    rule: str
    is_met: bool
    says: Localized
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceResult:
    """How the two compare in some of the scenarios.

    Attributes:
        name: ``kind:value``, as ``pattern:cut-in``.
        candidate: Mean score of the candidate.
        incumbent: Mean score of the incumbent.
        difference: Candidate less incumbent.
        is_judged: Whether there are enough scenarios for a judgement.
        is_worse: Whether the candidate is worse there beyond doubt.
    """

    name: str
    candidate: float
    incumbent: float
    difference: Interval
    is_judged: bool
    is_worse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of the gate.

    Attributes:
        candidate: Who wants to be released.
        incumbent: Who drives now.
        passes: Whether all rules are met.
        findings: What each rule says, in the order of the rules.
        difference: Of the scores over all scenarios.
        slices: The same for parts of them.
        num_scenarios: Scenarios that both have driven.
    """

    candidate: str
    incumbent: str
    passes: bool
    findings: tuple[Finding, ...]
    difference: Interval
    slices: tuple[SliceResult, ...]
    num_scenarios: int
