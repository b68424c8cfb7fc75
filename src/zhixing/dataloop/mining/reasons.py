"""Why a hit is one: which measure was what, for whom and when."""

from __future__ import annotations

import numpy as np

from zhixing.dataloop.mining.evaluation import Evaluation, fulfilled
from zhixing.datatypes.conditions import (
    Compare,
    Condition,
    Count,
    Exists,
    ForAll,
    Is,
    Not,
    Until,
    Within,
    parts_of,
)
from zhixing.datatypes.hit import Because
from zhixing.datatypes.units import ns_from_s

_MOST_WITNESSES = 3

Binding = dict[str, int]
"""For each role in scope the place of who plays it among the candidates, in the order of the scope."""


def reasons(
    evaluation: Evaluation, condition: Condition, binding: Binding, start_ns: int, end_ns: int, *, holds: bool = True
) -> tuple[Because, ...]:
    """Return what the measures were that a condition asks for, where each held within a hit.

    Of those whom a quantifier finds, the first three are named; ``ForAll`` speaks of nobody in particular.

    Args:
        evaluation: In which the condition has been evaluated.
        condition: All of it or a part.
        binding: Who plays which role.
        start_ns: Of the hit.
        end_ns: Of the hit.
        holds: Whether the condition is asked to hold; Not turns it round.
    """
    match condition:
        case Compare() | Is():
            return _measured(evaluation, condition, binding, start_ns, end_ns, holds)
        case Not(condition=part):
            return reasons(evaluation, part, binding, start_ns, end_ns, holds=not holds)
        case ForAll():
            return ()
        case Exists(role=role, condition=part) | Count(role=role, condition=part):
            found: list[Because] = []
            if holds:
                for witness in _witnesses(evaluation, condition, binding, start_ns, end_ns):
                    inner = binding | {role.name: witness}
                    found.extend(reasons(evaluation, part, inner, start_ns, end_ns))
            return tuple(found)
        case Within(past_s=past_s, future_s=future_s):
            start_ns, end_ns = start_ns - ns_from_s(past_s), end_ns + ns_from_s(future_s)
        case Until(within_s=within_s):
            end_ns += ns_from_s(within_s)
        case _:
            pass
    parts = [
        reason
        for part in parts_of(condition)
        for reason in reasons(evaluation, part, binding, start_ns, end_ns, holds=holds)
    ]
    return tuple(dict.fromkeys(parts))


def _measured(
    evaluation: Evaluation, condition: Compare | Is, binding: Binding, start_ns: int, end_ns: int, holds: bool
) -> tuple[Because, ...]:
    time_ns = evaluation.drive.time_ns
    place = tuple(binding[name] for name in condition.of)
    value = evaluation.values(condition.measure, condition.of)[place]
    is_so = fulfilled(condition, value)
    if not holds:
        is_so = ~is_so & ~np.isnan(value)
    steps = np.flatnonzero(is_so & (time_ns >= start_ns) & (time_ns <= end_ns))
    if not steps.size:
        return ()
    ids = evaluation.drive.drive.tracks.object_id
    return (
        Because(
            condition=condition,
            object_ids=tuple((name, int(ids[evaluation.rows[name][binding[name]]])) for name in condition.of),
            holds=holds,
            start_ns=int(time_ns[steps[0]]),
            end_ns=int(time_ns[steps[-1]]),
            least=float(value[steps].min()),
            greatest=float(value[steps].max()),
        ),
    )


def _witnesses(
    evaluation: Evaluation, condition: Exists | Count, binding: Binding, start_ns: int, end_ns: int
) -> list[int]:
    time_ns = evaluation.drive.time_ns
    body = evaluation.bodies[id(condition), tuple(binding)]
    # An axis of size 1 is the same for all.
    place = tuple(min(who, size - 1) for who, size in zip(binding.values(), body.shape[:-2], strict=True))
    during = body[place][:, (time_ns >= start_ns) & (time_ns <= end_ns)]
    found = np.flatnonzero(during.any(axis=1))
    order = during[found].argmax(axis=1).argsort(kind="stable")
    return [int(who) for who in found[order][:_MOST_WITNESSES]]
