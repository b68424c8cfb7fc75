"""A query over a drive gives hits."""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.cost import in_parts, players
from zhixing.dataloop.mining.driven import drive_of
from zhixing.dataloop.mining.evaluation import Evaluation, Values
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.reasons import reasons
from zhixing.datatypes.evidence import Drive, Scenario, Trace
from zhixing.datatypes.hit import Hit
from zhixing.datatypes.query import Query
from zhixing.datatypes.shapes import BoolArray, IntArray
from zhixing.datatypes.units import ns_from_s


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
    rows = players(prepared, query)
    if any(not rows[name].size for name in names):
        return ()
    hits: list[Hit] = []
    kept: Values = {}
    for part in in_parts(query, rows, prepared):
        evaluation = Evaluation(prepared, part, kept)
        hits.extend(hits_of(evaluation, query))
        kept = {key: values for key, values in evaluation.values_by_name.items() if names[0] not in key[1]}
    return tuple(sorted(hits, key=lambda hit: (hit.start_ns, hit.object_ids, hit.end_ns)))


def mine_trace(trace: Trace, scenario: Scenario, query: Query) -> tuple[Hit, ...]:
    """Return the same for what an ego did in a scenario, and everybody else with it."""
    return mine(drive_of(trace, scenario), query)


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
