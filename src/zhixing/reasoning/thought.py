"""What comes out of a language model: pieces to speak, calls to carry out, and in the end a thought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from zhixing.reasoning.tools import ToolCall

ThoughtOutcome = Literal[
    "answered",
    "out_of_steps",
    "out_of_time",
    "out_of_money",
    "unreachable",
    "rejected",
    "cancelled",
    "nonsense",
]
Message = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a thought has taken.

    Attributes:
        prompt_tokens: Tokens read, the cached ones included.
        cached_tokens: Those of them that the server had in its cache.
        completion_tokens: Tokens written, thinking included.
        cost: In the currency of the configured prices.
        is_estimated: Whether a server gave no numbers, or impossible ones, so that they are ours.
        num_requests: Requests sent, retries included.
        first_token_s: Seconds to the first word or call, None where none came.
        total_s: Seconds in all.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    is_estimated: bool = False
    num_requests: int = 0
    first_token_s: float | None = None
    total_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """All that came of one start of a reasoner.

    Attributes:
        outcome: ``answered``, or why it ended before: out of steps, time or money by configuration; ``unreachable``
            (no server, too slow, busy, broke off), ``rejected`` (the server would not: key, credit, request),
            ``cancelled`` (by the caller), ``nonsense`` (what came is no answer).
        text: All that may be spoken, also what was said before it ended badly; with a schema, the JSON.
        value: With a schema, what the JSON says.
        detail: Why it ended so, one line for an engineer; never to be spoken.
        model: Name of the model as the server reported it.
        asked_model: Name of the model as configured.
        messages: What the model said and was answered, for later requests; see ``Conversation.with_thought``.
    """

    outcome: ThoughtOutcome
    text: str = ""
    value: object = None
    detail: str = ""
    model: str = ""
    asked_model: str = ""
    usage: Usage = field(default_factory=Usage)
    messages: tuple[Message, ...] = ()

    @property
    def is_model_as_asked(self) -> bool:
        """Whether the server reported the configured model."""
        return self.model == self.asked_model


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of text that can be spoken; pieces follow each other without gaps."""

    text: str
    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Asked:
    """Calls to be carried out by the caller, who then gives ``Thinking.answer`` what came of them."""

    calls: tuple[ToolCall, ...]
    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event."""

    thought: Thought
    kind: Literal["finished"] = "finished"


Event = Said | Asked | Finished
