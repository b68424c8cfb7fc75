"""JSON schemas that are checked in full: a schema with a rule that this module does not know is refused.

Servers check types at best, never ranges, so values are checked here before anybody acts on them. A closed subset is
worth more than a whole validator here: a rule that somebody writes and nobody checks would be a hole.
Stricter than JSON schema: true is no number, NaN, infinity and halves of characters are no values, and nothing is
nested deeper than 32.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zhixing.errors import InputError

Schema = Mapping[str, Any]

_DEEPEST = 32
_IS_OF_TYPE: dict[str, Callable[[object], bool]] = {
    "object": lambda v: isinstance(v, Mapping),
    "array": lambda v: isinstance(v, list | tuple),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "integer": lambda v: _is_number(v) and float(v).is_integer(),  # type: ignore[arg-type]
    "number": lambda v: _is_number(v),  # noqa: PLW0108  # defined further down
}
_RULES: dict[str, type | tuple[type, ...]] = {
    "type": (str, list, tuple),
    "enum": (list, tuple),
    "const": object,
    "properties": Mapping,
    "required": (list, tuple),
    "additionalProperties": (bool, Mapping),
    "minimum": (int, float),
    "maximum": (int, float),
    "exclusiveMinimum": (int, float),
    "exclusiveMaximum": (int, float),
    "multipleOf": (int, float),
    "minLength": int,
    "maxLength": int,
    "items": Mapping,
    "minItems": int,
    "maxItems": int,
    "anyOf": (list, tuple),
    "$ref": str,
    "$defs": Mapping,
}
_REMARKS = {"title", "description", "default", "examples", "$schema", "$comment", "format", "unit"}


def check_schema(schema: Schema, root: Schema | None = None) -> None:
    """Check that every rule of a schema is known and well-formed.

    Raises:
        InputError: A rule is unknown or malformed; the message names it.

    Example:
        >>> check_schema({"type": "string", "pattern": "^a"})
        Traceback (most recent call last):
        zhixing.errors.InputError: the schema's 'pattern' is not checked here
    """
    root = schema if root is None else root
    for name, rule in schema.items():
        if name in _REMARKS:
            continue
        if name not in _RULES:
            raise InputError(f"the schema's {name!r} is not checked here", hint=f"Known: {', '.join(_RULES)}.")
        if not isinstance(rule, _RULES[name]) or (isinstance(rule, bool) and bool not in _kinds(name)):
            raise InputError(f"the schema's {name!r} is {rule!r}", hint="See json-schema.org for its form.")
    types = _types(schema)
    if any(kind not in _IS_OF_TYPE for kind in types):
        raise InputError(f"the schema's type is {schema['type']!r}", hint=f"Known: {', '.join(_IS_OF_TYPE)}.")
    if not schema.get("multipleOf", 1) > 0:
        raise InputError("the schema's 'multipleOf' is not positive")
    if "$ref" in schema:
        _resolve(schema["$ref"], root)
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", ())]
    inner += [schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), Mapping)]
    for one in inner:
        if not isinstance(one, Mapping):
            raise InputError(f"a schema within the schema is {one!r}", hint="Schemas are objects.")
        check_schema(one, root)


def complaint(value: object, schema: Schema) -> str:
    """Return what is wrong with a value, in words that help a model to mend it; empty where nothing is.

    Args:
        value: As read from JSON.
        schema: One that :func:`check_schema` has accepted.

    Example:
        >>> celsius = {"type": "number", "minimum": 16, "maximum": 32}
        >>> complaint({"celsius": 40}, {"type": "object", "properties": {"celsius": celsius}})
        'celsius must be at most 32, not 40'
    """
    return _complaint(value, schema, schema, "", _DEEPEST)


def _complaint(value: object, schema: Schema, root: Schema, where: str, depth: int) -> str:
    name = where or "the value"
    if depth < 0:
        return f"{name} is nested too deeply"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{name} must be a finite number"
    if "$ref" in schema and (wrong := _complaint(value, _resolve(schema["$ref"], root), root, where, depth - 1)):
        return wrong
    types = _types(schema)
    if types and not any(_IS_OF_TYPE[kind](value) for kind in types):
        return f"{name} must be {' or '.join(types)}, not {_short(value)}"
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        return f"{name} must be one of {', '.join(map(_short, schema['enum']))}, not {_short(value)}"
    if "const" in schema and not _same(value, schema["const"]):
        return f"{name} must be {_short(schema['const'])}, not {_short(value)}"
    if "anyOf" in schema:
        wrongs = [_complaint(value, one, root, where, depth - 1) for one in schema["anyOf"]]
        if all(wrongs):
            return "; or ".join(dict.fromkeys(wrongs))
    if _is_number(value):
        return _number_complaint(value, schema, name)  # type: ignore[arg-type]
    if isinstance(value, str):
        is_whole = not any("\ud800" <= char <= "\udfff" for char in value)
        return _size_complaint(len(value), schema, "Length", "characters", name) if is_whole else f"{name} is no text"
    if isinstance(value, Mapping):
        return _object_complaint(value, schema, root, where, depth)
    if isinstance(value, list | tuple):
        return _size_complaint(len(value), schema, "Items", "items", name) or _items_complaint(
            value, schema, root, where, depth
        )
    return ""


def _number_complaint(value: float, schema: Schema, name: str) -> str:
    if not value >= schema.get("minimum", -math.inf):
        return f"{name} must be at least {schema['minimum']}, not {_short(value)}"
    if not value <= schema.get("maximum", math.inf):
        return f"{name} must be at most {schema['maximum']}, not {_short(value)}"
    if "exclusiveMinimum" in schema and not value > schema["exclusiveMinimum"]:
        return f"{name} must be above {schema['exclusiveMinimum']}, not {_short(value)}"
    if "exclusiveMaximum" in schema and not value < schema["exclusiveMaximum"]:
        return f"{name} must be below {schema['exclusiveMaximum']}, not {_short(value)}"
    step = schema.get("multipleOf")
    if step and not abs(value / step - round(value / step)) <= 1e-9 * max(1.0, abs(value / step)):
        return f"{name} must be a multiple of {step}, not {_short(value)}"
    return ""


def _size_complaint(size: int, schema: Schema, rule: str, unit: str, name: str) -> str:
    if size < schema.get(f"min{rule}", 0):
        return f"{name} must have at least {schema[f'min{rule}']} {unit}, not {size}"
    if size > schema.get(f"max{rule}", math.inf):
        return f"{name} must have at most {schema[f'max{rule}']} {unit}, not {size}"
    return ""


def _object_complaint(value: Mapping[Any, object], schema: Schema, root: Schema, where: str, depth: int) -> str:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key in schema.get("required", ()):
        if key not in value:
            return f"{_within(where, key)} is missing"
    for key, inner in value.items():
        if not isinstance(key, str) or any("\ud800" <= char <= "\udfff" for char in key):
            return f"a name in {where or 'the value'} is no text"
        if key in known:
            wrong = _complaint(inner, known[key], root, _within(where, key), depth - 1)
        elif isinstance(others, Mapping):
            wrong = _complaint(inner, others, root, _within(where, key), depth - 1)
        elif not others:
            wrong = f"{_within(where, key)} is not known; known: {', '.join(known) or 'nothing'}"
        else:
            wrong = _complaint(inner, {}, root, _within(where, key), depth - 1)
        if wrong:
            return wrong
    return ""


def _items_complaint(value: Sequence[object], schema: Schema, root: Schema, where: str, depth: int) -> str:
    rule = schema.get("items", {})
    wrongs = (_complaint(item, rule, root, f"{where}[{place}]", depth - 1) for place, item in enumerate(value))
    return next((wrong for wrong in wrongs if wrong), "")


def _resolve(reference: str, root: Schema) -> Schema:
    name = reference.removeprefix("#/$defs/")
    if reference == "#":
        return root
    target = root.get("$defs", {}).get(name)
    if name == reference or not isinstance(target, Mapping):
        raise InputError(f"the schema refers to {reference!r}, which is not there", hint="Use #/$defs/NAME.")
    return target


def _types(schema: Schema) -> tuple[str, ...]:
    kind = schema.get("type", ())
    return (kind,) if isinstance(kind, str) else tuple(kind)


def _kinds(name: str) -> tuple[type, ...]:
    kinds = _RULES[name]
    return (*kinds, bool) if isinstance(kinds, tuple) and bool in kinds else ((bool,) if kinds is object else ())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _within(where: str, key: object) -> str:
    return f"{where}.{str(key)[:40]}" if where else str(key)[:40]


def _short(value: object) -> str:
    text = repr(value) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= 60 else f"{text[:58]} …"
