"""Queries as JSON, both ways: one text for each query, and nothing but a query comes back.

A condition is an object with its ``kind`` and its fields; what has its default is left out. Whoever wrote the text, a
person or a language model: an unknown key, a number that is none, or too much of anything is refused with its place.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any, NoReturn, TypeVar

from zhixing.datatypes.conditions import CONDITIONS, Condition, Role
from zhixing.datatypes.query import MOST_DEPTH, Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError

MOST_BYTES = 64 * 1024
_CONDITION_FIELDS = frozenset({"condition", "first", "second", "end"})
_Noun = TypeVar("_Noun", bound=Query | Role | Condition)
_CLASSES = {user.name.lower(): user for user in RoadUser}


def kind_of(condition: type[Condition]) -> str:
    """Return what a kind of condition is called in JSON.

    Example:
        >>> kind_of(CONDITIONS[0])
        'compare'
    """
    return str(next(f.default for f in dataclasses.fields(condition) if f.name == "kind"))


_KINDS: dict[str, type[Condition]] = {kind_of(condition): condition for condition in CONDITIONS}


def to_json(query: Query) -> str:
    """Return the one text that stands for a query: fields in their order, no defaults, no blanks.

    Example:
        >>> to_json(query_from({"name": "any-car", "roles": [{"name": "car"}],
        ...                     "condition": {"kind": "is", "measure": "is_there", "of": ["car"]}}))
        '{"name":"any-car","roles":[{"name":"car"}],"condition":{"kind":"is","measure":"is_there","of":["car"]}}'
    """
    return json.dumps(plain_of(query), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def from_json(text: str | bytes) -> Query:
    """Return the query that a text stands for.

    Raises:
        QueryError: It is no JSON, too large, or no query.
    """
    if len(text) > MOST_BYTES:
        raise QueryError(f"a query of {len(text):,} bytes is too large", hint=f"At most {MOST_BYTES:,}.")
    try:
        value = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise QueryError(f"a query is no JSON: {error}") from error
    return query_from(value)


def plain_of(query: Query) -> dict[str, Any]:
    """Return a query as what JSON is made of."""
    return _plain(query)


def query_from(value: object) -> Query:
    """Return the query that a JSON value stands for.

    Raises:
        QueryError: It is none; the message names the place.
    """
    fields = _fields(value, Query, "query")
    fields["roles"] = tuple(_role(role, f"query.roles[{k}]") for k, role in enumerate(_list(fields, "roles", "query")))
    fields["condition"] = _condition(fields.get("condition"), "query.condition", 1)
    return _born(Query, fields, "query")


def _plain(noun: Query | Role | Condition) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    if not isinstance(noun, Query | Role):
        plain["kind"] = noun.kind
    for field in dataclasses.fields(noun):
        value = getattr(noun, field.name)
        if field.name == "kind" or value == field.default:
            continue
        if isinstance(value, tuple):
            plain[field.name] = [_plain_value(one) for one in value]
        elif isinstance(value, int) and _is_float(field):
            plain[field.name] = float(value)
        else:
            plain[field.name] = _plain_value(value)
    return plain


def _is_float(field: dataclasses.Field[Any]) -> bool:
    return str(field.type).startswith("float")


def _plain_value(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, RoadUser):
        return value.name.lower()
    return _plain(value) if isinstance(value, (Role, *CONDITIONS)) else value


def _fields(value: object, noun: type, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise QueryError(f"{place} is {_shown(value)}, not an object")
    allowed = {field.name for field in dataclasses.fields(noun)}
    for key in value:
        if key not in allowed:
            raise QueryError(f"{place} has an unknown key {_shown(key)}", hint=f"Known: {', '.join(sorted(allowed))}.")
    return dict(value)


def _list(fields: dict[str, Any], key: str, place: str) -> list[Any]:
    value = fields.get(key)
    if not isinstance(value, list):
        raise QueryError(f"{place}.{key} is {_shown(value)}, not a list")
    return value


def _role(value: object, place: str) -> Role:
    fields = _fields(value, Role, place)
    if "classes" in fields:
        names = _list(fields, "classes", place)
        for name in names:
            if not isinstance(name, str) or name not in _CLASSES:
                raise QueryError(f"{place}.classes has {_shown(name)}", hint=f"Known: {', '.join(_CLASSES)}.")
        fields["classes"] = tuple(_CLASSES[name] for name in names)
    return _born(Role, fields, place)


def _condition(value: object, place: str, depth: int) -> Condition:
    if depth > MOST_DEPTH:
        raise QueryError("conditions lie too deep within each other", hint=f"At most {MOST_DEPTH}.")
    kind = value.get("kind") if isinstance(value, dict) else None
    noun = _KINDS.get(kind) if isinstance(kind, str) else None
    if noun is None:
        raise QueryError(f"{place} is of no known kind: {_shown(kind)}", hint=f"Known: {', '.join(_KINDS)}.")
    fields = _fields(value, noun, place)
    for key, part in fields.items():
        where = f"{place}.{key}"
        if key in _CONDITION_FIELDS:
            fields[key] = _condition(part, where, depth + 1)
        elif key == "conditions":
            parts = _list(fields, key, place)
            fields[key] = tuple(_condition(one, f"{where}[{k}]", depth + 1) for k, one in enumerate(parts))
        elif key == "role":
            fields[key] = _role(part, where)
        elif key in {"of", "one_of"}:
            fields[key] = tuple(_list(fields, key, place))
    return _born(noun, fields, place)


def _born(noun: type[_Noun], fields: dict[str, Any], place: str) -> _Noun:
    missing = [
        field.name
        for field in dataclasses.fields(noun)
        if field.name not in fields and field.default is dataclasses.MISSING
    ]
    if missing:
        raise QueryError(f"{place} lacks {', '.join(missing)}")
    for field in dataclasses.fields(noun):
        value = fields.get(field.name)
        if isinstance(value, int) and not isinstance(value, bool) and _is_float(field):
            fields[field.name] = _float(value, f"{place}.{field.name}")
        elif value is None and field.name in fields:
            raise QueryError(f"{place}.{field.name} is null", hint="Leave it out.")
    try:
        return noun(**fields)
    except QueryError as error:
        raise QueryError(f"{place}: {error}", hint=error.hint) from error


def _float(value: int, place: str) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise QueryError(f"{place} is too large a number") from error


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise QueryError(f"the key {_shown(twice)} is there twice")
    return fields


def _no_number(text: str) -> NoReturn:
    raise QueryError(f"{text} is no number")


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:58]} …"
