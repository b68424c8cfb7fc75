"""What a query over a drive costs before it is run: who can play its roles, and how many combinations that makes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.conditions import EGO, Count, Exists, ForAll, Role, walk
from zhixing.datatypes.query import Query
from zhixing.datatypes.shapes import IntArray
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError

Rows = dict[str, IntArray]
CHUNK_CELLS = 8_000_000
"""Roles and steps that are evaluated at once: some hundred megabytes."""
MOST_CELLS = 4_000_000_000
"""More would take hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryCost:
    """What a query over a drive would look at.

    Attributes:
        candidates: How many road users can play each role, by name.
        steps: Moments of the drive.
        combinations: Of road users and moments at most; who cannot play together is left out beforehand.
        is_too_much: Whether an evaluation of all of them would be refused.
    """

    candidates: dict[str, int]
    steps: int
    combinations: int
    is_too_much: bool


def cost_of(drive: PreparedDrive, query: Query) -> QueryCost:
    """Return what a query over a drive would look at, without looking."""
    rows = players(drive, query)
    cells = _largest_cells(query, rows, drive.time_ns.size)
    return QueryCost(
        candidates={name: int(who.size) for name, who in rows.items()},
        steps=int(drive.time_ns.size),
        combinations=cells,
        is_too_much=_is_too_much(query, rows, cells),
    )


def players(drive: PreparedDrive, query: Query) -> Rows:
    """Return the rows of those who can play each role, also of those that quantifiers speak of."""
    further = [node.role for node, _, _ in walk(query.condition) if isinstance(node, Exists | ForAll | Count)]
    return {role.name: candidates(drive, role) for role in (*query.roles, *further)}


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


def in_parts(query: Query, rows: Rows, drive: PreparedDrive) -> Iterator[Rows]:
    """Yield who is to be looked at at once: some of those of the first role and all of the others.

    Raises:
        QueryError: It would be too many all in all.
    """
    name = query.roles[0].name
    first = rows[name]
    cells = _largest_cells(query, rows, drive.time_ns.size)
    if _is_too_much(query, rows, cells):
        raise QueryError(
            f"query {query.name} over {drive.drive.drive_id} would look at {cells:,} combinations",
            hint="Name fewer roles, or say more of their classes and sizes; or cut the drive into pieces.",
        )
    at_once = max(1, int(CHUNK_CELLS / max(cells / first.size, 1.0)))
    for start in range(0, first.size, at_once):
        yield rows | {name: first[start : start + at_once]}


def _is_too_much(query: Query, rows: Rows, cells: int) -> bool:
    return cells > MOST_CELLS or cells / max(rows[query.roles[0].name].size, 1) > 4 * CHUNK_CELLS


def _largest_cells(query: Query, rows: Rows, steps: int) -> int:
    """Return how many combinations of road users and steps the largest part of a query looks at."""
    outer = math.prod(rows[role.name].size for role in query.roles) * steps
    inner = [
        outer * math.prod(rows[role.name].size for role in roles) for _, roles, _ in walk(query.condition) if roles
    ]
    return max([outer, *inner])
