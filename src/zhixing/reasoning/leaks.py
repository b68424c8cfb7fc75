"""Tool calls that a server left in the text: read where they name an offered tool and fit it, else dropped.

Self-hosted servers without the right parser pass on the markup of the model's own family. The families differ, the
shapes are five: tags with named parameters, keys and values in tags, JSON that names the tool, a name before its JSON,
and code. Ends of tags are looked for from where the last one was found: no text is gone through twice.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from zhixing.reasoning.schema import Schema
from zhixing.reasoning.tolerant import parse_arguments, parse_json
from zhixing.reasoning.tools import Tool

_INVOKE = re.compile(
    r"""<[|｜]?(?:DSML[|｜])?(?:\w{1,20}:)?(?:invoke\s+name=["']?|function=)([\w.-]{1,80})["']?[^<>]{0,80}>"""
)
_INVOKE_END = re.compile(r"</[|｜]?(?:DSML[|｜])?(?:\w{1,20}:)?(?:invoke|function)\s*>")
_PARAMETER = re.compile(
    r"""<[|｜]?(?:DSML[|｜])?(?:\w{1,20}:)?parameter(?:\s+name=["']?|=)([\w.-]{1,80})["']?([^<>]{0,80})>"""
)
_PARAMETER_END = re.compile(r"</[|｜]?(?:DSML[|｜])?(?:\w{1,20}:)?parameter\s*>")
_KEYED = re.compile(r"<tool_call>\s*([\w.-]{1,80})\s*(?=<arg_key>|</tool_call>|$)")
_KEY, _KEY_END, _VALUE, _VALUE_END = "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>"
_SPACE = re.compile(r"\s*")
_TAG = re.compile(r"<[^<>{}]{0,200}>|\[/?[A-Z_]{2,40}\]|```\w*|:\d+\b|\bfunction\b(?!=)")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_NAME_KEYS = ("name", "tool", "tool_name", "function", "function_name", "recipient_name", "action")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "input", "action_input", "params")
_MOST = 64
_MOST_VALUES = 512
_LONGEST = 32_768
_LONGEST_CODE = 1000  # Python's own parser is no match for nesting without end

Call = tuple[str, Mapping[str, object]]


def leaked_calls(hidden: str, tools: Mapping[str, Tool]) -> tuple[Call, ...]:
    """Return the calls in one piece of hidden text that fit an offered tool.

    Args:
        hidden: One of :attr:`zhixing.reasoning.speakable.Speakable.hidden`.
        tools: Offered tools by name.

    Example:
        >>> tool = Tool("horn", "Sounds the horn.", {"type": "object", "properties": {}}, False)
        >>> leaked_calls('<tool_call>{"name": "horn", "arguments": {}}</tool_call>', {"horn": tool})
        (('horn', {}),)
    """
    if len(hidden) > _LONGEST:
        return ()
    for shape in (_tagged, _keyed, _json, _code):
        found = [call for call in shape(hidden, tools) if _fits(call, tools)]
        if found:
            return tuple(found[:_MOST])
    return ()


def _fits(call: Call, tools: Mapping[str, Tool]) -> bool:
    name, arguments = call
    return name in tools and not tools[name].complaint(arguments)


def _tagged(text: str, tools: Mapping[str, Tool]) -> Iterator[Call]:
    for start, limit in _sections(_INVOKE, text):
        end = _INVOKE_END.search(text, start.end(), limit)
        body = text[start.end() : end.start() if end else limit]
        name = _bare(start.group(1))
        rules = _properties(tools, name)
        if not body.lstrip().startswith("{"):
            yield name, {key: _typed(value, rules.get(key), about) for key, about, value in _parameters(body)}
        elif (arguments := parse_arguments(body)) is not None:
            yield name, arguments


def _keyed(text: str, tools: Mapping[str, Tool]) -> Iterator[Call]:
    for start, limit in _sections(_KEYED, text):
        name = _bare(start.group(1))
        rules = _properties(tools, name)
        pairs = _pairs(text[start.end() : limit])
        yield name, {key.strip(): _typed(value, rules.get(key.strip())) for key, value in pairs}


