"""The whole way of a thought, as the worker walks it: ask the model, check, ask the caller, and again.

1. Send what was said, with the offered tools, within the money.
2. Hand on what can be spoken while it streams.
3. Check the calls: what fits goes to the caller; what does not, the model hears once, and then it is dropped.
4. With answers, go on at 1; without calls it is finished.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from zhixing.reasoning.attempt import AttemptError
from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.credentials import Key
from zhixing.reasoning.reply import RawCall, Reply
from zhixing.reasoning.schema import Schema, complaint
from zhixing.reasoning.scrubbing import Scrubber
from zhixing.reasoning.speakable import Speakable
from zhixing.reasoning.thinking import Thinking
from zhixing.reasoning.thought import Message
from zhixing.reasoning.tolerant import parse_arguments, parse_json
from zhixing.reasoning.tools import Tool, ToolCall

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|$)|^.*</think>", re.DOTALL)
_FIRST_PAUSE_S = 0.3
_NO_OBJECT = "the arguments are not one JSON object"


class Wire(Protocol):
    """What the worker needs of :class:`zhixing.reasoning.connection.Connection`."""

    def stream(self, request: Mapping[str, Any]) -> Iterator[object]:
        """Yield the chunks of a reply."""


@dataclass(slots=True)
class Habits:
    """What a reasoner has learnt about its server."""

    tells_usage: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What there is to think about."""

    config: ModelConfig
    key: Key
    habits: Habits
    messages: Sequence[Message]
    tools: Mapping[str, Tool]
    schema: Schema | None = None
    must_ask: bool = False


@dataclass(slots=True)
class _Checked:
    """The calls of a reply: what fits, what does not and why, and all of them as the model is shown them."""

    sound: list[ToolCall] = field(default_factory=list)
    faulty: dict[str, str] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)
    num_dropped: int = 0


def think(task: Task, thinking: Thinking, wire: Wire) -> None:
    """Walk it to its end, and tell ``thinking`` all on the way.

    Raises:
        EndedError: Nobody waits for it any more.
    """
    try:
        _walk(task, thinking, wire)
    except AttemptError as error:
        thinking.finish(error.outcome, error.detail)


def _walk(task: Task, thinking: Thinking, wire: Wire) -> None:
    messages = [*task.messages] if task.schema is None else _bound_messages(task.messages, task.schema)
    complained: set[str] = set()
    has_mended = False
    used_ids: set[str] = set()
    outlet = Scrubber(task.key.secrets())
    for step in range(task.config.max_steps):
        is_last = step + 1 == task.config.max_steps
        choice = ("required" if task.must_ask else "auto") if step == 0 else ("none" if is_last else "auto")
        reply = _reply(task, thinking, wire, messages, choice, outlet)
        checked = _check(task, thinking, reply, complained, used_ids)
        if not checked.shown and task.schema is None:
            return _finish_words(task, thinking, reply, checked, has_asked=step > 0)
        if not checked.shown:
            text = task.key.scrub(_THOUGHTS.sub("", reply.content))
            value, wrong = _bound_value(text, task.schema or {}, task.key)
            if not wrong:
                return thinking.finish("answered", text=json.dumps(value, ensure_ascii=False), value=value)
            if has_mended or is_last:
                return thinking.finish("nonsense", wrong)
            has_mended = True
            mend = f"That was not a valid answer: {wrong}. Answer again, with the JSON object only."
            messages += [{"role": "assistant", "content": text}, {"role": "user", "content": mend}]
            continue
        if is_last:
            break
        answers = thinking.ask(tuple(checked.sound)) if checked.sound else {}
        new = [_said(task, reply, checked.shown)]
        for call in checked.shown:
            content = checked.faulty.get(call["id"]) or answers[call["id"]]
            new.append({"role": "tool", "tool_call_id": call["id"], "content": content})
        messages += new
        thinking.keep(new)
    return thinking.finish("out_of_steps", f"not ready in {task.config.max_steps} steps")


