"""Driven scenes of patterns in folders: to be driven again as they happened, or to be staged again."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhixing.errors import ScenarioError
from zhixing.formats.openscenario_write import write_openscenario
from zhixing.formats.trace_csv import write_trace_csv
from zhixing.runtime.patterns import PatternDrive

_FILE = "pattern.toml"
_MARK_LENGTH = 8
_LARGEST_BYTES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScene:
    """What is needed to stage a scene again.

    Attributes:
        pattern: Its name.
        values: Of its parameters.
        seed: Of what is no parameter.
    """

    pattern: str
    values: dict[str, float]
    seed: int


def keep_pattern_drive(drive: PatternDrive, folder: Path) -> Path:
    """Write what happened as OpenSCENARIO and OpenDRIVE, with the trace; return the task's folder.

    It is in a folder with the pattern's name: the task's family. ``zhixing exam driving FOLDER`` drives it again, with
    everybody else as they moved; :func:`read_kept_scene` reads what stages it again, where they react. Drives that
    differ in anything have folders of their own.

    Raises:
        ScenarioError: It cannot be written.
    """
    lines = [
        f"pattern = {json.dumps(drive.pattern)}",
        f"seed = {drive.seed}",
        f"planner = {json.dumps(drive.planner)}",
        f"is_checked = {json.dumps(drive.is_checked)}",
        "[values]",
        *(f"{name} = {float(value)!r}" for name, value in sorted(drive.values.items())),
    ]
    mark = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:_MARK_LENGTH]
    became = ["[became]", f"outcome = {json.dumps(drive.trace.outcome)}", f"score = {drive.card.score:.4f}"]
    place = folder / drive.pattern / f"{drive.scenario.scenario_id}-{drive.planner}-{mark}"
    write_openscenario(place, drive.scenario)
    write_trace_csv(place / "trace.csv", drive.trace)
    try:
        (place / _FILE).write_text("\n".join([*lines, *became, ""]), encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"{place} cannot be written: {error.strerror}", hint="Choose another folder.") from error
    return place


def is_kept(folder: Path) -> bool:
    """Return whether a folder holds a kept drive of a pattern."""
    try:
        return (folder / _FILE).is_file()
    except OSError:  # no name of a folder, or one that may not be entered
        return False


def read_kept_scene(folder: Path) -> KeptScene:
    """Return which scene a kept drive was of.

    Raises:
        ScenarioError: The file is not as :func:`keep_pattern_drive` writes it.
    """
    path = folder / _FILE
    try:
        return _scene_of(tomllib.loads(path.read_bytes()[:_LARGEST_BYTES].decode()))
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ScenarioError(
            f"{path} does not say which scene was driven",
            hint="It is written by `zhixing pattern drive --out` and `zhixing pattern search --out`.",
        ) from error


def _scene_of(told: Mapping[str, Any]) -> KeptScene:
    pattern, seed, values = told["pattern"], told["seed"], told["values"]
    is_seed = isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0
    are_numbers = isinstance(values, dict) and all(isinstance(value, float) for value in values.values())
    if not (isinstance(pattern, str) and is_seed and are_numbers):
        raise TypeError("pattern, seed and values are not of their types")
    return KeptScene(pattern=pattern, seed=seed, values=values)
