"""A request that did not lead to a whole reply."""

from __future__ import annotations

from zhixing.reasoning.thought import ThoughtOutcome


class AttemptError(Exception):
    """A request did not lead to a whole reply.

    Attributes:
        outcome: What the thought ends as, if nothing better is tried.
        detail: Why, in one line.
        status: HTTP status, 0 where none came.
        is_passing: Whether the same request may do better a moment later.
        retry_after_s: How long the server asks to wait.
    """

    def __init__(
        self,
        outcome: ThoughtOutcome,
        detail: str,
        *,
        status: int = 0,
        is_passing: bool = False,
        retry_after_s: float = 0.0,
    ) -> None:
        super().__init__(detail)
        self.outcome: ThoughtOutcome = outcome
        self.detail = detail
        self.status = status
        self.is_passing = is_passing
        self.retry_after_s = retry_after_s
