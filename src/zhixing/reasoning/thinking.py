"""A thought in the making: two threads meet here, and the one of the car never waits.

The worker says, asks and finishes; the caller polls, answers and cancels. Whoever ends it first has ended it: what the
other side does afterwards has no effect. Every wait has a limit that is looked at from both sides, so that a worker
that is stuck somewhere in the network does not keep the caller waiting.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.line import Line
from zhixing.reasoning.tally import Tally
from zhixing.reasoning.thought import Asked, Event, Finished, Message, Said, Thought, ThoughtOutcome
from zhixing.reasoning.tools import ToolAnswer, ToolCall
from zhixing.reasoning.transcript import Transcript

_UNANSWERED = "This was not carried out."


class EndedError(Exception):
    """The worker's own signal: nobody waits for this thought any more."""


class Thinking:
    """What a :class:`zhixing.reasoning.reasoner.Reasoner` has begun.

    Args:
        config: The bounds.
        clock_s: Now, in seconds.
        transcript: Where everything is noted.
        line: Cut when it ends.

    Attributes:
        transcript: What has happened so far.
    """

    def __init__(self, config: ModelConfig, clock_s: Callable[[], float], transcript: Transcript, line: Line) -> None:
        self.transcript = transcript
        self._config = config
        self._clock_s = clock_s
        self._line = line
        self._change = threading.Condition()
        self._events: deque[Event] = deque()
        self._asked: tuple[ToolCall, ...] = ()
        self._answers: dict[str, str] | None = None
        self._thought: Thought | None = None
        self._tally = Tally(config, clock_s())
        self._silent_after_s: float | None = None
        self._model = ""
        self._spoken: list[str] = []
        self._spoken_now: list[str] = []
        self._messages: list[Message] = []

    # The caller's side.

    def poll(self) -> tuple[Event, ...]:
        """Return what has happened since the last time; never waits, never raises. ``Finished`` comes last, once."""
        with self._change:
            self._look_at_the_clock()
            events = tuple(self._events)
            self._events.clear()
        return events

    def wait(self, timeout_s: float) -> bool:
        """Wait until ``poll`` has something to give, and return whether it has."""
        until_s = self._clock_s() + timeout_s
        with self._change:
            while not self._events and self._thought is None:
                self._look_at_the_clock()
                now_s = self._clock_s()
                if self._events or now_s >= until_s:
                    break
                self._change.wait(max(0.001, min(until_s, self._limit_s()) - now_s))
            return bool(self._events)

    def answer(self, answers: Sequence[ToolAnswer]) -> None:
        """Tell the model what came of the calls last asked for; a call without an answer was not carried out."""
        with self._change:
            if self._asked and self._answers is None:
                self._answers = {answer.call_id: answer.content for answer in answers}
                self._change.notify_all()

    def cancel(self) -> Thought:
        """End it now, and return what there was; no event comes after this."""
        with self._change:
            thought = self._end("cancelled", "by the caller")
            self._events.clear()
        return thought

    @property
    def thought(self) -> Thought | None:
        """How it ended, None while it goes on."""
        with self._change:
            self._look_at_the_clock()
            return self._thought

    # The worker's side; all of these raise EndedError when it has ended.

    def is_wanted(self) -> bool:
        """Return whether somebody still waits, and time is left."""
        with self._change:
            self._look_at_the_clock()
            return self._thought is None

    def may_afford(self, num_bytes: int) -> bool:
        """Return whether a request of so many bytes is within the money."""
        with self._change:
            return self._tally.may_afford(num_bytes)

    def begin_request(self, num_bytes: int, **details: object) -> None:
        """A request is sent now."""
        with self._going_on():
            self._tally.open_request(num_bytes)
            self._silent_after_s = self._clock_s() + self._config.first_token_timeout_s
            self._note("request", num_bytes=num_bytes, **details)

    def hear(self, num_bytes: int, model: str) -> None:
        """A piece of the reply has come, which has so many bytes by now."""
        with self._going_on():
            self._model = model or self._model
            self._silent_after_s = self._clock_s() + self._config.silence_timeout_s
            self._tally.see(num_bytes, self._clock_s())

    def end_request(self, usage: Mapping[str, object] | None, **details: object) -> None:
        """A request has ended; ``usage`` is what the server says it took, None where it did not take it on."""
        with self._going_on():
            self._silent_after_s = None
            self._tally.close_request(usage)
            if details:
                self._note("failed", **details)

    def say(self, text: str) -> None:
        """Hand on a piece to be spoken."""
        with self._going_on():
            if text:
                self._spoken_now.append(text)
                self._put(Said(text))
                self._note("said", text=text)

    def drop(self, name: str, why: str) -> None:
        """Note that a call is not passed on."""
        with self._going_on():
            self._note("dropped", name=name, why=why)

    def ask(self, calls: tuple[ToolCall, ...]) -> dict[str, str]:
        """Hand on calls and wait for what comes of them; by call."""
        with self._going_on():
            self._asked, self._answers = calls, None
            self._put(Asked(calls))
            self._note("asked", calls=[{"id": c.call_id, "name": c.name, "arguments": c.arguments} for c in calls])
            while self._answers is None and self._thought is None:
                self._change.wait(max(0.001, self._limit_s() - self._clock_s()))
                self._look_at_the_clock()
            if self._answers is None:
                raise EndedError
            answers = {call.call_id: self._answers.get(call.call_id, _UNANSWERED) for call in calls}
            self._asked, self._answers = (), None
            self._note("answered", answers=answers)
        return answers

    def keep(self, messages: Sequence[Message]) -> None:
        """Note messages that later requests must hold; what was said until now is in them."""
        with self._going_on():
            self._messages += messages
            self._spoken += self._spoken_now
            self._spoken_now.clear()

    def pause(self, seconds: float) -> None:
        """Wait before a retry."""
        until_s = self._clock_s() + seconds
        with self._going_on():
            while self._thought is None and (left_s := until_s - self._clock_s()) > 0:
                self._change.wait(max(0.001, min(left_s, self._limit_s() - self._clock_s())))
                self._look_at_the_clock()
            if self._thought is not None:
                raise EndedError

    def seconds_left(self) -> float:
        """Return how long it may still take."""
        return self._tally.started_s + self._config.max_seconds - self._clock_s()

    def finish(
        self, outcome: ThoughtOutcome, detail: str = "", *, text: str | None = None, value: object = None
    ) -> None:
        """End it, unless it has ended."""
        with self._change:
            if self._thought is None:
                self._put(Finished(self._end(outcome, detail, text=text, value=value)))

    # Both sides; the lock is held.

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        with self._change:
            self._look_at_the_clock()
            if self._thought is not None:
                raise EndedError
            yield

    def _put(self, event: Event) -> None:
        self._events.append(event)
        self._change.notify_all()

    def _note(self, kind: str, **details: object) -> None:
        self.transcript.add(self._clock_s() - self._tally.started_s, kind, **details)

    def _limit_s(self) -> float:
        whole_s = self._tally.started_s + self._config.max_seconds
        return whole_s if self._silent_after_s is None else min(whole_s, self._silent_after_s)

    def _look_at_the_clock(self) -> None:
        if self._thought is not None or self._clock_s() < self._limit_s():
            return
        if self.seconds_left() <= 0:
            self._put(Finished(self._end("out_of_time", f"not ready in {self._config.max_seconds:g} s")))
        else:
            self._put(Finished(self._end("unreachable", "the server is silent")))

    def _end(self, outcome: ThoughtOutcome, detail: str, *, text: str | None = None, value: object = None) -> Thought:
        if self._thought is not None:
            return self._thought
        unfinished = "".join(self._spoken_now)
        messages = list(self._messages)
        if unfinished.strip():
            messages.append({"role": "assistant", "content": unfinished})
        self._thought = Thought(
            outcome=outcome,
            text="".join((*self._spoken, unfinished)) if text is None else text,
            value=value,
            detail=detail,
            model=self._model,
            asked_model=self._config.model,
            usage=self._tally.usage(self._clock_s()),
            messages=tuple(messages),
        )
        self._note("finished", thought=self._thought)
        self._change.notify_all()
        self._line.cut()
        return self._thought
