"""The query: what to look for in a drive, as data. Nothing here is ever executed.

A :class:`Query` binds named roles to road users; its condition is a tree of :mod:`zhixing.datatypes.conditions`. The
engine that runs it is :mod:`zhixing.dataloop.mining`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from zhixing.datatypes.conditions import (
    Compare,
    Condition,
    Count,
    Exists,
    ForAll,
    Is,
    Role,
    check_conditions,
    check_duration,
    check_tuple,
    walk,
)
from zhixing.errors import QueryError

MOST_ROLES, MOST_NODES, MOST_DEPTH = 6, 200, 24
"""Of all roles in scope at once, of conditions in a query, and of conditions within each other."""
_QUERY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for: for which road users, in which roles, does the condition hold, and when?

    Attributes:
        name: Kebab-case.
        roles: Whom a hit names; different roles are different road users.
        condition: What has to hold.
        at_least_s: Shorter hits are none.
        join_s: Hits of the same road users that are no farther apart are one.

    Raises:
        QueryError: The query cannot be meant: a role is unknown, unused or named twice, or it is too large.

    Example:
        >>> from zhixing.datatypes.tracks import RoadUser
        >>> car = Role(name="car", classes=(RoadUser.CAR,))
        >>> hard = Compare(measure="accel_mps2", of=("car",), at_most=-4.0)
        >>> Query(name="hard-braking", roles=(car,), condition=hard, at_least_s=0.3).condition.measure
        'accel_mps2'
    """

    name: str
    roles: tuple[Role, ...]
    condition: Condition
    at_least_s: float = 0.0
    join_s: float = 0.0

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and _QUERY_NAME.fullmatch(self.name)):
            raise QueryError(f"{self.name!r} is no name of a query", hint="Use up to 80 of a-z, 0-9 and -.")
        check_tuple("the roles of a query", self.roles, Role)
        check_conditions("query", (self.condition,))
        check_duration("query", "at_least_s", self.at_least_s)
        check_duration("query", "join_s", self.join_s)
        if not self.roles:
            raise QueryError("a query without roles finds nobody", hint="Name at least one role.")
        _check_names(self)


def _check_names(query: Query) -> None:
    outer = [role.name for role in query.roles]
    brought_in: dict[str, Role] = {}
    for nodes, (node, above, depth) in enumerate(walk(query.condition), start=1):
        if nodes > MOST_NODES or depth > MOST_DEPTH or len(outer) + len(above) > MOST_ROLES:
            raise QueryError(
                f"query {query.name} is too large",
                hint=f"At most {MOST_NODES} conditions, {MOST_DEPTH} within each other, {MOST_ROLES} roles at once.",
            )
        scope = [*outer, *(role.name for role in above)]
        if isinstance(node, Exists | ForAll | Count):
            name = node.role.name
            if name in scope or brought_in.setdefault(name, node.role) != node.role:
                raise QueryError(f"two roles are named {name!r}", hint="Give one of them another name.")
            _check_used(name, node.condition)
        if isinstance(node, Compare | Is):
            for name in node.of:
                if name not in scope:
                    raise QueryError(f"{node.measure} is of {name!r}, which is no role here", hint=_known(name, scope))
    for name in outer:
        if outer.count(name) > 1:
            raise QueryError(f"two roles are named {name!r}", hint="Give one of them another name.")
        _check_used(name, query.condition)


def _check_used(name: str, condition: Condition) -> None:
    if not any(isinstance(node, Compare | Is) and name in node.of for node, _, _ in walk(condition)):
        raise QueryError(f"nothing is asked of role {name!r}", hint="Leave it out, or ask something of it.")


def _known(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(sorted(known))}."
