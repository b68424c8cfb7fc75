"""Plays scripts of a language model server to a reasoner, and checks that nothing leaked and nothing is left."""

from __future__ import annotations

import importlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.reasoner import Reasoner
from zhixing.reasoning.thinking import Thinking
from zhixing.reasoning.thought import Asked, Finished, Said, Thought
from zhixing.reasoning.tools import Tool, ToolAnswer, ToolCall
from zhixing.testing.language_model_server import MODEL, Play, ScriptedServer

KEY = "sk-secret-0123456789"
CLIMATE = Tool(
    "set_climate",
    "Sets the temperature.",
    {
        "type": "object",
        "properties": {"celsius": {"type": "number", "minimum": 16, "maximum": 32}},
        "required": ["celsius"],
        "additionalProperties": False,
    },
    is_read_only=False,
)
RANGE = Tool("get_range", "Tells the range.", {"type": "object", "properties": {}}, is_read_only=True)
TOOLS = (CLIMATE, RANGE)
WORDS = [{"role": "system", "content": "You are a car."}, {"role": "user", "content": "有点冷"}]
DIRECT = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
MOST_S = 3.0


@dataclass(frozen=True, slots=True)
class Run:
    """What came of playing a script."""

    thought: Thought
    said: str
    asked: tuple[tuple[ToolCall, ...], ...]
    thinking: Thinking
    server: ScriptedServer
    seconds: float
    key: str = KEY

    def body(self, request: int) -> Mapping[str, Any]:
        return self.server.received[request].body


def configured(address: str, **more: Any) -> ModelConfig:
    quick = {"connect_timeout_s": 0.5, "first_token_timeout_s": 0.4, "silence_timeout_s": 0.4, "max_seconds": MOST_S}
    return ModelConfig(**{"base_url": address, "model": MODEL, "max_tokens": 256, **quick, **more})


def no_worker_is_left() -> None:
    """Wait for the workers' ends, which must come at once."""
    for worker in [thread for thread in threading.enumerate() if thread.name == "reasoner"]:
        worker.join(1.0)
        assert not worker.is_alive(), "the worker did not end"


def to_the_end(thinking: Thinking, answer: str = "done") -> tuple[Thought, str, list[tuple[ToolCall, ...]]]:
    said, asked = "", []
    while thinking.wait(10.0):
        for event in thinking.poll():
            match event:
                case Said(text):
                    said += text
                case Asked(asked_calls):
                    asked.append(asked_calls)
                    thinking.answer([ToolAnswer(call.call_id, answer) for call in asked_calls])
                case Finished(thought):
                    assert thinking.poll() == ()
                    return thought, said, asked
    pytest.fail("it never finished")


@pytest.fixture(scope="session")
def loaded() -> None:
    importlib.import_module("zhixing.reasoning.connection")  # half a second, once


@pytest.fixture
def start(loaded: None) -> Callable[..., Thinking]:
    """Begin a thought with a server at an address, without a key."""

    def start(address: str, **config: Any) -> Thinking:
        return Reasoner(configured(address, **config), {}).start(WORDS, TOOLS)

    return start


@pytest.fixture
def play(loaded: None, caplog: pytest.LogCaptureFixture) -> Callable[..., Run]:
    """Play a script to a reasoner; whatever is played, the key is nowhere afterwards and no thread is left."""
    caplog.set_level(logging.DEBUG)

    def run(*plays: Play, tools: Sequence[Tool] = TOOLS, schema: Any = None, words: Any = WORDS, **config: Any) -> Run:
        with ScriptedServer(*plays) as scripted:
            reasoner = Reasoner(configured(scripted.base_url, **config), {"ZHIXING_LLM_KEY": KEY, **DIRECT})
            began = time.monotonic()
            thinking = reasoner.start(words, tools, schema=schema)
            thought, said, asked = to_the_end(thinking)
            seconds = time.monotonic() - began
            no_worker_is_left()
        lines = list(thinking.transcript.lines())
        assert all(json.loads(line) for line in lines)
        for text in (repr(thought), repr(reasoner.__dict__), said, repr(asked), *lines, caplog.text):
            assert KEY not in text
        for request in scripted.received:
            assert request.headers["authorization"] == f"Bearer {KEY}"
        if schema is None:
            assert thought.text == said
        assert seconds < MOST_S + 2.0
        assert thought.usage.total_s <= MOST_S + 1.0
        return Run(thought, said, tuple(asked), thinking, scripted, seconds)

    return run


@pytest.fixture
def end() -> Callable[..., Any]:
    """Follow a thought to its end: the thought, what was said, what was asked."""
    return to_the_end


@pytest.fixture
def no_worker() -> Callable[[], None]:
    """Assert that no worker is left."""
    return no_worker_is_left
