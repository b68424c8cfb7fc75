"""The mining exam: questions and queries over recordings, answered by who did it and when."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.entries import DriveEntry
from zhixing.dataloop.ask.asking import ask
from zhixing.dataloop.ask.by_model import ask_model
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.ingest.ingest import ingest
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.quick import mine_quickly
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import plain_of, query_from
from zhixing.errors import InputError, QueryError, RecordingError, ServiceError
from zhixing.formats.sind_classes import PEDESTRIAN_ID
from zhixing.reasoning.reasoner import Reasoner

_MAX_LINE_BYTES = 1_000_000
_KEPT_DRIVES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class MiningCase:
    """One question.

    Attributes:
        case_id: Its name.
        lang: Language of ``ask``, None where it is not told.
        ask: The question.
        algebra: The query to run instead, or None.
        recordings: Names of the recordings to look through; all if empty.
    """

    case_id: str
    lang: Any
    ask: str
    algebra: object
    recordings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MiningReport:
    """What came of an exam.

    Attributes:
        results: One object for each case, as in the file of results.
    """

    results: tuple[dict[str, Any], ...]

    def columns(self) -> tuple[str, ...]:
        """Return the heading of the table."""
        return ("case", "query", "recordings", "hits", "not understood")

    def rows(self) -> list[tuple[object, ...]]:
        """Return a row for each case."""
        return [
            (
                one["id"],
                one.get("error") or (one["query"] or {}).get("name", ""),
                one["searched"],
                len(one["hits"]),
                ", ".join(one["unknown"]),
            )
            for one in self.results
        ]


def run_mining_exam(
    cases: Path,
    folders: Sequence[Path],
    out: Path | None,
    reasoner: Reasoner | None = None,
    jobs: int = 1,
    on_progress: Callable[[float], None] | None = None,
) -> MiningReport:
    """Answer every case and write one result a line.

    Args:
        cases: One JSON object a line: id, lang, ask, perhaps algebra, recordings.
        folders: Recordings, or folders of them.
        out: Where results go, or None.
        reasoner: A language model that writes the queries instead of the vocabulary.
        jobs: Processes that read recordings.
        on_progress: Told the share that is done.

    Raises:
        InputError: The cases cannot be read, or a folder is not there.
        RecordingError: Results cannot be written.
    """
    asked = list(read_cases(cases))
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as place:
        archive = Archive(place)
        ingest(folders, archive, Fanout(jobs))
        named = _by_name(archive)
        loaded: dict[str, PreparedDrive] = {}
        for number, case in enumerate(asked, start=1):
            results.append(_answer(case, archive, named, loaded, reasoner))
            if on_progress:
                on_progress(number / len(asked))
    if out is not None:
        keep = ("id", "query", "hits")
        lines = [json.dumps({name: one[name] for name in keep} | _error(one), ensure_ascii=False) for one in results]
        try:
            out.write_text("\n".join(lines) + "\n", "utf-8")
        except OSError as error:
            raise RecordingError(f"{out} cannot be written: {error.strerror}", hint="Choose another file.") from error
    return MiningReport(results=tuple(results))


def read_cases(path: Path) -> Iterator[MiningCase]:
    """Yield the cases in a file.

    Raises:
        InputError: A line is no case.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _case(line, f"{path.name}: line {number}")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="Give a file with a case a line.") from error


def _case(line: bytes, where: str) -> MiningCase:
    try:
        said = json.loads(line) if len(line) <= _MAX_LINE_BYTES else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("id"), str | int):
        raise InputError(f"{where} is no case", hint='A case is {"id", "lang", "ask", "recordings": [names]}.')
    recordings = said.get("recordings") or []
    if not isinstance(recordings, list) or not all(isinstance(name, str) for name in recordings):
        raise InputError(f"{where} names recordings that are no texts", hint="Give a list of names.")
    lang = said.get("lang")
    return MiningCase(
        case_id=str(said["id"]),
        lang=lang if lang in LANGS else None,
        ask=str(said.get("ask") or ""),
        algebra=said.get("algebra"),
        recordings=tuple(recordings),
    )


def _by_name(archive: Archive) -> dict[str, list[DriveEntry]]:
    """Return drives by every name that they may be called by: of the drive, its file, its folder, without endings."""
    named: dict[str, list[DriveEntry]] = {}
    for source in archive.sources.values():
        path = Path(source.path)
        for key in source.drives:
            entry = archive.drives[key]
            parts = {entry.drive_id, path.name, path.stem, f"{path.parent.name}/{path.name}", str(path), entry.key}
            for name in parts:
                known = named.setdefault(name, [])
                if entry not in known:
                    known.append(entry)
    return named


def _answer(
    case: MiningCase,
    archive: Archive,
    named: Mapping[str, list[DriveEntry]],
    loaded: dict[str, PreparedDrive],
    reasoner: Reasoner | None,
) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": case.case_id, "query": None, "hits": [], "unknown": [], "searched": 0}
    try:
        query = _query(case, reasoner, answer)
    except (QueryError, ServiceError) as error:
        return answer | {"error": str(error)}
    answer["query"] = plain_of(query)
    names = case.recordings or tuple(dict.fromkeys(entry.drive_id for entry in archive.drives.values()))
    missing = [name for name in names if name not in named]
    for name in names:
        for entry in named.get(name, ()):
            answer["searched"] += 1
            try:
                hits = mine_quickly(_prepared(archive, entry, loaded), query, with_reasons=False)
            except QueryError as error:
                answer["error"] = str(error)
                continue
            answer["hits"] += [_hit(hit, name, entry) for hit in hits]
    if missing:
        answer["error"] = f"no recording is called {', '.join(missing[:5])}"
    return answer


def _query(case: MiningCase, reasoner: Reasoner | None, answer: dict[str, Any]) -> Query:
    if case.algebra is not None:
        return query_from(case.algebra)
    asked = ask(case.ask, case.lang) if reasoner is None else ask_model(case.ask, reasoner, case.lang)
    answer["unknown"] = list(asked.unknown)
    return asked.query


def _prepared(archive: Archive, entry: DriveEntry, loaded: dict[str, PreparedDrive]) -> PreparedDrive:
    if entry.key not in loaded:
        while len(loaded) >= _KEPT_DRIVES:
            loaded.pop(next(iter(loaded)))
        loaded[entry.key] = PreparedDrive(archive.load(entry))
    return loaded[entry.key]


def _hit(hit: Hit, recording: str, entry: DriveEntry) -> dict[str, Any]:
    old = {int(new): int(old) for old, new, _ in entry.quality.get("renamed", [])}
    tracks: list[int | str] = []
    for _, identity in hit.object_ids:
        number = old.get(identity, identity)
        is_walker = entry.source == "sind" and number >= PEDESTRIAN_ID
        tracks.append(f"P{number - PEDESTRIAN_ID}" if is_walker else number)
    return {
        "recording": recording,
        "tracks": tracks,
        "t_start": round(hit.start_ns * 1e-9, 3),
        "t_end": round(hit.end_ns * 1e-9, 3),
        "score": 1.0,
    }


def _error(result: Mapping[str, Any]) -> dict[str, Any]:
    return {"error": result["error"]} if "error" in result else {}
