"""One reply of a model, put together from the pieces of a stream; nothing in a piece is taken on trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zhixing.reasoning.leaks import leaked_calls
from zhixing.reasoning.speakable import Speakable
from zhixing.reasoning.tools import Tool

_MOST_CALLS = 1024
_MOST_HIDDEN = 256
_LONGEST_ARGUMENTS = 8192
_BYTES_PER_TOKEN = 32
_LONGEST_NAME = 200
_REASONING = ("reasoning_content", "reasoning")


@dataclass(slots=True)
class RawCall:
    """A tool call as the server sent it, unchecked."""

    call_id: str = ""
    name: str = ""
    arguments: str | Mapping[str, object] = ""


@dataclass(slots=True)
class Reply:
    """Takes the chunks of a stream and gives what of them can be spoken.

    Attributes:
        speakable: The filter between text and speech.
        max_tokens: What the server was asked to keep to; far beyond it the reply is too long.
        finish_reason: Why the server ended, empty where it has not said so.
        usage: The server's own numbers, unchecked.
        model: The model's name as reported.
        num_chunks: Sound chunks so far.
        num_bytes: Size of all that the model has written.
    """

    speakable: Speakable
    max_tokens: int
    finish_reason: str = ""
    usage: Mapping[str, object] = field(default_factory=dict)
    model: str = ""
    num_chunks: int = 0
    num_bytes: int = 0
    _content: list[str] = field(default_factory=list)
    _spoken: list[str] = field(default_factory=list)
    _reasoning: dict[str, list[str]] = field(default_factory=dict)
    _calls: dict[int, RawCall] = field(default_factory=dict)
    _by_id: dict[str, int] = field(default_factory=dict)
    _last_call: int = -1
    _highest: int = -1

    @property
    def content(self) -> str:
        """The text as it came."""
        return "".join(self._content)

    @property
    def spoken(self) -> str:
        """What of it may be spoken."""
        return "".join(self._spoken)

    @property
    def reasoning(self) -> dict[str, str]:
        """What the model thought, with the server's name for it."""
        return {name: "".join(parts) for name, parts in self._reasoning.items()}

    @property
    def has_begun(self) -> bool:
        """Whether a first token has come."""
        return bool(self._content or self._reasoning or self._calls)

    @property
    def is_too_long(self) -> bool:
        """Whether the server has gone on far beyond what it was asked for."""
        return self.num_bytes > _BYTES_PER_TOKEN * self.max_tokens

    def feed(self, chunk: object) -> str:
        """Take a chunk and return what can be spoken now."""
        if not isinstance(chunk, Mapping):
            return ""
        self.model = _text(chunk.get("model"))[:_LONGEST_NAME] or self.model
        if isinstance(chunk.get("usage"), Mapping):
            self.usage = chunk["usage"]
        choices = chunk.get("choices")
        if not isinstance(choices, Sequence) or isinstance(choices, str):
            return ""
        self.num_chunks += 1
        if not choices or not isinstance(choices[0], Mapping):
            return ""
        choice = choices[0]
        self.finish_reason = _text(choice.get("finish_reason")) or self.finish_reason
        delta = choice.get("delta", choice.get("message"))
        if not isinstance(delta, Mapping):
            return ""
        for name in _REASONING:
            if thought := _text(delta.get(name)):
                self._reasoning.setdefault(name, []).append(thought)
                self._count(thought)
        calls = delta.get("tool_calls")
        if isinstance(calls, Sequence) and not isinstance(calls, str):
            for place, call in enumerate(calls):
                self._take_call(call, place)
        text = _text(delta.get("content"))
        self._count(text)
        if not text or self.is_too_long:
            return ""
        self._content.append(text)
        return self._said(self.speakable.feed(text))

    def close(self) -> str:
        """Return what can be spoken now that the stream has ended."""
        return self._said(self.speakable.finish())

    def calls(self, tools: Mapping[str, Tool]) -> list[RawCall]:
        """Return the calls in order; those leaked into the text only where there are no proper ones."""
        proper = [self._calls[index] for index in sorted(self._calls)]
        proper = [call for call in proper if call.name or call.arguments]
        if proper:
            return proper
        leaked = (call for hidden in self.speakable.hidden[:_MOST_HIDDEN] for call in leaked_calls(hidden, tools))
        return [RawCall(name=name, arguments=arguments) for name, arguments in leaked]

    def _count(self, text: str) -> None:
        self.num_bytes += len(text.encode("utf-8", "replace"))

    def _said(self, words: str) -> str:
        if words:
            self._spoken.append(words)
        return words

    def _take_call(self, call: object, place: int) -> None:
        if not isinstance(call, Mapping):
            return
        function = call.get("function")
        function = function if isinstance(function, Mapping) else {}
        call_id, name, arguments = _text(call.get("id")), _text(function.get("name")), function.get("arguments")
        index = self._index_of(call.get("index"), place, call_id, name)
        if index not in self._calls and len(self._calls) >= _MOST_CALLS:
            return
        known = self._calls.setdefault(index, RawCall())
        self._last_call, self._highest = index, max(index, self._highest)
        if call_id and not known.call_id:
            known.call_id = call_id[:_LONGEST_NAME]
            self._by_id.setdefault(known.call_id, index)
        if name and name != known.name:
            known.name = (known.name + name)[:_LONGEST_NAME]
        self._count(name + _text(arguments))
        if isinstance(arguments, Mapping):
            known.arguments = arguments
        elif isinstance(known.arguments, str) and len(known.arguments) <= _LONGEST_ARGUMENTS:
            known.arguments += _text(arguments)[: _LONGEST_ARGUMENTS + 1]  # too long is refused as a whole

    def _index_of(self, index: object, place: int, call_id: str, name: str) -> int:
        """Return under which number a piece of a call belongs; servers differ in how they tell."""
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < 2**31:
            if call_id in self._by_id:
                return self._by_id[call_id]
            is_new = bool(call_id or name) or self._last_call < 0
            return self._highest + 1 if is_new else self._last_call
        known = self._calls.get(index)
        if known and call_id and name and known.call_id not in {"", call_id} and place == 0:
            # Some servers number every whole call 0: another id with a name is another call.
            return self._highest + 1
        return index


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return "".join(_text(part.get("text")) for part in value if isinstance(part, Mapping))
    return ""
