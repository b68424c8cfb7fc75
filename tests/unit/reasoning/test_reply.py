"""A reply put together from chunks: what it makes of good ones, and that no chunk at all upsets it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.reasoning.leaks import leaked_calls
from zhixing.reasoning.reply import Reply
from zhixing.reasoning.speakable import Speakable
from zhixing.reasoning.tools import Tool

HORN = Tool("sound_horn", "", {"type": "object", "properties": {"n": {}}}, is_read_only=False)
TOOLS = {HORN.name: HORN}
NAMES = ["choices", "delta", "message", "tool_calls", "function", "index", "id", "name", "arguments", "content", "text"]
NAMES += ["reasoning_content", "reasoning", "usage", "model", "finish_reason"]
WORDS = ["sound_horn", "{}"]
CHUNKS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["sound_horn", "{}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


def new_reply() -> Reply:
    return Reply(Speakable(names=TOOLS), max_tokens=100)


def chunk(**change: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": change}]}


@given(st.lists(CHUNKS | CHUNKS.map(lambda delta: {"choices": [{"delta": delta}]}), max_size=6))
def test_no_chunk_upsets_it(chunks: list[object]) -> None:
    reply = new_reply()
    spoken = "".join(reply.feed(one) for one in chunks) + reply.close()
    assert reply.spoken == spoken
    assert all(isinstance(call.name, str) and isinstance(call.call_id, str) for call in reply.calls(TOOLS))
    assert reply.num_bytes >= 0


@given(st.lists(st.text('{}":n1, ', max_size=3), max_size=6))
def test_arguments_are_joined_in_order(pieces: list[str]) -> None:
    reply = new_reply()
    reply.feed(chunk(tool_calls=[{"index": 3, "id": "a", "function": {"name": "sound_horn"}}]))
    for piece in pieces:
        reply.feed(chunk(tool_calls=[{"index": 3, "function": {"arguments": piece}}]))
    assert [(call.name, call.arguments) for call in reply.calls(TOOLS)] == [("sound_horn", "".join(pieces))]


def test_a_name_that_is_repeated_or_cut_is_one_name() -> None:
    for names in (["sound_horn", "sound_horn"], ["sound_", "horn"]):
        reply = new_reply()
        for name in names:
            reply.feed(chunk(tool_calls=[{"index": 0, "function": {"name": name, "arguments": ""}}]))
        assert [call.name for call in reply.calls(TOOLS)] == ["sound_horn"]


def test_arguments_may_come_as_an_object() -> None:
    reply = new_reply()
    reply.feed(chunk(tool_calls=[{"id": "a", "function": {"name": "sound_horn", "arguments": {"n": 2}}}]))
    assert reply.calls(TOOLS)[0].arguments == {"n": 2}


def test_leaked_calls_count_only_where_there_are_no_proper_ones() -> None:
    leak = '<tool_call>{"name": "sound_horn", "arguments": {"n": 1}}</tool_call>'
    reply = new_reply()
    reply.feed(chunk(content=leak))
    assert [call.arguments for call in reply.calls(TOOLS)] == [{"n": 1}]
    reply.feed(chunk(tool_calls=[{"index": 0, "function": {"name": "sound_horn", "arguments": "{}"}}]))
    assert [call.arguments for call in reply.calls(TOOLS)] == ["{}"]


HOSTILE = [
    *("(" * 5000, "-" * 900 + "1", "-" * 50_000 + "1", "[" * 190 + "]" * 190),
    *("a." * 400 + "a", "not " * 240 + "1", "f'{'" * 200, "lambda:" * 120 + "1"),
    *("__import__('os').getpid()", "open('/etc/passwd')", "(lambda: 1)()", "1 if 1 else 2", "2**9**9**9"),
]


@pytest.mark.parametrize("inner", HOSTILE)
def test_hostile_code_is_neither_run_nor_a_crash(inner: str) -> None:
    found = leaked_calls(f"sound_horn(n={inner})", TOOLS)
    assert all(not isinstance(arguments["n"], str) for _, arguments in found)
    assert not found or set(inner) <= set("-1[]")


def test_calls_in_code_are_read() -> None:
    assert leaked_calls("sound_horn(n=1)", TOOLS) == (("sound_horn", {"n": 1}),)
    assert leaked_calls("[sound_horn(n=1), sound_horn(n=[2, 'x'])]", TOOLS)[1] == ("sound_horn", {"n": [2, "x"]})
