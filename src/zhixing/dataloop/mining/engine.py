"""A query over a drive gives hits."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from zhixing.dataloop.mining.driven import drive_of
from zhixing.dataloop.mining.evaluation import Evaluation, Values
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.reasons import reasons
from zhixing.datatypes.conditions import EGO, Count, Exists, ForAll, Role, walk
from zhixing.datatypes.evidence import Drive, Scenario, Trace
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.query import Query
from zhixing.datatypes.shapes import BoolArray, IntArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import QueryError

CHUNK_CELLS = 8_000_000
"""Roles and steps that are evaluated at once: some hundred megabytes."""
MOST_CELLS = 4_000_000_000
"""More would take hours."""


def mine(drive: Drive | PreparedDrive, query: Query) -> tuple[Hit, ...]:
    """Return who played the roles of a query, and when: the longest spans in which its condition is true.

    Args:
        drive: A recording; prepared once, many queries over it share what is reckoned.
        query: What to look for.

    Returns:
        Ordered by start, then by who. What is true of (a, b) and of (b, a) is two hits.

    Raises:
        QueryError: The query would need too much for this drive.
    """
    prepared = drive if isinstance(drive, PreparedDrive) else PreparedDrive(drive)
    names = tuple(role.name for role in query.roles)
    further = [node.role for node, _, _ in walk(query.condition) if isinstance(node, Exists | ForAll | Count)]
    rows = {role.name: candidates(prepared, role) for role in (*query.roles, *further)}
    if any(not rows[name].size for name in names):
        return ()
    hits: list[Hit] = []
    kept: Values = {}
    for part in check_cost(query, rows, prepared):
        evaluation = Evaluation(prepared, part, kept)
        hits.extend(hits_of(evaluation, query))
        kept = {key: values for key, values in evaluation.values_by_name.items() if names[0] not in key[1]}
    return tuple(sorted(hits, key=lambda hit: (hit.start_ns, hit.object_ids, hit.end_ns)))


def check_cost(query: Query, rows: dict[str, IntArray], drive: PreparedDrive) -> Iterator[dict[str, IntArray]]:
    """Yield who is to be looked at at once: some of those of the first role and all of the others.

    Raises:
        QueryError: It would be too many all in all.
    """
    name = query.roles[0].name
    first = rows[name]
    cells = largest_cells(query, rows, drive.time_ns.size)
    if cells > MOST_CELLS or cells / first.size > 4 * CHUNK_CELLS:
        raise QueryError(
            f"query {query.name} over {drive.drive.drive_id} would look at {cells:,} combinations",
            hint="Name fewer roles, or say more of their classes and sizes; or cut the drive into pieces.",
        )
    at_once = max(1, int(CHUNK_CELLS / max(cells / first.size, 1.0)))
    for start in range(0, first.size, at_once):
        yield rows | {name: first[start : start + at_once]}


def mine_trace(trace: Trace, scenario: Scenario, query: Query) -> tuple[Hit, ...]:
    """Return the same for what an ego did in a scenario, and everybody else with it."""
    return mine(drive_of(trace, scenario), query)


def candidates(drive: PreparedDrive, role: Role) -> IntArray:
    """Return the rows of those who can play a role and are ever there."""
    tracks = drive.drive.tracks
    fits = tracks.valid.any(axis=1)
    if role.name == EGO:
        fits &= (tracks.object_id == drive.drive.ego_id) & (drive.drive.ego_id >= 0)
    if role.classes:
        is_one = np.zeros(max(RoadUser) + 1, dtype=np.bool_)
        is_one[list(role.classes)] = True
        fits &= is_one.take(tracks.road_user, mode="clip")
    for size_m, low, high in (
        (tracks.size_m[:, 0], role.min_length_m, role.max_length_m),
        (tracks.size_m[:, 1], role.min_width_m, role.max_width_m),
    ):
        fits &= (size_m >= (-math.inf if low is None else low)) & (size_m <= (math.inf if high is None else high))
    return np.flatnonzero(fits)


def largest_cells(query: Query, rows: dict[str, IntArray], steps: int) -> int:
    """Return how many combinations of road users and steps the largest part of a query looks at."""
    outer = math.prod(rows[role.name].size for role in query.roles) * steps
    inner = [
        outer * math.prod(rows[role.name].size for role in roles) for _, roles, _ in walk(query.condition) if roles
    ]
    return max([outer, *inner])


def hits_of(evaluation: Evaluation, query: Query, *, with_reasons: bool = True) -> list[Hit]:
    """Return the hits among those that an evaluation is for, in no particular order."""
    names = tuple(role.name for role in query.roles)
    drive = evaluation.drive
    sizes = tuple(evaluation.rows[name].size for name in names)
    holds = np.broadcast_to(evaluation.truth(query.condition, names).true, (*sizes, drive.time_ns.size))
    for k in range(1, len(names)):
        differ = evaluation.are_different(names[: k + 1])
        holds = holds & differ.reshape((*differ.shape[:-1], *(1,) * (len(names) - k)))
    ids = drive.drive.tracks.object_id
    hits = []
    for place in np.argwhere(holds.any(axis=-1)).tolist():
        binding = dict(zip(names, place, strict=True))
        for start, end in spans_of(holds[tuple(place)], drive.time_ns, query):
            start_ns, end_ns = int(drive.time_ns[start]), int(drive.time_ns[end])
            hits.append(
                Hit(
                    drive_id=drive.drive.drive_id,
                    query=query.name,
                    object_ids=tuple((name, int(ids[evaluation.rows[name][who]])) for name, who in binding.items()),
                    start_ns=start_ns,
                    end_ns=end_ns,
                    because=reasons(evaluation, query.condition, binding, start_ns, end_ns) if with_reasons else (),
                )
            )
    return hits


def spans_of(holds: BoolArray, time_ns: IntArray, query: Query) -> list[tuple[int, int]]:
    """Return first and last step of each hit: runs, joined where they are near enough, then long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], holds, [False])).astype(np.int8)))
    joined: list[tuple[int, int]] = []
    for start, end in (edges.reshape(-1, 2) - [0, 1]).tolist():
        if joined and time_ns[start] - time_ns[joined[-1][1]] <= ns_from_s(query.join_s):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(a, b) for a, b in joined if time_ns[b] - time_ns[a] >= ns_from_s(query.at_least_s)]
