"""A run of the loop over all that is in the archive, in pieces small enough to be stopped between them."""

from __future__ import annotations

from collections.abc import Sequence

from zhixing.dataloop.gate import USUAL
from zhixing.dataloop.scenes import SceneRef
from zhixing.errors import InputError
from zhixing.runtime.loop.driving import drive_scenes
from zhixing.runtime.loop.judging import judge_and_report
from zhixing.runtime.loop.mining import mine_archive
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.selection import catalogue_queries, select
from zhixing.runtime.planners import make_planner
from zhixing.runtime.studio.desk import archive_at, drive_keys


def check(candidate: How, incumbent: How) -> None:
    """Complain about two drivers that cannot be told apart, or that nobody knows.

    Raises:
        InputError: They are the same.
        PluginError: One is not registered or lacks a method.
    """
    if candidate == incumbent:
        raise InputError("candidate and incumbent are the same", hint="Choose two.")
    for how in (candidate, incumbent):
        make_planner(how.planner)


def mine_some(place: str, keys: Sequence[str]) -> None:
    """Look for every pattern in some drives.

    Raises:
        RecordingError: The archive cannot be read or written.
    """
    archive = archive_at(place)
    # A drive may have been purged since the run began.
    mine_archive(archive, catalogue_queries(), [key for key in keys if key in archive.drives])


def scenes(place: str) -> tuple[SceneRef, ...]:
    """Return what is to be driven.

    Raises:
        InputError: There is nothing.
        RecordingError: The archive cannot be read or written.
    """
    return select(archive_at(place), drive_keys(place)).scenes


def drive_some(place: str, some: Sequence[SceneRef], how: How) -> None:
    """Let a planner drive some scenarios, and score it.

    Raises:
        RecordingError: The archive cannot be read or written.
    """
    archive = archive_at(place)
    drive_scenes(archive, [scene for scene in some if scene.drive in archive.drives], how)


def judge(place: str, candidate: How, incumbent: How) -> str:
    """Return the key of the verdict.

    Raises:
        InputError: The two have no scenario in common.
        RecordingError: The archive cannot be read or written.
    """
    archive = archive_at(place)
    # In the order of the archive, as on the command line: the verdict is the same.
    selection = select(archive, list(archive.drives))
    ours, theirs = (drive_scenes(archive, selection.scenes, how) for how in (candidate, incumbent))
    judged = judge_and_report(
        archive, selection, (candidate, ours), (incumbent, theirs), USUAL, None, num_recordings=len(archive.sources)
    )
    return judged.key
