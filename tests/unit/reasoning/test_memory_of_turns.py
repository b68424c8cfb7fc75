"""What is sent, what is counted, what is written down."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.conversation import Conversation
from zhixing.reasoning.credentials import Key
from zhixing.reasoning.tally import Tally
from zhixing.reasoning.thought import Thought, Usage
from zhixing.reasoning.tools import ToolCall
from zhixing.reasoning.transcript import Transcript

REPLY = Thought(outcome="answered", messages=({"role": "assistant", "content": "Yes."},))


@given(st.lists(st.sampled_from(["thought", "nothing", "reply"]), max_size=12))
def test_what_was_sent_stays_the_beginning_until_the_older_half_is_forgotten(kinds: list[str]) -> None:
    talk = Conversation("You are a car.", max_turns=6)
    sent: list[str] = []
    for number, kind in enumerate(kinds):
        talk = talk.with_words(f"words {number}", state=f"state {number}")
        now = json.dumps(talk.messages())[:-1]
        if sent and len(talk.turns) not in {0, 3, 4}:
            closed = json.dumps(talk.messages()[:-1])[:-1]
            assert now.startswith(closed)
        assert talk.messages()[-1]["content"] == f"words {number}\n\nstate {number}"
        sent.append(now)
        match kind:
            case "thought":
                talk = talk.with_thought(REPLY)
            case "nothing":
                talk = talk.with_thought(Thought(outcome="unreachable"))
            case _:
                talk = talk.with_reply("Done.")
        assert len(talk.turns) <= 6
        roles = [message["role"] for message in talk.messages()]
        assert roles == ["system", *["user", "assistant"] * len(talk.turns)]


def said(text: str) -> Thought:
    return Thought(outcome="answered", messages=({"role": "assistant", "content": text},))


def test_long_replies_do_not_make_every_later_thought_too_dear() -> None:
    talk = Conversation("You are a car.")
    for number in range(40):
        talk = talk.with_words(f"words {number}", state="state").with_thought(said("好" * 10_000))
        request = json.dumps(talk.messages(), ensure_ascii=False).encode()
        assert Tally(ModelConfig(), 0.0).may_afford(len(request) + 20_000)
    assert talk.turns
    assert talk.turns[-1][0]["content"] == "words 39\n\nstate"


@given(st.lists(st.integers(0, 900), max_size=30))
def test_what_is_remembered_has_a_bound_whatever_is_said(sizes: list[int]) -> None:
    talk = Conversation("You are a car.", max_characters=1000)
    for size in sizes:
        talk = talk.with_words("w", state="s").with_thought(said("x" * size))
        assert sum(len(str(message["content"])) for turn in talk.turns for message in turn) <= 1000
        roles = [message["role"] for message in talk.messages()]
        assert roles == ["system", *["user", "assistant"] * len(talk.turns)]


def test_a_turn_too_long_by_itself_keeps_its_words_without_its_calls() -> None:
    calls: tuple[dict[str, object], ...] = (
        {"role": "assistant", "content": "", "tool_calls": [{"id": "a"}]},
        {"role": "tool", "tool_call_id": "a", "content": "x" * 20_000},
        {"role": "assistant", "content": "Done."},
    )
    talk = Conversation("").with_words("do it").with_thought(Thought(outcome="answered", messages=calls))
    assert [message["content"] for message in talk.turns[0]] == ["do it", "Done."]
    talk = Conversation("").with_words("do it").with_thought(Thought(outcome="answered", messages=calls[:2]))
    assert [message["role"] for message in talk.turns[0]] == ["user", "assistant"]


def test_words_too_long_to_be_kept_are_not_kept() -> None:
    talk = Conversation("").with_words("w" * 50_000).with_thought(said("Yes."))
    assert sum(len(str(message["content"])) for turn in talk.turns for message in turn) <= 32_000


def test_without_money_the_older_half_is_forgotten() -> None:
    talk = Conversation("You are a car.")
    for number in range(5):
        talk = talk.with_words(f"words {number}").with_thought(REPLY)
    lefts = []
    for _ in range(4):
        talk = talk.with_words("more").with_thought(Thought(outcome="out_of_money"))
        lefts.append([turn[0]["content"] for turn in talk.turns])
    assert lefts == [["words 3", "words 4"], ["words 4"], [], []]
    assert len(talk.with_words("more").messages()) == 2


def test_a_request_that_might_cost_too_much_is_not_affordable() -> None:
    config = ModelConfig(max_cost=0.01, max_tokens=1000, price_input_per_mtok=1.0, price_output_per_mtok=2.0)
    tally = Tally(config, 0.0)
    assert tally.may_afford(3 * 8000)
    assert not tally.may_afford(3 * 8001)
    tally.open_request(3 * 8000)
    tally.close_request({"prompt_tokens": 7000, "completion_tokens": 500, "prompt_cache_hit_tokens": 0})
    assert tally.usage(1.5).cost == pytest.approx(0.008)
    assert not tally.may_afford(3)


@given(
    st.dictionaries(
        st.sampled_from(["prompt_tokens", "completion_tokens", "prompt_cache_hit_tokens", "prompt_tokens_details"]),
        st.integers() | st.floats() | st.none() | st.booleans() | st.text() | st.just({"cached_tokens": -3}),
    )
)
def test_whatever_a_server_reports_the_sums_are_sound(reported: dict[str, object]) -> None:
    tally = Tally(ModelConfig(), 0.0)
    tally.open_request(300)
    tally.see(30, 0.5)
    tally.close_request(reported)
    usage = tally.usage(1.0)
    assert 0 <= usage.cached_tokens <= usage.prompt_tokens <= 100_000_000
    assert usage.completion_tokens >= 0
    assert usage.cost >= 0
    assert (usage.first_token_s, usage.total_s, usage.num_requests) == (0.5, 1.0, 1)


def test_a_request_under_way_is_counted_and_a_refused_one_is_not() -> None:
    tally = Tally(ModelConfig(), 0.0)
    tally.open_request(300)
    tally.see(31, 0.5)
    assert (tally.usage(1.0).prompt_tokens, tally.usage(1.0).completion_tokens) == (100, 11)
    assert tally.usage(1.0).is_estimated
    tally.close_request(None)
    assert tally.usage(1.0) == Usage(num_requests=1, first_token_s=0.5, total_s=1.0)


def test_a_transcript_is_lines_of_json_without_the_key() -> None:
    transcript = Transcript(Key("sk-123456"))
    transcript.add(0.1, "asked", calls=(ToolCall("a", "x", {"text": "sk-123456"}),), other={1, 2}.__class__)
    transcript.add(0.2, "finished", thought=Thought(outcome="answered", text="有点冷"))
    lines = [json.loads(line) for line in transcript.lines()]
    assert [line["kind"] for line in lines] == ["asked", "finished"]
    assert lines[0]["calls"][0]["arguments"] == {"text": "[key]"}
    assert lines[1]["thought"]["usage"]["num_requests"] == 0
    assert len(transcript.entries()) == 2