def _parameters(body: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, remarks and value of each parameter up to the first that has no end."""
    place = 0
    while (start := _PARAMETER.search(body, place)) and (end := _PARAMETER_END.search(body, start.end())):
        yield start.group(1), start.group(2), body[start.end() : end.start()]
        place = end.end()


def _pairs(body: str) -> Iterator[tuple[str, str]]:
    """Yield each key with the value behind it, up to the first that has no end."""
    place = 0
    while (start := body.find(_KEY, place)) >= 0 and (end := body.find(_KEY_END, start)) >= 0:
        key = body[start + len(_KEY) : end]
        space = _SPACE.match(body, end + len(_KEY_END))
        place = space.end() if space else len(body)
        if not body.startswith(_VALUE, place):
            continue
        place += len(_VALUE)
        value_end = body.find(_VALUE_END, place)
        if value_end < 0:
            return
        yield key, body[place:value_end]
        place = value_end + len(_VALUE_END)


def _sections(mark: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield each mark and where the next one begins."""
    starts = list(mark.finditer(text))
    limits = [*(start.start() for start in starts), len(text)]
    yield from zip(starts, limits[1:], strict=True)


def _json(text: str, tools: Mapping[str, Tool]) -> Iterator[Call]:
    place = 0
    for _ in range(_MOST_VALUES):
        start = text.find("{", place)
        end = _end_of_json(text, start) if start >= 0 else None
        if end is None:
            return
        try:
            value = parse_json(text[start:end])
        except ValueError:
            value = None
        named = list(_named(value))
        if named:
            yield from named
        elif isinstance(value, dict):
            before = _NAME.findall(_TAG.sub(" ", text[place:start]))
            if before and _bare(before[-1]) in tools:
                yield _bare(before[-1]), value
        place = end


def _named(value: object) -> Iterator[Call]:
    if isinstance(value, list):
        for one in value:
            yield from _named(one)
    if not isinstance(value, dict):
        return
    inner = value.get("tool_calls", value.get("function"))
    if isinstance(inner, list | dict):
        yield from _named(inner)
        return
    name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
    arguments = next((value[key] for key in _ARGUMENT_KEYS if key in value), None)
    if isinstance(arguments, str):
        arguments = parse_arguments(arguments)
    if isinstance(name, str) and isinstance(arguments, dict):
        yield _bare(name), arguments


def _code(text: str, tools: Mapping[str, Tool]) -> Iterator[Call]:
    text = text.strip()
    if len(text) > _LONGEST_CODE:
        return
    text = re.sub(r"^```\w*|```$", "", text).strip()
    if not any(f"{name}(" in text for name in tools):
        return
    try:
        body = ast.parse(re.sub(r"\bfunctions\.", "", text), mode="eval").body
        calls = body.elts if isinstance(body, ast.List | ast.Tuple) else [body]
        for call in calls:
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and not call.args:
                yield call.func.id, {word.arg or "**": ast.literal_eval(word.value) for word in call.keywords}
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return


def _end_of_json(text: str, start: int) -> int | None:
    depth, place, is_quoted = 0, start, False
    while place < len(text):
        char = text[place]
        if is_quoted:
            place += char == "\\"
            is_quoted = char != '"'
        elif char == '"':
            is_quoted = True
        elif char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return None


def _bare(name: str) -> str:
    return name.removeprefix("functions.").rstrip(".-")


def _properties(tools: Mapping[str, Tool], name: str) -> Mapping[str, Schema]:
    found: Mapping[str, Schema] = tools[name].parameters.get("properties", {}) if name in tools else {}
    return found


def _typed(value: str, rule: Schema | None, about: str = "") -> object:
    """Return a parameter's text as the schema or the tag says it is meant."""
    is_text = rule is not None and rule.get("type") == "string"
    if is_text or 'string="true"' in about:
        return value.strip("\n")
    try:
        return parse_json(value)
    except ValueError:
        return value.strip("\n")
