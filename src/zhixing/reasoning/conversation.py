"""What a model is told: a prefix that never changes, then turn by turn, and the car's state in the last place.

Servers keep what they have read of a prompt, at a fiftieth of the price, as long as it begins with the same bytes. So
nothing that was sent is ever changed: a later request is an earlier one and something behind it. What grows too long,
or was too dear, loses its older half.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from zhixing.reasoning.thought import Message, Thought

_MOST_KEPT = 2000
"""So many characters of its last words are kept of a turn that is too long by itself."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The words of a drive, for the messages of a request; every change is a new conversation.

    Attributes:
        system: Who the assistant is and what it must keep to; no times, no states.
        turns: Earlier turns, oldest first; each begins with what the person said.
        open_turn: What was said and is not answered yet.
        max_turns: When there are more, the older half is forgotten at once, so that the prefix changes rarely.
        max_characters: The same for the size of all turns; long replies must not make every later request too dear.

    Example:
        >>> talk = Conversation("You are the car.").with_words("有点冷", state="inside 17 °C")
        >>> [message["role"] for message in talk.messages()]
        ['system', 'user']
    """

    system: str
    turns: tuple[tuple[Message, ...], ...] = ()
    open_turn: tuple[Message, ...] = ()
    max_turns: int = 20
    max_characters: int = 32_000

    def with_words(self, words: str, state: str = "") -> Conversation:
        """Return it with what a person said, and behind it the state of the car as it is now."""
        content = f"{words}\n\n{state}" if state else words
        return replace(self, open_turn=({"role": "user", "content": content},))

    def with_thought(self, thought: Thought) -> Conversation:
        """Return it with the open turn closed by what the model said and did; forgotten where that is nothing.

        Where the money did not suffice, the older half is forgotten too: with it, it would not suffice the next time.
        """
        talk = self._closed(thought.messages) if thought.messages else replace(self, open_turn=())
        if thought.outcome == "out_of_money":
            return replace(talk, turns=_newer_half(talk.turns))
        return talk

    def with_reply(self, text: str) -> Conversation:
        """Return it with the open turn closed by an answer that the car gave without a model."""
        return self._closed(({"role": "assistant", "content": text},))

    def messages(self) -> tuple[Message, ...]:
        """Return the messages of a request."""
        earlier = tuple(message for turn in self.turns for message in turn)
        return ({"role": "system", "content": self.system}, *earlier, *self.open_turn)

    def _closed(self, messages: tuple[Message, ...]) -> Conversation:
        turns = (*self.turns, self._bounded((*self.open_turn, *messages)))
        while len(turns) > self.max_turns or sum(map(_size, turns)) > self.max_characters:
            turns = _newer_half(turns)
        return replace(self, turns=turns, open_turn=())

    def _bounded(self, turn: tuple[Message, ...]) -> tuple[Message, ...]:
        """Return a turn, or only its first and last words where it is too long by itself."""
        if _size(turn) <= self.max_characters // 2:
            return turn
        last = next(
            (str(m["content"]) for m in reversed(turn) if m.get("role") == "assistant" and m.get("content")), ""
        )
        return (*self.open_turn, {"role": "assistant", "content": last[:_MOST_KEPT]})


def _newer_half(turns: tuple[tuple[Message, ...], ...]) -> tuple[tuple[Message, ...], ...]:
    return turns[(len(turns) + 1) // 2 :]


def _size(turn: tuple[Message, ...]) -> int:
    return sum(len(str(value)) for message in turn for value in message.values())
