"""Good servers, and what the caller may do: listen, answer, never answer, cancel."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.conversation import Conversation
from zhixing.reasoning.reasoner import Reasoner
from zhixing.reasoning.thinking import Thinking
from zhixing.reasoning.thought import Asked, Event, Finished
from zhixing.reasoning.tools import Tool, ToolAnswer
from zhixing.testing import language_model_server as server
from zhixing.testing.language_model_server import Play, ScriptedServer, calls, says


def test_words_are_streamed_as_they_come(play: Callable[..., Any]) -> None:
    run = play(says("好的，", "马上", "。", hold_s=0.02))
    assert run.thought.outcome == "answered"
    assert run.said == "好的，马上。"
    assert run.thought.is_model_as_asked
    assert run.thought.usage.num_requests == 1
    assert 0 < (run.thought.usage.first_token_s or 0) < run.thought.usage.total_s
    said = [entry for entry in run.thinking.transcript.entries() if entry.kind == "said"]
    assert len(said) == 3
    assert said[0].at_s < said[2].at_s


def test_tools_are_carried_out_by_the_caller_and_told_to_the_model(play: Callable[..., Any]) -> None:
    both = calls(("set_climate", {"celsius": 22}), ("get_range", ""), says="Let me see. ")
    run = play(both, says("Done."))
    assert [(call.name, call.arguments) for call in run.asked[0]] == [
        ("set_climate", {"celsius": 22}),
        ("get_range", {}),
    ]
    assert run.said == "Let me see. Done."
    told = run.body(1)["messages"]
    assert [message["role"] for message in told] == ["system", "user", "assistant", "tool", "tool"]
    assert [message["tool_call_id"] for message in told[3:]] == [call.call_id for call in run.asked[0]]
    assert run.thought.messages[:3] == tuple(told[2:])
    assert run.thought.usage.num_requests == 2


def test_cached_tokens_are_counted_as_deepseek_and_as_openai_tell_them(play: Callable[..., Any]) -> None:
    deepseek = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_cache_hit_tokens": 900}
    openai = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 900}}
    for usage in (deepseek, openai):
        taken = play(says("Yes.", usage=usage)).thought.usage
        assert (taken.prompt_tokens, taken.cached_tokens, taken.completion_tokens) == (1000, 900, 100)
        assert taken.cost == pytest.approx((100 * 0.30 + 900 * 0.006 + 100 * 1.20) / 1e6)
        assert not taken.is_estimated


def test_what_was_sent_is_the_beginning_of_what_is_sent_later(play: Callable[..., Any]) -> None:
    tools = [Tool(name, "", {"type": "object"}, is_read_only=True) for name in ("set_climate", "get_range")]
    talk = Conversation("You are a car.").with_words("有点冷", state="inside: 17 °C")
    first = play(calls(("set_climate", {"celsius": 22})), says("Done."), words=talk.messages(), tools=tools)
    talk = talk.with_thought(first.thought).with_words("再高一点", state="inside: 19 °C")
    second = play(says("Done."), words=talk.messages(), tools=tools[::-1])
    raw = [
        json.dumps(request["messages"], ensure_ascii=False)[:-1]
        for request in (*map(first.body, (0, 1)), second.body(0))
    ]
    assert raw[1].startswith(raw[0])
    assert raw[2].startswith(raw[1])
    assert json.dumps(first.body(0)["tools"]) == json.dumps(second.body(0)["tools"])
    assert "inside: 19 °C" in second.body(0)["messages"][-1]["content"]
    assert "developer" not in {message["role"] for message in second.body(0)["messages"]}


def test_thoughts_are_sent_back_and_never_spoken(play: Callable[..., Any]) -> None:
    thinking_call = calls(("get_range", {}), thoughts=("I must ", "look."))
    run = play(thinking_call, says("300 km.", thoughts=("Fine.",)), thinking=True, thinking_switch="thinking")
    assert run.said == "300 km."
    assert run.body(0)["thinking"] == {"type": "enabled"}
    assert not {"temperature", "tool_choice"} & set(run.body(0)) | set(run.body(1)) & {"temperature", "tool_choice"}
    assert run.body(1)["messages"][2]["reasoning_content"] == "I must look."
    talk = Conversation("x").with_words("range?").with_thought(run.thought).with_words("sure?")
    assert [message.get("reasoning_content") for message in talk.messages()] == [
        *(None, None, "I must look.", None, "Fine.", None)
    ]


@pytest.mark.parametrize(
    ("config", "sent"),
    [
        ({"thinking_switch": "thinking"}, {"thinking": {"type": "disabled"}, "temperature": 0.0}),
        ({"thinking_switch": "chat_template"}, {"chat_template_kwargs": {"enable_thinking": False, "thinking": False}}),
        ({}, {}),
    ],
)
def test_thinking_is_switched_as_the_server_wants_it(play: Callable[..., Any], config: Any, sent: Any) -> None:
    body = play(says("Yes."), **config).body(0)
    assert sent.items() <= body.items()
    assert ("thinking" in body) == ("thinking" in sent)
    assert body["stream_options"] == {"include_usage": True}


def test_an_answer_is_bound_to_a_schema_and_mended_once(play: Callable[..., Any]) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 9}}, "required": ["n"]}
    run = play(says('```json\n{"n": 12}\n```'), says('<think>less</think>{"n": ', "9}"), schema=schema)
    assert (run.thought.outcome, run.thought.value, run.said) == ("answered", {"n": 9}, "")
    assert run.body(0)["response_format"]["json_schema"]["schema"] == schema
    assert "n must be at most 9, not 12" in run.body(1)["messages"][-1]["content"]
    assert play(says('{"n": 12}'), schema=schema).thought.outcome == "nonsense"
    assert play(says("sorry"), schema=schema, schema_mode="json_object").body(0)["response_format"] == {
        "type": "json_object"
    }


def test_nothing_about_this_machine_is_told(play: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ORG_ID", "PROJECT_ID", "ADMIN_KEY", "API_KEY", "BASE_URL", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "https://tell.tale")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Tell: tell.tale\nAuthorization: Bearer another")
    (request,) = play(says("Hi.")).server.received
    assert set(request.headers) <= {
        *("host", "accept", "accept-encoding", "connection", "authorization", "content-type", "content-length"),
        "user-agent",
    }
    assert request.headers["user-agent"] == "zhixing"


@pytest.mark.parametrize("fault", [server.is_silent, server.falls_silent("Well "), server.never_ends("x ", 0.01)])
def test_cancelling_closes_the_wire_at_once_and_nothing_follows(
    start: Callable[..., Thinking], no_worker: Callable[[], None], fault: Play
) -> None:
    with ScriptedServer(fault) as scripted:
        thinking = start(scripted.base_url, first_token_timeout_s=20, silence_timeout_s=20, max_seconds=30)
        while not scripted.received:
            time.sleep(0.005)
        time.sleep(0.05)
        began = time.monotonic()
        thought = thinking.cancel()
        assert thought.outcome == "cancelled"
        assert thinking.thought is thought
        assert thinking.poll() == ()
        assert not thinking.wait(0.0)
        assert scripted.is_idle_within(1.0), "the server still plays"
        no_worker()
        assert time.monotonic() - began < 5.0, "its own limits are 20 s"
        assert thinking.poll() == ()


def test_cancelling_ends_a_handshake_that_never_ends(
    start: Callable[..., Thinking], no_worker: Callable[[], None]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"https://127.0.0.1:{deaf.getsockname()[1]}/v1"
        thinking = start(address, connect_timeout_s=20, max_seconds=30)
        accepted, _ = deaf.accept()
        with accepted:
            assert accepted.recv(1) == b"\x16"  # the client's first record
            time.sleep(0.05)
            assert thinking.cancel().outcome == "cancelled"
            no_worker()


def test_cancelling_while_the_car_works_on_calls_ends_it(start: Callable[..., Thinking]) -> None:
    with ScriptedServer(calls(("get_range", {})), says("never")) as scripted:
        thinking = start(scripted.base_url)
        assert thinking.wait(2.0)
        (asked,) = thinking.poll()
        assert isinstance(asked, Asked)
        assert thinking.cancel().usage.prompt_tokens == 100
        thinking.answer([ToolAnswer(asked.calls[0].call_id, "300 km")])
        time.sleep(0.05)
        assert (thinking.poll(), len(scripted.received)) == ((), 1)


def test_a_caller_that_never_answers_runs_out_of_time(start: Callable[..., Thinking]) -> None:
    with ScriptedServer(calls(("get_range", {}))) as scripted:
        thinking = start(scripted.base_url, max_seconds=0.5)
        events: list[Event] = []
        while thinking.wait(2.0):
            events += thinking.poll()
        assert isinstance(events[0], Asked)
        assert isinstance(events[-1], Finished)
        assert events[-1].thought.outcome == "out_of_time"


def test_what_the_caller_leaves_out_was_not_carried_out(start: Callable[..., Thinking]) -> None:
    with ScriptedServer(calls(("get_range", {}), ("get_range", {"x": 1})), says("Hm.")) as scripted:
        thinking = start(scripted.base_url)
        assert thinking.wait(2.0)
        (asked,) = thinking.poll()
        assert isinstance(asked, Asked)
        thinking.answer([ToolAnswer(asked.calls[1].call_id, "300 km"), ToolAnswer("nobody", "x")])
        while thinking.thought is None:
            thinking.wait(0.1)
        told: Any = scripted.received[1].body["messages"]
        assert [message["content"] for message in told[-2:]] == ["This was not carried out.", "300 km"]


def test_polling_never_waits(start: Callable[..., Thinking]) -> None:
    with ScriptedServer(server.is_silent) as scripted:
        thinking = start(scripted.base_url, max_seconds=0.3)
        polls_s, until_s = [], time.monotonic() + 0.6
        while time.monotonic() < until_s:
            began = time.perf_counter()
            thinking.poll()
            polls_s.append(time.perf_counter() - began)
            time.sleep(0.001)
        assert sorted(polls_s)[len(polls_s) // 2] < 0.005
        assert thinking.thought is not None


def test_two_thoughts_do_not_disturb_each_other(end: Callable[..., Any]) -> None:
    words = [{"role": "user", "content": "Hi."}]
    with ScriptedServer(says("One.", hold_s=0.05), says("Two.", hold_s=0.02)) as scripted:
        reasoner = Reasoner(ModelConfig(base_url=scripted.base_url), {})
        first = reasoner.start(words)
        while not scripted.received:
            time.sleep(0.001)
        second = reasoner.start(words)
        assert [end(one)[1] for one in (first, second)] == ["One.", "Two."]
