"""Who can play the roles of a query at all: what must hold at some time for its condition to be true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from zhixing.dataloop.mining.bounds import bounds_of, find_pairs
from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.dataloop.mining.evaluation import fulfilled
from zhixing.dataloop.mining.measuring import taken
from zhixing.dataloop.mining.pair_kernel import CODES
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.datatypes.conditions import (
    AllOf,
    AnyOf,
    Becomes,
    Compare,
    Condition,
    Count,
    Exists,
    ForAll,
    Is,
    Lasts,
    Not,
    Overlaps,
    Then,
    Until,
    Within,
)
from zhixing.datatypes.query import Query
from zhixing.datatypes.shapes import BoolArray, IntArray

Possible = dict[tuple[str, ...], BoolArray]
"""For one or two roles, over all road users, whether they can; roles that are not named are not restricted."""
_FAR_M = 300.0
"""Beyond this the kernel would look at nearly everybody: then looking does not pay."""


class _Drive:
    """A drive as frames, and who can play which role by class and size."""

    def __init__(self, drive: PreparedDrive, rows: dict[str, IntArray]) -> None:
        self.drive = drive
        self.num_users = drive.there.shape[0]
        self.can = {}
        for name, mine in rows.items():
            self.can[name] = np.zeros(self.num_users, dtype=np.bool_)
            self.can[name][mine] = True


def possible_partners(drive: PreparedDrive, query: Query, rows: dict[str, IntArray]) -> Iterator[dict[str, IntArray]]:
    """Yield, for one who can play the first role after the other, the rows of those who can play the others.

    Where nothing tells the partners of one from those of another, all come at once.

    Args:
        drive: Where.
        query: What is looked for.
        rows: Who can play which role by class and size.
    """
    looked = _Drive(drive, rows)
    possible = _possible(query.condition, looked)
    names = [role.name for role in query.roles]
    few = dict(rows)
    for name in names:
        mine = possible.get((name,))
        if mine is not None:
            few[name] = rows[name][mine[rows[name]]]
    if any(not few[name].size for name in names):
        return
    first, *others = names
    tables = {name: _table(possible, first, name) for name in others}
    if all(table is None for table in tables.values()):
        yield few
        return
    for one in few[first].tolist():
        partners = dict(few)
        partners[first] = np.array([one])
        for name, table in tables.items():
            if table is not None:
                partners[name] = few[name][table[one, few[name]]]
        if all(partners[name].size for name in others):
            yield partners


def _table(possible: Possible, first: str, other: str) -> BoolArray | None:
    """Return (users, users) who of the first role can go with whom of another."""
    if (first, other) in possible:
        return possible[first, other]
    return possible[other, first].T if (other, first) in possible else None


def _possible(condition: Condition, drive: _Drive) -> Possible:
    """Return what must be so at some step for a condition to be true at any."""
    match condition:
        case Compare() | Is():
            return _asked([condition], drive)
        case AllOf(conditions=parts):
            direct = [part for part in parts if isinstance(part, Compare | Is)]
            others = [_possible(part, drive) for part in parts if not isinstance(part, Compare | Is)]
            return _both([_asked(direct, drive), *others])
        case AnyOf(conditions=parts):
            return _either([_possible(part, drive) for part in parts])
        case Then(first=first, second=second) | Overlaps(first=first, second=second):
            return _both([_possible(first, drive), _possible(second, drive)])
        case Until(end=end):
            return _possible(end, drive)
        case Lasts(condition=part) | Becomes(condition=part) | Within(condition=part):
            return _possible(part, drive)
        case Exists(role=role, condition=part):
            return _without(role.name, _possible(part, drive), drive)
        case Count(role=role, condition=part, at_least=least) if least:
            return _without(role.name, _possible(part, drive), drive)
        case ForAll() | Count() | Not():
            return {}


def _asked(atoms: Sequence[Compare | Is], drive: _Drive) -> Possible:
    """Return who fulfils bounds that are asked at one step; those of the same two roles all at once."""
    found: Possible = {}
    pairs: dict[tuple[str, ...], list[Compare | Is]] = {}
    for atom in atoms:
        if len(atom.of) == 1:
            holds = fulfilled(atom, taken(CATALOGUE[atom.measure], drive.drive, (np.arange(drive.num_users),)))
            found = _both([found, {atom.of: np.asarray(holds.any(axis=1))}])
        elif atom.measure in CODES:
            pairs.setdefault(tuple(sorted(atom.of)), []).append(atom)
    grid = drive.drive.frame_rows
    for (one, other), asked in pairs.items():
        bounds = bounds_of(asked, one, grid.frames)
        if bounds.reach_m > _FAR_M:
            continue
        is_a, is_b = drive.can[one][grid.user], drive.can[other][grid.user]
        table = np.zeros((drive.num_users, drive.num_users), dtype=np.bool_)
        for rows in find_pairs(grid.frames, bounds, is_a, is_b):
            table[grid.user[rows[:, 0]], grid.user[rows[:, 1]]] = True
        found[one, other] = table
    return found


def _both(parts: Sequence[Possible]) -> Possible:
    found: Possible = {}
    for part in parts:
        for roles, holds in part.items():
            found[roles] = found[roles] & holds if roles in found else holds
    return found


def _either(parts: Sequence[Possible]) -> Possible:
    """Return what is so in at least one of the parts: only what all of them restrict is restricted."""
    found: Possible = {}
    for roles in set(parts[0]).intersection(*parts[1:]):
        found[roles] = np.asarray(np.any([part[roles] for part in parts], axis=0))
    return found


def _without(role: str, possible: Possible, drive: _Drive) -> Possible:
    """Return what is left of it for those who are not brought in: there must be somebody for them."""
    can = possible.get((role,), np.ones(drive.num_users, dtype=np.bool_)) & drive.can[role]
    found = {roles: holds for roles, holds in possible.items() if role not in roles}
    for roles, holds in possible.items():
        if role in roles and len(roles) == 2:
            other = roles[0] if roles[1] == role else roles[1]
            table = holds if roles[1] == role else holds.T
            mine = np.asarray((table & can).any(axis=1))
            found = _both([found, {(other,): mine}])
    return found
