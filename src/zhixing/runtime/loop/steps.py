"""The steps of the loop one by one, on what is in the archive already: drive, score, judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.artefacts import Artefacts
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.gate import GateRules
from zhixing.datatypes.evidence import DriveOutcome, Scorecard
from zhixing.errors import InputError
from zhixing.runtime.dataloop import open_archive
from zhixing.runtime.loop.driving import Driven, RolledOut, drive_scenes, driven_scenes, kept_scores, roll_out
from zhixing.runtime.loop.judging import Judged, judge_and_report, slices_in
from zhixing.runtime.loop.making import Progress
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.selection import SCENES_PER_QUERY, Selection, catalogue_queries, select
from zhixing.runtime.loop.telling import check_needed, check_writable, in_words, lines_of, mean_score, write_report
from zhixing.runtime.mined import query_named

OUTCOMES: tuple[DriveOutcome, ...] = ("goal", "collision", "off_road", "timeout")
_MINING_SHARE = 0.1
_FEW_IN_SLICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of an archive is meant, and who does the work.

    Attributes:
        archive: Its place, None for that of the settings.
        drives: Names or keys of drives; all if empty.
        queries: Names, files or JSON of queries that find scenes; the catalogue of patterns if empty.
        scenes: Of what each query finds in recordings that are no tasks, at most so many.
        jobs: Processes.
        on: Where, see :class:`~zhixing.dataloop.fanout.Fanout`.
    """

    archive: str | None = None
    drives: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    scenes: int = SCENES_PER_QUERY
    jobs: int = 1
    on: str = "local"

    def selected(self, on_progress: Progress | None = None) -> tuple[Archive, Selection]:
        """Return the archive and what is to be driven of it.

        Raises:
            InputError: There is no such drive or query, or nothing to drive.
            QueryError: A query cannot be meant.
            RecordingError: The archive cannot be read or written.
        """
        place = open_archive(self.archive)
        keys = [place.named(name).key for name in self.drives] or list(place.drives)
        queries = [query_named(text) for text in self.queries]
        return place, select(place, keys, queries, self.scenes, self.fanout, on_progress)

    @property
    def fanout(self) -> Fanout:
        """Who does the work."""
        return Fanout(self.jobs, self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutDone:
    """What a planner did in the scenarios of an archive."""

    how: How
    driven: RolledOut

    def rows(self) -> list[tuple[str, str, str]]:
        """Return scenario, outcome and key of the trace, the worst outcomes first."""
        order = {outcome: k for k, outcome in enumerate(("collision", "off_road", "timeout", "goal"))}
        names = sorted(self.driven.outcomes, key=lambda name: (order[self.driven.outcomes[name]], name))
        return [(name, self.driven.outcomes[name], self.driven.keys[name][:8]) for name in names]

    def counts(self) -> str:
        """Return how often each outcome came."""
        outcomes = list(self.driven.outcomes.values())
        return ", ".join(f"{name} {outcomes.count(name)}" for name in OUTCOMES)

    def summary(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {"how": asdict(self.how), **asdict(self.driven)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDone:
    """What it was worth.

    Attributes:
        how: Who drove, and among whom.
        driven: The scores.
        undriven: Scenarios without a trace.
        slices: For each scenario the slices it belongs to.
    """

    how: How
    driven: Driven
    undriven: tuple[str, ...]
    slices: dict[str, list[str]] = field(default_factory=dict)

    def rows(self) -> list[tuple[object, ...]]:
        """Return for all, then for each slice of some scenarios: how many, mean score, and each outcome."""
        cards = self.driven.cards
        by_slice: dict[str, list[Scorecard]] = {}
        for name, card in cards.items():
            for one in self.slices.get(name, ()):
                by_slice.setdefault(one, []).append(card)
        big = {name: of_it for name, of_it in sorted(by_slice.items()) if len(of_it) >= _FEW_IN_SLICE}
        return [_row(name, of_it) for name, of_it in {"all": list(cards.values()), **big}.items() if of_it]

    def metrics(self) -> list[tuple[str, float]]:
        """Return each metric with its mean over the scenarios in which it says something."""
        values: dict[str, list[float]] = {}
        for card in self.driven.cards.values():
            for name, value in card.metrics.items():
                if value == value:  # noqa: PLR0124  # not NaN
                    values.setdefault(name, []).append(value)
        return [(name, sum(of_it) / len(of_it)) for name, of_it in sorted(values.items())]

    def summary(self) -> dict[str, Any]:
        """Return the same for programs."""
        cards = [asdict(card) | {"slices": self.slices.get(name, [])} for name, card in self.driven.cards.items()]
        return {
            "how": asdict(self.how), "cards": cards, "keys": self.driven.keys, "failed": self.driven.failed,
            "undriven": self.undriven,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDone:
    """The verdict on two planners.

    Attributes:
        judged: The verdict.
        candidate: Scores of who wants to be released.
        incumbent: Scores of who drives now.
        unscored: Scenarios that neither has a score in.
    """

    judged: Judged
    candidate: Driven
    incumbent: Driven
    unscored: tuple[str, ...]

    def rows(self) -> list[tuple[str, object]]:
        """Return what it rests on."""
        return [
            ("scored for both", self.judged.verdict.num_scenarios),
            ("scored for neither", len(self.unscored)),
            ("not drivable", len({*self.candidate.failed, *self.incumbent.failed})),
            ("score of the candidate", mean_score(self.candidate)),
            ("score of the incumbent", mean_score(self.incumbent)),
            ("difference", in_words(self.judged.verdict.difference)),
        ]

    def summary(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {"key": self.judged.key, "verdict": asdict(self.judged.verdict), "steps": dict(self.rows())}


def rollout_once(wanted: Wanted, how: How, on_progress: Progress | None = None) -> RolloutDone:
    """Let a planner drive what is worth driving in an archive; the traces are kept.

    Raises:
        InputError: There is nothing to drive.
        PluginError: The planner is not registered or lacks a method.
        RecordingError: The archive cannot be read or written.
    """
    place, selection = wanted.selected(_part(on_progress, 0.0, _MINING_SHARE))
    later = _part(on_progress, _MINING_SHARE, 1.0)
    return RolloutDone(how=how, driven=roll_out(place, selection.scenes, how, wanted.fanout, later))


def score_once(wanted: Wanted, how: How, on_progress: Progress | None = None) -> ScoreDone:
    """Score what a planner has driven; nothing is driven for it.

    Raises:
        InputError: It has driven nothing of this.
        PluginError: The planner is not registered or lacks a method.
        RecordingError: The archive cannot be read or written.
    """
    place, selection = wanted.selected(_part(on_progress, 0.0, _MINING_SHARE))
    scenes = driven_scenes(place, selection.scenes, how)
    if not scenes:
        raise InputError(f"{how.planner} has driven none of this in this way", hint="Run zhixing rollout first.")
    known = {scene.name for scene in scenes}
    return ScoreDone(
        how=how,
        driven=drive_scenes(place, scenes, how, wanted.fanout, _part(on_progress, _MINING_SHARE, 1.0)),
        undriven=tuple(scene.name for scene in selection.scenes if scene.name not in known),
        slices=slices_in(Artefacts(place), selection),
    )


def gate_once(
    wanted: Wanted, candidate: How, incumbent: How, out: Path, rules: GateRules, trained_on: Path | None = None
) -> GateDone:
    """Judge two planners by the scores that there are, and write the report; nothing is driven or scored for it.

    Raises:
        InputError: The two have no scored scenario in common, or a list cannot be read.
        PluginError: A planner is not registered or lacks a method.
        RecordingError: The archive or the report cannot be read or written.
    """
    check_writable(out)
    queries = [query_named(text) for text in wanted.queries] or catalogue_queries()
    check_needed(rules.needed_slices, [query.name for query in queries])
    learnt = None if trained_on is None else lines_of(trained_on)
    place, selection = wanted.selected()
    ours, theirs = (kept_scores(place, selection.scenes, how) for how in (candidate, incumbent))
    if not set(ours.cards) & set(theirs.cards):
        raise InputError(
            f"{candidate.planner} and {incumbent.planner} have no scored scenario in common",
            hint="Run zhixing rollout and zhixing score for both first, or zhixing loop.",
        )
    wanted_drives = set(selection.drives)
    is_all = wanted_drives == set(place.drives)
    sources = [one for one in place.sources.values() if is_all or not wanted_drives.isdisjoint(one.drives)]
    judged = judge_and_report(
        place, selection, (candidate, ours), (incumbent, theirs), rules, learnt, num_recordings=len(sources)
    )
    write_report(out, judged)
    scored = {*ours.keys, *theirs.keys}
    unscored = tuple(scene.name for scene in selection.scenes if scene.name not in scored)
    return GateDone(judged=judged, candidate=ours, incumbent=theirs, unscored=unscored)


def _row(name: str, cards: Sequence[Scorecard]) -> tuple[object, ...]:
    outcomes = [card.outcome for card in cards]
    mean = sum(card.score for card in cards) / len(cards)
    return (name, len(cards), mean, *(outcomes.count(outcome) for outcome in OUTCOMES))


def _part(on_progress: Progress | None, first: float, last: float) -> Callable[[float], None]:
    def tell(share: float) -> None:
        if on_progress:
            on_progress(first + share * (last - first))

    return tell
