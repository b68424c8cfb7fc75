"""Replies made to stop the car: while a regular expression runs, no other thread does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from zhixing.reasoning.leaks import leaked_calls
from zhixing.reasoning.reply import Reply
from zhixing.reasoning.speakable import Speakable
from zhixing.reasoning.tolerant import parse_arguments, parse_json
from zhixing.reasoning.tools import Tool

SIZE = 32_000
SIZES = (500, 1000, 2000, 4000, 8000, SIZE)  # the small ones first: what is super-linear fails there, not after hours
MOST = 300.0
"""Countings to 20,000: 0.3 s on an idle core; the slowest text takes 140 of them."""
SHAPE = {"type": "object", "properties": {"a": {"type": "number"}}, "additionalProperties": False}
TOOLS = {name: Tool(name, "", SHAPE, is_read_only=True) for name in ("x", "set_climate", "functions_x")}


def filled(head: str, part: str, tail: str = "") -> str:
    return head + part * ((SIZE - len(head) - len(tail)) // len(part)) + tail


HOSTILE = {
    "fence and spaces": filled("```", " ", "x"),
    "fences and spaces": filled("", "```   "),
    "fence and words": filled("```", "a-", " {"),
    "keys": filled("<tool_call>x", "<arg_key></arg_key><arg_value>"),
    "keys without values": filled("<tool_call>x", "<arg_key></arg_key> "),
    "keys and spaces": filled("<tool_call>x<arg_key></arg_key>", " "),
    "calls of keys": filled("", "<tool_call>x<arg_key>"),
    "parameters": filled("<invoke name=x>", "<parameter=a>"),
    "long parameters": filled("<invoke name=x>", f"<parameter={'a' * 160}"),
    "parameters and spaces": filled("<invoke name=x><parameter", " "),
    "ends of parameters": filled("<invoke name=x><parameter=a>", "</parameter "),
    "invocations": filled("<tool_call>", "<invoke name=x>"),
    "long invocations": filled("<tool_call>", f"<invoke name={'a' * 160}"),
    "invocation and spaces": filled("<invoke", " "),
    "call and spaces": filled("<tool_call>", " "),
    "single quote and escapes": filled("{'", '\\"'),
    "single quotes": filled("{'", "'"),
    "double quote and escapes": filled('{"', "\\'"),
    "odd quotes": filled("{", "\"'"),
    "backslashes": filled("{'", "\\"),
    "commas": filled("{", ", ", "]"),
    "braces and spaces": filled("{" + " " * 9000, "} "),
    "words and spaces": filled("{", ",a" + " " * 90),
    "numbers": filled("[", "9" * 4299 + ",", "1]"),
    "pieces": filled("", "{}a "),
    "fenced pieces": filled("", "```x```a "),
    "objects": filled("", "{}"),
    "bad objects": filled("", "{'}"),
    "nested objects": filled("", "{") + "}" * SIZE,
    "nested lists": "{" + "[" * (SIZE // 2) + "]" * (SIZE // 2) + "}",
    "named lists": filled('{"tool_calls":' + "[" * 400, '{"name":"x","args":{}},', "{}" + "]" * 400 + "}"),
    "tags without end": filled("{}", "<a"),
    "less-thans": filled("{}", "<", "{}"),
    "closing thoughts": filled("<think>", "</think"),
    "thoughts": filled("", "<think>"),
    "ended thoughts": filled("", "<think>a</think>"),
    "long tags": filled("", "<tool" + "a" * 280),
    "tokens": filled("", "<|a|"),
    "brackets": filled("", "["),
    "brackets and spaces": filled("", "[" + " " * 39),
    "bracket marks": filled("[TOOL_CALLS]", "[/TOOL_CALL"),
    "name and dots": filled("set_climate", "."),
    "names": filled("", "set_climate "),
    "long name": filled("", "set_"),
    "prefixes": filled("", "functions."),
    "code": filled("x(a=", "(", ")"),
    "code and fence": filled("```python\nx(a=1)", "```  "),
    "backticks": filled("", "`"),
    "spaces": filled("", " "),
    "words": filled("", "a b "),
    "one word": filled("", "a"),
    "wide words": filled("😀", "a😀 "),
    "key's beginnings": filled("", "sk-secret-"),
    "key's joiners": filled("s", "\u200d"),
    "half characters": filled("", "\ud83d"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("read", [parse_arguments, parse_json, lambda text: leaked_calls(text, TOOLS)])
def test_a_text_made_to_take_long_does_not(
    countings: Callable[..., float], read: Callable[[str], object], text: str
) -> None:
    def deed(size: int) -> None:
        with suppress(ValueError):
            read(text[:size])

    for size in SIZES:
        assert countings(partial(deed, size), MOST) < MOST


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("step", [16, SIZE])
def test_a_reply_made_to_take_long_does_not_however_it_is_cut(
    countings: Callable[..., float], text: str, step: int
) -> None:
    def deed(size: int) -> None:
        reply = Reply(Speakable(names=TOOLS, secrets=("sk-secret-0123456789",)), max_tokens=2048)
        for place in range(0, size, step):
            reply.feed({"choices": [{"delta": {"content": text[place : min(place + step, size)]}}]})
        reply.close()
        reply.calls(TOOLS)

    for size in (1000, 8000, SIZE):
        assert countings(partial(deed, size), MOST) < MOST


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_arguments_made_to_take_long_do_not_however_they_are_cut(countings: Callable[..., float], text: str) -> None:
    def deed(size: int) -> None:
        reply = Reply(Speakable(names=TOOLS), max_tokens=2048)
        for place in range(0, size, 7):
            piece = {"id": "a", "function": {"name": "x", "arguments": text[place : min(place + 7, size)]}}
            reply.feed({"choices": [{"delta": {"tool_calls": [piece]}}]})
        for call in reply.calls(TOOLS):
            assert isinstance(call.arguments, str)
            parse_arguments(call.arguments)

    for size in (1000, 8000, SIZE):
        assert countings(partial(deed, size), MOST) < MOST


def test_many_calls_without_numbers_do_not_take_long(countings: Callable[..., float]) -> None:
    chunk = {"choices": [{"delta": {"tool_calls": [{"id": f"id-{number}"} for number in range(20_000)]}}]}
    assert countings(lambda: Reply(Speakable(names=TOOLS), max_tokens=2048).feed(chunk), MOST) < MOST


def test_a_piece_beyond_all_bounds_is_not_looked_at(countings: Callable[..., float]) -> None:
    chunk = {"choices": [{"delta": {"content": "[ <a `" * 400_000}}]}

    def deed() -> None:
        reply = Reply(Speakable(names=TOOLS), max_tokens=100)
        assert reply.feed(chunk) == ""
        assert reply.is_too_long

    assert countings(deed, MOST) < MOST
