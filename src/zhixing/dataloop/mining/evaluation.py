"""A condition becomes an array of truth over (roles in scope …, steps)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zhixing.dataloop.mining import spans, truth
from zhixing.dataloop.mining.catalogue import CATALOGUE
from zhixing.dataloop.mining.measuring import taken
from zhixing.dataloop.mining.prepared import PreparedDrive
from zhixing.dataloop.mining.truth import Truth
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
    walk,
)
from zhixing.datatypes.measures import MEASURES
from zhixing.datatypes.shapes import BoolArray, FloatArray, IntArray

Values = dict[tuple[str, tuple[str, ...]], FloatArray]
"""Measures by name and roles, over (candidates of these roles …, steps)."""


class Evaluation:
    """The conditions of one query over one drive, for some candidates of each role.

    Args:
        drive: The drive.
        rows: For each role of the query, brought in anywhere, the rows of those who can play it.
        kept: Measures that have been taken for the same rows, by name and roles; more are added.
    """

    def __init__(self, drive: PreparedDrive, rows: Mapping[str, IntArray], kept: Values | None = None) -> None:
        self.drive = drive
        self.rows = rows
        self.values_by_name: Values = {} if kept is None else kept
        self.bodies: dict[tuple[int, tuple[str, ...]], BoolArray] = {}
        """For each quantifier by its ``id`` and scope, where its body is true for somebody who is there."""

    def truth(self, condition: Condition, scope: tuple[str, ...]) -> Truth:
        """Return a condition's truth over (roles in scope …, steps); where a role does not matter its size is 1."""
        time_ns = self.drive.time_ns
        match condition:
            case Compare() | Is():
                return self._asked(condition, scope)
            case AllOf(conditions=parts):
                return truth.all_of([self.truth(part, scope) for part in parts])
            case AnyOf(conditions=parts):
                return truth.any_of([self.truth(part, scope) for part in parts])
            case Not(condition=part):
                return ~self.truth(part, scope)
            case Then(first=first, second=second, within_s=within_s):
                return spans.then(self.truth(first, scope), self.truth(second, scope), time_ns, within_s)
            case Until(condition=part, end=end, within_s=within_s):
                return spans.until(self.truth(part, scope), self.truth(end, scope), time_ns, within_s)
            case Overlaps(first=first, second=second, at_least_s=at_least_s):
                return spans.overlaps(self.truth(first, scope), self.truth(second, scope), time_ns, at_least_s)
            case Lasts(condition=part, at_least_s=at_least_s, at_most_s=at_most_s):
                return spans.lasts(self.truth(part, scope), time_ns, at_least_s, at_most_s)
            case Becomes(condition=part):
                return spans.becomes(self.truth(part, scope))
            case Within(condition=part, past_s=past_s, future_s=future_s):
                return spans.within(self.truth(part, scope), time_ns, past_s, future_s)
            case Exists() | ForAll() | Count():
                return self._quantified(condition, scope)

    def values(self, measure: str, of: tuple[str, ...]) -> FloatArray:
        """Return a measure over (candidates of its roles …, steps), NaN where it is undefined."""
        key = (measure, of)
        if key not in self.values_by_name:
            self.values_by_name[key] = taken(CATALOGUE[measure], self.drive, tuple(self.rows[name] for name in of))
        return self.values_by_name[key]

    def _asked(self, condition: Compare | Is, scope: tuple[str, ...]) -> Truth:
        value = self.values(condition.measure, condition.of)
        found = truth.truth_of(fulfilled(condition, value), value)
        return Truth(_in_scope(found.true, condition.of, scope), _in_scope(found.possible, condition.of, scope))

    def _quantified(self, condition: Exists | ForAll | Count, scope: tuple[str, ...]) -> Truth:
        role = condition.role.name
        inner = (*scope, role)
        body = self.truth(condition.condition, inner)
        there = self.drive.there[self.rows[role]] & self.are_different(inner)
        self.bodies[id(condition), scope] = body.true & there
        match condition:
            case Exists():
                found = truth.exists(body, there)
            case ForAll():
                found = truth.for_all(body, there)
            case Count(at_least=at_least, at_most=at_most):
                found = truth.count(body, there, at_least, at_most)
        # Nothing is said of others beside somebody who is not there.
        asked = {name for node, _, _ in walk(condition.condition) if isinstance(node, Compare | Is) for name in node.of}
        for name in asked.intersection(scope):
            is_there = _in_scope(self.drive.there[self.rows[name]], (name,), scope)
            found = Truth(found.true & is_there, found.possible | ~is_there)
        return found

    def are_different(self, scope: tuple[str, ...]) -> BoolArray:
        """Return (roles in scope …, 1) whether the last role is somebody else than all before it."""
        last = self.rows[scope[-1]]
        differ = np.ones((1,) * (len(scope) + 1), dtype=np.bool_)
        for k, name in enumerate(scope[:-1]):
            shape = [1] * (len(scope) + 1)
            shape[k], shape[-2] = self.rows[name].size, last.size
            differ = differ & (self.rows[name][:, None] != last).reshape(shape)
        return differ


def fulfilled(condition: Compare | Is, value: FloatArray) -> BoolArray:
    """Return where a condition is true of the values of its measure; of NaN none is.

    Example:
        >>> slow = Compare(measure="speed_mps", of=("a",), at_least=0.0, below=2.0)
        >>> fulfilled(slow, np.array([-1.0, 0.0, 2.0, np.nan])).tolist()
        [False, True, False, False]
    """
    if isinstance(condition, Is):
        words = MEASURES[condition.measure].words
        return np.isin(value, [words.index(word) for word in condition.one_of] or [1])
    found = np.ones(value.shape, dtype=np.bool_)
    for bound, compare in (
        (condition.at_least, np.greater_equal),
        (condition.at_most, np.less_equal),
        (condition.above, np.greater),
        (condition.below, np.less),
    ):
        if bound is not None:
            found &= compare(value, bound)
    return found


def _in_scope(values: BoolArray, of: tuple[str, ...], scope: tuple[str, ...]) -> BoolArray:
    """Return values over (roles of a measure …, steps) as values over (roles in scope …, steps)."""
    order = sorted(range(len(of)), key=lambda k: scope.index(of[k]))
    turned = values.transpose(*order, len(of))
    missing = tuple(k for k, name in enumerate(scope) if name not in of)
    return np.expand_dims(turned, missing)
