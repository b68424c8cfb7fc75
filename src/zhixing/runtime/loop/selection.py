"""What of an archive is worth driving: recordings that are tasks, and in others what queries found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.fanout import Fanout
from zhixing.dataloop.scenes import SceneRef, scene_of_hit, task_of
from zhixing.datatypes.query import Query
from zhixing.errors import InputError
from zhixing.runtime.loop.making import Progress
from zhixing.runtime.loop.mining import Mined, mine_archive
from zhixing.simulation.patterns.catalogue import catalogue

SCENES_PER_QUERY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is to be driven.

    Attributes:
        drives: Keys of the drives that were looked at.
        mined: What queries found in them.
        scenes: Which scenarios came of it, sorted by name.
    """

    drives: tuple[str, ...]
    mined: Mined
    scenes: tuple[SceneRef, ...]


def select(
    archive: Archive,
    drives: Sequence[str],
    queries: Sequence[Query] = (),
    scenes_per_query: int = SCENES_PER_QUERY,
    fanout: Fanout | None = None,
    on_progress: Progress | None = None,
) -> Selection:
    """Look for what is worth driving.

    Args:
        archive: Where.
        drives: Keys of drives.
        queries: What to look for; the catalogue of patterns if empty.
        scenes_per_query: Of what a query finds in recordings that are no tasks, at most so many are driven.
        fanout: How many look; None is this process alone.
        on_progress: Told the share that is done.

    Raises:
        InputError: There is nothing to drive.
        RecordingError: The archive cannot be read or written.
    """
    mined = mine_archive(archive, queries or catalogue_queries(), drives, fanout, on_progress)
    scenes = scenes_of(archive, mined, drives, scenes_per_query)
    if not scenes:
        raise InputError("there is nothing to drive", hint="Give recordings with a map that are tasks or hold cars.")
    return Selection(drives=tuple(drives), mined=mined, scenes=scenes)


def catalogue_queries() -> tuple[Query, ...]:
    """Return the queries of all patterns."""
    return tuple(pattern.query() for pattern in catalogue().values())


def scenes_of(archive: Archive, mined: Mined, drives: Sequence[str], per_query: int) -> tuple[SceneRef, ...]:
    """Return what can be driven: recordings that are tasks, and in others what queries found.

    Of each query's scenes at most ``per_query`` are taken, spread evenly over all of them.
    """
    scenes = [task for key in drives if (task := task_of(archive.drives[key])) is not None]
    found: dict[str, list[SceneRef]] = {}
    for key in drives:
        entry = archive.drives[key]
        if entry.task is not None or not entry.road or not mined.hits[key]:
            continue
        drive = archive.load(entry)
        for hit in mined.hits[key]:
            scene = scene_of_hit(entry, hit, drive)
            if scene is not None:
                found.setdefault(hit.query, []).append(scene)
    for query in sorted(found):
        unique = list({scene.name: scene for scene in found[query]}.values())
        step = max(1.0, len(unique) / per_query)
        scenes += [unique[int(k * step)] for k in range(min(per_query, len(unique)))]
    return tuple(sorted(scenes, key=lambda scene: scene.name))
