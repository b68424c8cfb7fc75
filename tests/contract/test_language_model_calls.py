"""Tool calls as servers send them: what is sound is carried out, the rest is mended once or dropped; and the budget."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from zhixing.testing import language_model_server as server
from zhixing.testing.language_model_server import calls, delta, says, streams

KEY = "sk-secret-0123456789"


def test_a_faulty_call_is_told_to_the_model_once(play: Callable[..., Any]) -> None:
    run = play(calls(("set_climate", {"celsius": 99})), calls(("set_climate", {"celsius": 30})), says("Done."))
    assert [call.arguments for asked in run.asked for call in asked] == [{"celsius": 30}]
    assert "celsius must be at most 32, not 99" in run.body(1)["messages"][-1]["content"]
    run = play(calls(("set_climate", {"celsius": 99})), calls(("set_climate", '{"celsius": 2')))
    assert (run.thought.outcome, run.asked) == ("nonsense", ())
    assert len(run.server.received) == 2


@pytest.mark.parametrize(
    "bad",
    [
        '{"celsius": 2',
        '{"celsius": NaN}',
        "[]",
        '{"celsius": "22"}',
        '{"celsius": 22, "zone": "all"}',
        "{}",
        "null",
        "}",
    ],
)
def test_arguments_that_do_not_fit_are_never_carried_out(play: Callable[..., Any], bad: str) -> None:
    run = play(calls(("set_climate", bad)), says("Sorry."))
    assert (run.asked, run.thought.outcome, run.said) == ((), "answered", "Sorry.")
    assert json.loads(run.body(1)["messages"][2]["tool_calls"][0]["function"]["arguments"]) is not None


def test_unknown_tools_are_named_to_the_model_and_sound_calls_beside_them_carried_out(play: Callable[..., Any]) -> None:
    run = play(calls(("open_all", {}), ("get_range", {}), ("ev il", {})), calls(("rm_rf", {})))
    assert [call.name for asked in run.asked for call in asked] == ["get_range"]
    told = run.body(1)["messages"]
    assert [message["role"] for message in told[2:]] == ["assistant", "tool", "tool"]
    assert "get_range, set_climate" in told[3]["content"]
    assert run.thought.outcome == "nonsense"


def test_hundreds_of_calls_are_cut_to_a_few(play: Callable[..., Any]) -> None:
    run = play(
        calls(*[("get_range", {"n": n}) for n in range(500)]), says("Done."), max_calls_per_step=4, max_tokens=9000
    )
    assert len(run.asked[0]) == 4
    assert len(run.body(1)["messages"]) == 2 + 1 + 4
    assert len(run.thinking.transcript.entries()) < 20


def test_calls_numbered_with_gaps_twice_or_not_at_all_are_kept_apart(play: Callable[..., Any]) -> None:
    def piece(index: object, call_id: str, celsius: float, name: str = "set_climate") -> dict[str, object]:
        function = {"name": name, "arguments": json.dumps({"celsius": celsius})}
        return delta({"tool_calls": [{"index": index, "id": call_id, "function": function}]})

    scripts = {
        "gaps": [piece(7, "a", 20), piece(2**20, "b", 21)],
        "all 0": [piece(0, "a", 20), piece(0, "b", 21)],
        "none": [piece(None, "a", 20), piece("x", "b", 21), piece(-1, "", 22)],
        "one id": [piece(0, "a", 20), piece(1, "a", 21)],
        "strange ids": [piece(0, "窗", 20), piece(1, KEY, 21)],
    }
    for script, chunks in scripts.items():
        run = play(streams(*chunks, delta({}, "tool_calls"), "[DONE]"), says("Done."))
        assert [call.arguments["celsius"] for call in run.asked[0]][:2] == [20, 21], script
        ids = [call.call_id for call in run.asked[0]]
        assert len(set(ids)) == len(ids)
    twice = play(streams(piece(0, "a", 20), piece(1, "a", 20), delta({}, "tool_calls"), "[DONE]"), says("Done."))
    assert len(twice.asked[0]) == 1


def test_calls_of_a_reply_that_broke_off_are_not_carried_out(play: Callable[..., Any]) -> None:
    whole = {"index": 0, "id": "a", "function": {"name": "get_range", "arguments": "{}"}}
    run = play(streams(delta({"content": "Well. "}), delta({"tool_calls": [whole]})))
    assert (run.thought.outcome, run.asked, run.said) == ("unreachable", (), "Well. ")


def test_a_call_cut_off_at_max_tokens_is_not_carried_out(play: Callable[..., Any]) -> None:
    head = {"index": 0, "id": "a", "function": {"name": "get_range", "arguments": ""}}
    run = play(streams(delta({"tool_calls": [head]}, "length"), "[DONE]"), says("Sorry."))
    assert (run.asked, run.said) == ((), "Sorry.")
    assert "cut off" in run.body(1)["messages"][-1]["content"]


def test_numbers_that_come_with_every_chunk_make_no_reply_whole(play: Callable[..., Any]) -> None:
    whole = {"index": 0, "id": "a", "function": {"name": "get_range", "arguments": "{}"}}
    run = play(streams(delta({"tool_calls": [whole]}) | {"usage": server.USAGE}, "[DONE]"))
    assert (run.thought.outcome, run.asked) == ("unreachable", ())


def test_leaked_calls_are_carried_out_where_they_fit_and_never_spoken(play: Callable[..., Any]) -> None:
    leak = '<tool_call>{"name": "set_climate", "arguments": {"celsius": %s}}</tool_call>'
    run = play(says("好。", leak[:7], leak[7:] % "22"), says("Done."))
    assert run.said == "好。Done."
    assert [call.arguments for call in run.asked[0]] == [{"celsius": 22}]
    assert "<tool_call>" not in json.dumps(run.body(1))
    run = play(says("好。" + leak % "99"))
    assert (run.said, run.asked, run.thought.outcome) == ("好。", (), "answered")


def test_halves_of_characters_break_no_later_request(play: Callable[..., Any]) -> None:
    half = {"role": "user", "content": "half \ud83d"}
    words = delta({"content": "\ud83d\ude00 \ud83d"}, "stop")
    broken = calls(("get_range", '{"x": "\\ud800"}'))
    run = play(broken, calls(("get_range", {})), streams(json.dumps(words)), words=[half])
    assert run.thought.outcome == "answered"
    assert "no text" in run.body(1)["messages"][-1]["content"]
    assert run.body(2)["messages"][0]["content"] == "half ?"
    assert run.said == "😀 \ufffd"


def test_steps_are_counted(play: Callable[..., Any]) -> None:
    run = play(calls(("get_range", {})), max_steps=3)
    assert (run.thought.outcome, len(run.asked), len(run.server.received)) == ("out_of_steps", 2, 3)
    assert [body.get("tool_choice") for body in map(run.body, range(3))] == [None, None, "none"]


def test_money_is_counted_before_it_is_spent(play: Callable[..., Any]) -> None:
    usage = {"prompt_tokens": 30_000, "completion_tokens": 100}
    run = play(calls(("get_range", {}), usage=usage), max_cost=0.01)
    assert run.thought.outcome == "out_of_money"
    assert run.thought.usage.num_requests == 2
    assert play(says("unused"), max_cost=1e-6).thought.usage.num_requests == 0
