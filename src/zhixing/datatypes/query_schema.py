"""The JSON Schema of queries, made of the nouns: for whoever writes queries, a person, a grammar or a language model.

What it lets through :mod:`zhixing.datatypes.query_json` may still refuse (a role that is not in scope, bounds the wrong
way round); what it refuses is no query.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from zhixing.datatypes.conditions import CONDITIONS, Compare, Condition, Is, Role
from zhixing.datatypes.measures import MEASURES, Form, Measure
from zhixing.datatypes.query import Query
from zhixing.datatypes.tracks import RoadUser

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,31}$"}
_CONDITION = {"$ref": "#/$defs/condition"}
_ROLE = {"$ref": "#/$defs/role"}
_BY_NAME: dict[str, dict[str, Any]] = {
    "condition": _CONDITION,
    "first": _CONDITION,
    "second": _CONDITION,
    "end": _CONDITION,
    "conditions": {"type": "array", "items": _CONDITION, "minItems": 1},
    "role": _ROLE,
    "roles": {"type": "array", "items": _ROLE, "minItems": 1},
    "classes": {"type": "array", "items": {"enum": [user.name.lower() for user in RoadUser]}},
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a query.

    Example:
        >>> schema = json_schema()
        >>> schema["required"], schema["additionalProperties"]
        (['name', 'roles', 'condition'], False)
    """
    kinds = {name: definition for condition in CONDITIONS for name, definition in _kinds(condition).items()}
    query = _object(Query, {"name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,79}$"}})
    any_kind = {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in kinds]}
    return {
        "$schema": _DIALECT,
        "title": "Zhixing query",
        **query,
        "$defs": {"role": _object(Role, {"name": _NAME}), "condition": any_kind, **kinds},
    }


def _kinds(condition: type[Condition]) -> dict[str, dict[str, Any]]:
    """Return the definitions of one kind of condition, several where measures differ in roles or words."""
    kind = {"kind": {"const": next(f.default for f in dataclasses.fields(condition) if f.name == "kind")}}
    name = str(kind["kind"]["const"])
    if condition is Compare:
        return {f"{name}-of-{roles}": _object(Compare, kind | _asked("quantity", roles), ("kind",)) for roles in (1, 2)}
    if condition is Is:
        facts = {f"{name}-of-{roles}": _object(Is, kind | _asked("fact", roles), ("kind",)) for roles in (1, 2)}
        for fact in facts.values():
            del fact["properties"]["one_of"]
        words = {
            f"{name}-{measure.name.replace('_', '-')}": _object(
                Is,
                kind
                | {"measure": {"const": measure.name}, "of": _names(measure.num_roles)}
                | {"one_of": {"type": "array", "items": {"enum": list(measure.words)}, "minItems": 1}},
                ("kind", "one_of"),
            )
            for measure in _measures("word")
        }
        return facts | words
    return {name: _object(condition, kind, ("kind",))}


def _measures(form: Form) -> list[Measure]:
    return [measure for measure in MEASURES.values() if measure.form == form]


def _asked(form: Form, roles: int) -> dict[str, dict[str, Any]]:
    names = [measure.name for measure in _measures(form) if measure.num_roles == roles]
    return {"measure": {"enum": names}, "of": _names(roles)}


def _names(roles: int) -> dict[str, Any]:
    return {"type": "array", "items": _NAME, "minItems": roles, "maxItems": roles}


def _object(noun: type, known: dict[str, dict[str, Any]], also: tuple[str, ...] = ()) -> dict[str, Any]:
    fields = dataclasses.fields(noun)
    required = [f.name for f in fields if f.default is dataclasses.MISSING or f.name in also]
    ordered = sorted(fields, key=lambda field: field.name != "kind")
    return {
        "type": "object",
        "properties": {f.name: known.get(f.name) or _BY_NAME.get(f.name) or _number(f) for f in ordered},
        "required": [name for name in ("kind",) if name in required] + [name for name in required if name != "kind"],
        "additionalProperties": False,
    }


def _number(field: dataclasses.Field[Any]) -> dict[str, Any]:
    if str(field.type).startswith("int"):
        return {"type": "integer", "minimum": 0}
    return {"type": "number", "minimum": 0} if field.name.endswith("_s") else {"type": "number"}
