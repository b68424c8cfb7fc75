"""The gate: a candidate against the incumbent, scenario by scenario.

Averages alone release nothing: one collision that the incumbent did not have keeps a candidate out, however much better
it is elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhixing.datatypes.evidence import Scorecard
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.shapes import FloatArray
from zhixing.datatypes.verdict import Finding, Interval, SliceResult, Verdict
from zhixing.errors import InputError

_RESAMPLES = 4000
_MOST_CELLS = 4_000_000
_ENDS = (2.5, 97.5)
_SEED = 20260101
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """What a candidate has to fulfil.

    Attributes:
        least_scenarios: Fewer in all say nothing.
        least_in_slice: A slice with fewer is not judged.
        needed_slices: Slices that must have as many, by name, as ``pattern:cut-in``.
        margin: So much worse a score may be at the lower end of its interval.
    """

    least_scenarios: int = 20
    least_in_slice: int = 8
    needed_slices: tuple[str, ...] = ()
    margin: float = 0.01


USUAL = GateRules()


def judge(
    candidate: Sequence[Scorecard],
    incumbent: Sequence[Scorecard],
    slices: Mapping[str, Sequence[str]],
    rules: GateRules = USUAL,
    trained_on: Sequence[str] | None = (),
) -> Verdict:
    """Return whether a candidate may be released.

    Intervals are percentiles of the mean of paired differences over 4,000 bootstrap samples (Efron 1979); the dice are
    always the same, so the same cards give the same verdict.

    Args:
        candidate: Its cards, one for each scenario.
        incumbent: Those of who drives now.
        slices: For each scenario the slices it belongs to, as ``kind:value``.
        rules: What has to be fulfilled.
        trained_on: Scenarios whose recordings the candidate has learnt from; None if nobody says.

    Raises:
        InputError: A scenario is there twice, or one of the two has driven none.
    """
    ours, theirs = _by_scenario(candidate, "candidate"), _by_scenario(incumbent, "incumbent")
    both = sorted(set(ours) & set(theirs))
    if not both:
        raise InputError("candidate and incumbent have no scenario in common", hint="Let both drive the same tasks.")
    gain = np.array([ours[name].score - theirs[name].score for name in both])
    results = _slices(both, ours, theirs, slices, gain, rules)
    overall = interval_of(gain)
    findings = (
        _same_scenarios(ours, theirs),
        _not_trained(both, trained_on),
        _enough(both, results, rules),
        _nothing_new(both, ours, theirs, "collision"),
        _nothing_new(both, ours, theirs, "off_road"),
        _no_new_red(both, ours, theirs),
        _not_worse(overall, rules),
        _no_slice_worse(results),
    )
    return Verdict(
        candidate=candidate[0].planner,
        incumbent=incumbent[0].planner,
        passes=all(finding.is_met for finding in findings),
        findings=findings,
        difference=overall,
        slices=tuple(results),
        num_scenarios=len(both),
    )


def _by_scenario(cards: Sequence[Scorecard], who: str) -> dict[str, Scorecard]:
    by_name = {card.scenario_id: card for card in cards}
    if len(by_name) != len(cards) or not cards:
        raise InputError(f"the {who} has {len(cards)} cards for {len(by_name)} scenarios", hint="Give one for each.")
    return by_name


def interval_of(gain: FloatArray) -> Interval:
    """Return the mean of paired differences and its interval by the bootstrap.

    Example:
        >>> interval_of(np.array([0.1, 0.1, 0.1, 0.1])).low
        0.1
    """
    count = gain.size
    rng = np.random.default_rng(_SEED)
    at_once = max(1, _MOST_CELLS // count)
    means = np.concatenate(
        [
            gain[rng.integers(0, count, (min(at_once, _RESAMPLES - done), count))].mean(axis=1)
            for done in range(0, _RESAMPLES, at_once)
        ]
    )
    low, high = np.percentile(means, _ENDS)
    return Interval(mean=_rounded(gain.mean()), low=_rounded(low), high=_rounded(high), count=int(count))


def _rounded(value: float) -> float:
    return round(float(value), 6) + 0.0


def _slices(
    both: list[str], ours: Mapping[str, Scorecard], theirs: Mapping[str, Scorecard],
    slices: Mapping[str, Sequence[str]], gain: FloatArray, rules: GateRules,
) -> list[SliceResult]:  # fmt: skip
    found = []
    for name in sorted({one for scenario in both for one in slices.get(scenario, ())}):
        rows = np.array([k for k, scenario in enumerate(both) if name in slices.get(scenario, ())])
        is_judged = rows.size >= rules.least_in_slice
        difference = interval_of(gain[rows])
        found.append(
            SliceResult(
                name=name,
                candidate=_rounded(float(np.mean([ours[both[k]].score for k in rows]))),
                incumbent=_rounded(float(np.mean([theirs[both[k]].score for k in rows]))),
                difference=difference,
                is_judged=is_judged,
                is_worse=is_judged and difference.high < 0.0,
            )
        )
    return found


def _same_scenarios(ours: Mapping[str, Scorecard], theirs: Mapping[str, Scorecard]) -> Finding:
    missing = sorted(set(ours) ^ set(theirs))
    count = len(missing)
    says = Localized(
        f"有 {count} 个场景只有一方跑过。", f"{count} scenarios were driven by one of them only.",
        f"{count} Szenarien wurden nur von einem gefahren.",
    ) if missing else Localized(
        "双方跑的是同一批场景。", "Both have driven the same scenarios.", "Beide sind dieselben Szenarien gefahren."
    )  # fmt: skip
    return Finding(rule="same-scenarios", is_met=not missing, says=says, scenarios=tuple(missing[:_MOST_NAMED]))


def _not_trained(both: list[str], trained_on: Sequence[str] | None) -> Finding:
    if trained_on is None:
        says = Localized(
            "未说明候选版本的训练数据。", "Nobody says what the candidate has learnt from.",
            "Niemand sagt, woraus der Kandidat gelernt hat.",
        )  # fmt: skip
        return Finding(rule="not-trained-on", is_met=False, says=says)
    known, count = sorted(set(both) & set(trained_on)), len(trained_on)
    if known:
        says = Localized(
            f"有 {len(known)} 个场景出现在候选版本的训练数据里。",
            f"The candidate has learnt from {len(known)} of the scenarios.",
            f"Aus {len(known)} der Szenarien hat der Kandidat gelernt.",
        )
    elif not count:
        says = Localized(
            "候选版本没有用录制数据训练。", "The candidate has not learnt from recordings.",
            "Der Kandidat hat nicht aus Aufzeichnungen gelernt.",
        )  # fmt: skip
    else:
        says = Localized(
            f"评测场景都不在候选版本的 {count} 条训练数据里。",
            f"None of the scenarios is among the {count} that the candidate has learnt from.",
            f"Keines der Szenarien ist unter den {count}, aus denen der Kandidat gelernt hat.",
        )
    return Finding(rule="not-trained-on", is_met=not known, says=says, scenarios=tuple(known[:_MOST_NAMED]))


def _enough(both: list[str], results: Sequence[SliceResult], rules: GateRules) -> Finding:
    counts = {one.name: one.difference.count for one in results}
    thin = [name for name in rules.needed_slices if counts.get(name, 0) < rules.least_in_slice]
    is_enough = len(both) >= rules.least_scenarios
    judged = sum(one.is_judged for one in results)
    if not is_enough:
        says = Localized(
            f"场景数不足：{len(both)} 个，至少需要 {rules.least_scenarios} 个。",
            f"{len(both)} scenarios are fewer than {rules.least_scenarios}.",
            f"{len(both)} Szenarien sind weniger als {rules.least_scenarios}.",
        )
    elif thin:
        names = ", ".join(f"{name} ({counts.get(name, 0)})" for name in thin)
        says = Localized(
            f"这些子集的场景太少：{names}。", f"Too few scenarios of {names}.", f"Zu wenige Szenarien von {names}."
        )
    else:
        says = Localized(
            f"共 {len(both)} 个场景，{len(results)} 个子集中有 {judged} 个数量足够。",
            f"{len(both)} scenarios; {judged} of {len(results)} slices have enough of them.",
            f"{len(both)} Szenarien; {judged} von {len(results)} Teilmengen haben genug davon.",
        )
    return Finding(rule="coverage", is_met=is_enough and not thin, says=says)


_NEW = {
    "collision": ("no-new-collision", Localized("有责碰撞", "at-fault collision", "schuldhafte Kollision")),
    "off_road": ("no-new-departure", Localized("驶出道路", "departure from the road", "Abkommen von der Straße")),
}


def _nothing_new(
    both: list[str], ours: Mapping[str, Scorecard], theirs: Mapping[str, Scorecard], outcome: str
) -> Finding:  # fmt: skip
    rule, what = _NEW[outcome]
    new = [name for name in both if ours[name].outcome == outcome and theirs[name].outcome != outcome]
    says = Localized(
        f"新增{what.zh} {len(new)} 次（基线版本在这些场景中未发生）。",
        f"{len(new)} new: the incumbent has no {what.en} there.",
        f"{len(new)} neu: Der Amtsinhaber hat dort kein solches Ereignis ({what.de}).",
    ) if new else Localized(f"无新增{what.zh}。", f"No new {what.en}.", f"Nichts Neues ({what.de}).")  # fmt: skip
    return Finding(rule=rule, is_met=not new, says=says, scenarios=tuple(new))


def _no_new_red(both: list[str], ours: Mapping[str, Scorecard], theirs: Mapping[str, Scorecard]) -> Finding:
    def ran(card: Scorecard) -> bool:
        return card.metrics.get("red_light", 1.0) < 1.0

    new = [name for name in both if ran(ours[name]) and not ran(theirs[name])]
    says = Localized(
        f"新增闯红灯 {len(new)} 次（基线版本未闯）。", f"{len(new)} red lights are run that the incumbent heeds.",
        f"{len(new)} rote Ampeln werden überfahren, die der Amtsinhaber beachtet.",
    ) if new else Localized(
        "无新增闯红灯。", "No new red light is run.", "Keine rote Ampel wird neu überfahren."
    )  # fmt: skip
    return Finding(rule="no-new-red-light", is_met=not new, says=says, scenarios=tuple(new))


def _not_worse(overall: Interval, rules: GateRules) -> Finding:
    span = f"{overall.low:+.4f} … {overall.high:+.4f}"
    says = Localized(
        f"平均分差 {overall.mean:+.4f}，95% 置信区间 [{overall.low:+.4f}, {overall.high:+.4f}]；"
        f"下限不得低于 {-rules.margin:+.3f}。",
        f"The score differs by {overall.mean:+.4f}, with 95 % confidence by {span}; {-rules.margin:+.3f} is allowed.",
        f"Die Punkte unterscheiden sich um {overall.mean:+.4f}, zu 95 % um {span}; erlaubt ist {-rules.margin:+.3f}.",
    )
    return Finding(rule="not-worse", is_met=overall.low >= -rules.margin, says=says)


def _no_slice_worse(results: Sequence[SliceResult]) -> Finding:
    worse = [one for one in results if one.is_worse]
    names = ", ".join(f"{one.name} ({one.difference.mean:+.3f})" for one in worse)
    says = Localized(
        f"这些子集显著变差：{names}。", f"Worse beyond doubt in {names}.", f"Zweifelsfrei schlechter in {names}."
    ) if worse else Localized(
        "没有子集显著变差。", "In no slice worse beyond doubt.", "In keiner Teilmenge zweifelsfrei schlechter."
    )  # fmt: skip
    return Finding(rule="no-slice-worse", is_met=not worse, says=says)