def _reply(
    task: Task, thinking: Thinking, wire: Wire, messages: Sequence[Message], choice: str, outlet: Scrubber
) -> Reply:
    """Return a whole reply; what can be spoken of it has been said.

    Raises:
        AttemptError: There is none, retries included, or no money for one.
    """
    request = _request(task, messages, choice)
    num_bytes = len(
        json.dumps([request["messages"], request.get("tools")], ensure_ascii=False).encode("utf-8", "replace")
    )
    num_retries, has_dropped_usage = 0, False
    while True:
        if not thinking.may_afford(num_bytes):
            raise AttemptError("out_of_money", f"more than {task.config.max_cost:g} {task.config.currency}")
        speakable = Speakable(names=task.tools.keys(), secrets=task.key.secrets(), outlet=outlet)
        reply = Reply(speakable, task.config.max_tokens)
        thinking.begin_request(num_bytes, num_messages=len(messages), tools=sorted(task.tools), choice=choice)
        try:
            _listen(task, thinking, wire.stream(request), reply)
        except AttemptError as error:
            thinking.end_request({} if reply.has_begun else None, why=error.detail)
            if error.status in {400, 422} and "stream_options" in request:
                task.habits.tells_usage, has_dropped_usage = False, True
                del request["stream_options"]
                continue
            if error.status in {400, 422} and has_dropped_usage:
                task.habits.tells_usage = True
            pause_s = max(error.retry_after_s, _FIRST_PAUSE_S * 2**num_retries)
            is_hopeless = reply.has_begun or not error.is_passing or pause_s >= thinking.seconds_left()
            if is_hopeless or num_retries >= task.config.max_retries:
                raise
            num_retries += 1
            thinking.pause(pause_s)
            continue
        thinking.end_request(reply.usage)
        return reply


def _listen(task: Task, thinking: Thinking, chunks: Iterator[object], reply: Reply) -> None:
    for chunk in chunks:
        words = reply.feed(chunk)
        if reply.has_begun:
            thinking.hear(reply.num_bytes, task.key.scrub(reply.model))
        if task.schema is None:
            thinking.say(words)
        if reply.is_too_long:
            raise AttemptError("nonsense", "the reply goes on far beyond max_tokens")
        if reply.finish_reason and reply.usage:
            break
    if not reply.num_chunks:
        raise AttemptError("nonsense", "what came is no chat completion")
    if not reply.finish_reason:
        raise AttemptError("unreachable", "the reply broke off", is_passing=True)
    if reply.finish_reason == "content_filter":
        raise AttemptError("rejected", "the server's content filter")
    if reply.finish_reason == "insufficient_system_resource":
        raise AttemptError("unreachable", "the server has no resources left", is_passing=True)
    words = reply.close()
    if task.schema is None:
        thinking.say(words)


def _request(task: Task, messages: Sequence[Message], choice: str) -> dict[str, Any]:
    """Return what goes over the wire: byte for byte the same for the same messages and tools."""
    config = task.config
    request: dict[str, Any] = {
        "model": config.model,
        "messages": [_sendable(message) for message in messages],
        "max_tokens": config.max_tokens,
    }
    if task.tools:
        request["tools"] = [task.tools[name].declaration() for name in sorted(task.tools)]
        if choice != "auto" and not config.thinking:
            request["tool_choice"] = choice
    if not config.thinking:
        request["temperature"] = config.temperature
    if task.habits.tells_usage:
        request["stream_options"] = {"include_usage": True}
    if task.schema is not None:
        is_object_only = config.schema_mode == "json_object" or (config.schema_mode == "auto" and config.is_deepseek)
        bound = {"type": "json_schema", "json_schema": {"name": "answer", "schema": task.schema, "strict": True}}
        request["response_format"] = {"type": "json_object"} if is_object_only else bound
    switch = config.thinking_switch
    if switch == "thinking" or (switch == "auto" and config.is_deepseek):
        request["extra_body"] = {"thinking": {"type": "enabled" if config.thinking else "disabled"}}
    elif switch == "chat_template":
        request["extra_body"] = {
            "chat_template_kwargs": dict.fromkeys(("enable_thinking", "thinking"), config.thinking)
        }
    return request


def _sendable(message: Message) -> dict[str, Any]:
    """Return a message that can be sent whatever is in it: halves of characters become question marks."""
    text = json.dumps(dict(message), ensure_ascii=False).encode("utf-8", "replace").decode()
    sendable: dict[str, Any] = json.loads(text)
    return sendable


