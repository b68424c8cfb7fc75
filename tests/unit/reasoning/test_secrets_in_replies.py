"""The key of a server that writes it into its replies: never spoken, never kept, however it is taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.credentials import Key
from zhixing.reasoning.line import Line
from zhixing.reasoning.scrubbing import Scrubber
from zhixing.reasoning.speakable import Speakable
from zhixing.reasoning.thinking import Thinking
from zhixing.reasoning.tools import Tool
from zhixing.reasoning.transcript import Transcript
from zhixing.reasoning.turn import Habits, Task, think

KEY = "sk-secret-0123456789"
SHAPE = {"type": "object", "properties": {"text": {"type": "string"}}}
TOOL = Tool("note", "", SHAPE, is_read_only=True)
DISGUISED = {
    "tag": "sk-sec<b>ret-0123456789",
    "braces": "sk-secret{x}-0123456789",
    "thought": "sk-<think>x</think>secret-0123456789",
    "fence": "sk-secret-```x```0123456789",
    "name": "sk-secret-note({})0123456789",
    "nul": "sk-secret-\x000123456789",
    "byte order mark": "sk-secret-\ufeff0123456789",
    "zero width": "sk-secret-\u200b0123456789",
    "joiner": "sk-secret-\u200d\u200d0123456789",
    "nested": "sk-secret-sk-secret-01234567890123456789",
    "nested twice": "sk-ssk-ssk-secret-0123456789ecret-0123456789ecret-0123456789",
    "nested with a tag": "sk-secret-sk-sec<b>ret-01234567890123456789",
    "begun twice": "sk-sk-secret-0123456789",
}
UNSEEN = dict.fromkeys(map(ord, "\x00\ufeff\u200b\u200d"))


class Played:
    """A wire on which scripted replies come."""

    def __init__(self, *replies: Sequence[Mapping[str, object]]) -> None:
        self._replies = iter(replies)

    def stream(self, request: Mapping[str, Any]) -> Iterator[object]:
        for delta in next(self._replies):
            yield {"choices": [{"delta": delta}]}
        yield {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {}}


class Answering(Thinking):
    """A thought whose caller answers at once."""

    def ask(self, calls: Any) -> dict[str, str]:
        self._note("asked", calls=calls)
        return {call.call_id: "done" for call in calls}


def play(*replies: Sequence[Mapping[str, object]], schema: Any = None) -> str:
    """Return all that is left of a thought."""
    config, key = ModelConfig(base_url="http://127.0.0.1:1/v1"), Key(KEY)
    thinking = Answering(config, lambda: 0.0, Transcript(key), Line())
    task = Task(
        config=config,
        key=key,
        habits=Habits(),
        messages=({"role": "user", "content": "hi"},),
        tools={TOOL.name: TOOL},
        schema=schema,
    )
    think(task, thinking, Played(*replies))
    assert thinking.thought is not None
    left = [*thinking.poll(), thinking.thought, thinking.thought.text, *thinking.transcript.entries()]
    return "\n".join([*map(str, left), *thinking.transcript.lines()])


@pytest.mark.parametrize("text", DISGUISED.values(), ids=DISGUISED)
def test_a_disguised_key_is_not_spoken_wherever_it_is_cut(text: str) -> None:
    whole = f"Your key: {text}!"
    for step in (1, 2, 3, 7, len(whole)):
        mouth = Speakable(names=[TOOL.name], secrets=(KEY,))
        spoken = "".join(mouth.feed(whole[place : place + step]) for place in range(0, len(whole), step))
        spoken += mouth.finish()
        assert KEY not in spoken.translate(UNSEEN)
        assert spoken.startswith("Your key: ")
        assert spoken.endswith("!")


@pytest.mark.parametrize("text", DISGUISED.values(), ids=DISGUISED)
def test_a_disguised_key_is_kept_nowhere(text: str) -> None:
    asked = {
        "tool_calls": [{"index": 0, "id": "a", "function": {"name": "note", "arguments": f'{{"text": "{text}"}}'}}]
    }
    said = {"content": text, "reasoning_content": text}
    assert KEY not in play([said]).translate(UNSEEN)
    assert KEY not in play([said, asked], [said]).translate(UNSEEN)
    bound = [{"content": json.dumps({"text": text})}]
    assert KEY not in play(bound, bound, schema=SHAPE).translate(UNSEEN)


def test_a_key_written_with_escapes_is_not_in_arguments_or_answers() -> None:
    text = '{"text": "sk-secr\\u0065t-0123456789", "sk-secr\\u0065t-0123456789": 1}'
    asked = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "note", "arguments": text}}]}
    assert KEY not in play([asked], [{"content": "Done."}])
    assert KEY not in play([{"content": text}], schema=SHAPE)
    assert KEY not in play([{"content": f"<tool_call>note{text}</tool_call>"}], [{"content": "Done."}])


def test_a_key_is_not_put_together_from_two_replies() -> None:
    asked = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "note", "arguments": "{}"}}]}
    assert KEY not in play([{"content": KEY[:9]}, asked], [{"content": KEY[9:]}])


def test_a_transcript_holds_no_key_that_json_writes_otherwise() -> None:
    key = 'sk-"quo\\te-123'
    transcript = Transcript(Key(key))
    transcript.add(0.0, "said", text=f"key {key}", more={key: [key]})
    assert json.loads(next(transcript.lines()))["text"] == "key [key]"
    assert transcript.entries()[0].details["more"] == {"[key]": ["[key]"]}


@given(st.lists(st.sampled_from(["ab", "aab", "a", "b", "c", "ba", "ca", "\u200b"]), max_size=12), st.integers(1, 5))
def test_no_secret_is_ever_left_and_the_cuts_do_not_matter(parts: list[str], step: int) -> None:
    text, secrets = "".join(parts), ("aab", "bca")
    one, other = Scrubber(secrets), Scrubber(secrets)
    whole = one.feed(text) + one.flush()
    pieces = "".join(other.feed(text[place : place + step]) for place in range(0, len(text), step)) + other.flush()
    assert whole == pieces
    assert not any(secret in whole.replace("\u200b", "") for secret in secrets)
    if not any(secret in text.replace("\u200b", "") for secret in secrets):
        assert whole == text
