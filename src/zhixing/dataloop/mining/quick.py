"""The quick engine: who cannot fulfil a query is found by kernels, so that little is left to look at.

It gives the same hits as :func:`zhixing.dataloop.mining.engine.mine`. A query that only asks bounds of one or two road
users at a step is answered by the kernel itself. Of any other, what must hold at some time for its condition to be true
tells who can play which roles (``possible``), and only for those the conditions are evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from zhixing.dataloop.mining.bounds import bounds_of, find_pairs
from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.dataloop.mining.cost import Rows, in_parts, players
from zhixing.dataloop.mining.engine import hits_of, spans_of
from zhixing.dataloop.mining.evaluation import Evaluation, fulfilled
from zhixing.dataloop.mining.measuring import taken
from zhixing.dataloop.mining.pair_kernel import CODES
from zhixing.dataloop.mining.possible import possible_partners
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.reasons import reasons
from zhixing.datatypes.conditions import AllOf, Compare, Condition, Is
from zhixing.datatypes.evidence import Drive
from zhixing.datatypes.hit import Because, Hit
from zhixing.datatypes.query import Query
from zhixing.datatypes.shapes import BoolArray, IntArray
from zhixing.errors import InterruptedQueryError


def mine_quickly(
    drive: Drive | PreparedDrive,
    query: Query,
    *,
    with_reasons: bool = True,
    is_stopped: Callable[[], bool] | None = None,
) -> tuple[Hit, ...]:
    """Return what :func:`~zhixing.dataloop.mining.engine.mine` returns, sooner.

    Args:
        drive: A recording; prepared once, many queries over it share what is reckoned.
        query: What to look for.
        with_reasons: Whether hits say why they are some; leaving it out saves time where there are many.
        is_stopped: Asked every now and then; once it says so, the search ends.

    Raises:
        QueryError: The query would need too much for this drive.
        InterruptedQueryError: ``is_stopped`` said so.
    """
    prepared = drive if isinstance(drive, PreparedDrive) else PreparedDrive(drive)
    rows = players(prepared, query)
    if any(not rows[role.name].size for role in query.roles):
        return ()
    atoms = conjunction(query.condition)
    if atoms is not None and len(query.roles) <= 2 and _is_for_kernel(atoms):
        hits = list(_from_kernel(prepared, query, rows, atoms, with_reasons))
    else:
        hits = _from_few(prepared, query, rows, with_reasons, is_stopped or (lambda: False))
    return tuple(sorted(hits, key=lambda hit: (hit.start_ns, hit.object_ids, hit.end_ns)))


def conjunction(condition: Condition) -> list[Compare | Is] | None:
    """Return the bounds that a condition is the conjunction of, None if it is none."""
    if isinstance(condition, Compare | Is):
        return [condition]
    if not isinstance(condition, AllOf):
        return None
    parts = [conjunction(part) for part in condition.conditions]
    return None if any(part is None for part in parts) else [atom for part in parts for atom in part or []]


def _is_for_kernel(atoms: Sequence[Compare | Is]) -> bool:
    return all(len(atom.of) == 1 or atom.measure in CODES for atom in atoms)


def _from_kernel(
    drive: PreparedDrive, query: Query, rows: Rows, atoms: Sequence[Compare | Is], with_reasons: bool
) -> Iterator[Hit]:
    """Yield the hits of a conjunction."""
    names = tuple(role.name for role in query.roles)
    masks = {name: _holds_for_one(drive, rows[name], name, atoms) for name in names}
    if len(names) == 1:
        mask = masks[names[0]]
        for user in np.flatnonzero(mask.any(axis=1)).tolist():
            for start, end in spans_of(mask[user], drive.time_ns, query):
                yield _hit(drive, query, (user,), start, end, with_reasons)
        return
    of_two = [atom for atom in atoms if len(atom.of) == 2]
    grid = drive.frame_rows
    is_a, is_b = (masks[name].ravel().take(grid.place) for name in (names[0], names[-1]))
    if not (is_a.any() and is_b.any()):
        return
    bounds = bounds_of(of_two, names[0], grid.frames)
    pairs = np.concatenate([np.zeros((0, 2), dtype=np.int64), *find_pairs(grid.frames, bounds, is_a, is_b)])
    users, steps = np.asarray(grid.user[pairs]), np.asarray(grid.step[pairs[:, 0]])
    order = np.lexsort((steps, users[:, 1], users[:, 0]))
    users, steps = np.take(users, order, axis=0), np.take(steps, order)
    ends = np.flatnonzero(np.any(np.diff(users, axis=0) != 0, axis=1)) + 1
    for mine in np.split(np.arange(steps.size), ends):
        if not mine.size:
            continue
        holds = np.zeros(drive.time_ns.size, dtype=np.bool_)
        holds[steps[mine]] = True
        cast = tuple(int(user) for user in np.take(users, mine[0], axis=0))
        for start, end in spans_of(holds, drive.time_ns, query):
            yield _hit(drive, query, cast, start, end, with_reasons)


def _holds_for_one(drive: PreparedDrive, rows: IntArray, name: str, atoms: Sequence[Compare | Is]) -> BoolArray:
    """Return (objects, steps) where all that is asked of one role alone holds."""
    mask = np.zeros_like(drive.there)
    everybody = np.arange(drive.there.shape[0])
    mask[rows] = drive.there[rows]
    for atom in atoms:
        if atom.of == (name,):
            mask &= fulfilled(atom, taken(CATALOGUE[atom.measure], drive, (everybody,)))
    return mask


def explained(drive: PreparedDrive, query: Query, hit: Hit) -> Hit:
    """Return a hit that says why it is one.

    Args:
        drive: Where it was found.
        query: What found it.
        hit: The hit.

    Raises:
        QueryError: The query would need too much.
    """
    ids = drive.drive.tracks.object_id
    rows = players(drive, query) | {name: np.flatnonzero(ids == identity) for name, identity in hit.object_ids}
    for part in in_parts(query, rows, drive):
        evaluation = Evaluation(drive, part)
        names = tuple(role.name for role in query.roles)
        evaluation.truth(query.condition, names)  # which notes whom quantifiers find
        why = reasons(evaluation, query.condition, dict.fromkeys(names, 0), hit.start_ns, hit.end_ns)
        return replace(hit, because=why)
    return hit


def _hit(
    drive: PreparedDrive, query: Query, cast: tuple[int, ...], start: int, end: int, with_reasons: bool
) -> Hit:  # fmt: skip
    names = tuple(role.name for role in query.roles)
    start_ns, end_ns = int(drive.time_ns[start]), int(drive.time_ns[end])
    why: tuple[Because, ...] = ()
    if with_reasons:
        evaluation = Evaluation(drive, {name: np.array([user]) for name, user in zip(names, cast, strict=True)})
        why = reasons(evaluation, query.condition, dict.fromkeys(names, 0), start_ns, end_ns)
    ids = drive.drive.tracks.object_id
    return Hit(
        drive_id=drive.drive.drive_id,
        query=query.name,
        object_ids=tuple((name, int(ids[user])) for name, user in zip(names, cast, strict=True)),
        start_ns=start_ns,
        end_ns=end_ns,
        because=why,
    )


def _from_few(
    drive: PreparedDrive, query: Query, rows: Rows, with_reasons: bool, is_stopped: Callable[[], bool]
) -> list[Hit]:
    """Return the hits of any query, evaluated for those only who can play its roles."""
    hits: list[Hit] = []
    for few in possible_partners(drive, query, rows):
        if is_stopped():
            raise InterruptedQueryError(f"query {query.name} was stopped in {drive.drive.drive_id}")
        for part in in_parts(query, few, drive):
            hits.extend(hits_of(Evaluation(drive, part), query, with_reasons=with_reasons))
    return hits