def _check(task: Task, thinking: Thinking, reply: Reply, complained: set[str], used_ids: set[str]) -> _Checked:
    """Return the calls sorted; faulty ones of a tool that the model has heard about before are dropped."""
    checked, newly_complained, seen = _Checked(), set(), set()
    calls = reply.calls(task.tools)
    for place, raw in enumerate(calls):
        name, call_id, arguments, wrong = _read(task, raw)
        if reply.finish_reason == "length" and place + 1 == len(calls):
            wrong = "the call was cut off at max_tokens"
        topic = name if name in task.tools else ""
        is_repeated = (raw.call_id, name, str(raw.arguments)) in seen and bool(raw.call_id)
        seen.add((raw.call_id, name, str(raw.arguments)))
        is_beyond = len(checked.shown) >= task.config.max_calls_per_step
        if is_beyond or is_repeated or not _ID.fullmatch(name) or (wrong and topic in complained):
            checked.num_dropped += 1
            if checked.num_dropped <= task.config.max_calls_per_step:
                thinking.drop(name[:64], "too many" if is_beyond else "sent twice" if is_repeated else wrong)
            continue
        if not call_id or call_id in used_ids:
            call_id = f"call_{len(used_ids)}_{place}"
        used_ids.add(call_id)
        if wrong:
            newly_complained.add(topic)
            checked.faulty[call_id] = f"Error: {wrong}. Nothing was done."
        else:
            checked.sound.append(ToolCall(call_id, name, arguments))
        function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
        checked.shown.append({"id": call_id, "type": "function", "function": function})
    complained |= newly_complained
    return checked


def _read(task: Task, raw: RawCall) -> tuple[str, str, Mapping[str, object], str]:
    """Return a call's name, id (empty where it has no good one), arguments, and what is wrong with them."""
    name = task.key.scrub(raw.name).removeprefix("functions.")
    call_id = raw.call_id if _ID.fullmatch(raw.call_id) and task.key.scrub(raw.call_id) == raw.call_id else ""
    arguments = _arguments(raw, task.key)
    tool = task.tools.get(name)
    if tool is None:
        return name, call_id, arguments or {}, f"there is no tool {name!r}; there are {', '.join(sorted(task.tools))}"
    wrong = _NO_OBJECT if arguments is None else tool.complaint(arguments)
    return name, call_id, arguments or {}, wrong


def _arguments(raw: RawCall, key: Key) -> Mapping[str, object] | None:
    """Return the arguments of a call, without the key however it was written; None where they are no JSON object."""
    try:
        text = raw.arguments if isinstance(raw.arguments, str) else json.dumps(raw.arguments, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        return None
    arguments = key.scrub_all(parse_arguments(text))
    return arguments if isinstance(arguments, Mapping) else None


def _said(task: Task, reply: Reply, calls: Sequence[Mapping[str, Any]] = ()) -> Message:
    """Return a reply as later requests must hold it: what was spoken, asked and thought, without markup."""
    thoughts = {name: task.key.scrub(text) for name, text in reply.reasoning.items()}
    asked = {"tool_calls": list(calls)} if calls else {}
    return {"role": "assistant", "content": reply.spoken, **thoughts, **asked}


def _finish_words(task: Task, thinking: Thinking, reply: Reply, checked: _Checked, *, has_asked: bool) -> None:
    if reply.spoken.strip():
        said = _said(task, reply) if has_asked else {"role": "assistant", "content": reply.spoken}
        thinking.keep([said])
    if reply.spoken.strip() or (has_asked and not checked.num_dropped):
        thinking.finish("answered", "cut off at max_tokens" if reply.finish_reason == "length" else "")
    else:
        thinking.finish("nonsense", "no sound call and no words" if checked.num_dropped else "an empty reply")


def _bound_messages(messages: Sequence[Message], schema: Schema) -> list[Message]:
    wish = f"Answer with one JSON object and nothing else. Its JSON schema: {json.dumps(schema, ensure_ascii=False)}"
    if messages and messages[-1].get("role") == "user":
        last = {**messages[-1], "content": f"{messages[-1]['content']}\n\n{wish}"}
        return [*messages[:-1], last]
    return [*messages, {"role": "user", "content": wish}]


def _bound_value(text: str, schema: Schema, key: Key) -> tuple[object, str]:
    """Return the value of a text that is bound to a schema, and what is wrong with it."""
    try:
        value = key.scrub_all(parse_json(text))
    except ValueError as error:
        return None, f"no JSON ({error})"
    return value, complaint(value, schema)
