"""Tokens, money and time of one thought; where a server gives no sound numbers, they are estimated on the high side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.thought import Usage

_BYTES_PER_TOKEN = 3.0  # English has about 4 bytes a token and Chinese about 5 with DeepSeek's vocabulary
_MOST_TOKENS = 100_000_000


@dataclass(slots=True)
class Tally:
    """Adds up what a thought takes.

    Attributes:
        config: Prices and the limit.
        started_s: When the thought began, on the reasoner's clock.
        first_token_s: When the first token came, on the same clock.
    """

    config: ModelConfig
    started_s: float
    first_token_s: float | None = None
    _prompt: int = 0
    _cached: int = 0
    _completion: int = 0
    _num_requests: int = 0
    _is_estimated: bool = False
    _open_prompt: int = 0
    _open_completion: int = 0

    def may_afford(self, prompt_bytes: int) -> bool:
        """Return whether a request of this size stays within the money even if the reply is as long as allowed."""
        worst = self._cost(_tokens(prompt_bytes), 0, self.config.max_tokens)
        return self._cost(self._prompt, self._cached, self._completion) + worst <= self.config.max_cost

    def open_request(self, prompt_bytes: int) -> None:
        """A request is sent."""
        self._num_requests += 1
        self._open_prompt, self._open_completion = _tokens(prompt_bytes), 0

    def see(self, reply_bytes: int, now_s: float) -> None:
        """So much of a reply has come."""
        self._open_completion = _tokens(reply_bytes)
        self.first_token_s = now_s if self.first_token_s is None else self.first_token_s

    def close_request(self, reported: Mapping[str, object] | None) -> None:
        """A request has ended; None where the server did not take it on, so that it costs nothing."""
        prompt, completion = self._open_prompt, self._open_completion
        self._open_prompt = self._open_completion = 0
        if reported is None:
            return
        theirs = _count(reported.get("prompt_tokens")), _count(reported.get("completion_tokens"))
        if theirs[0] is None or theirs[1] is None or (theirs[0] == 0 and prompt > 0):
            self._is_estimated = True
            self._prompt += prompt
            self._completion += completion
            return
        self._prompt += theirs[0]
        self._completion += theirs[1]
        self._cached += min(_cached(reported), theirs[0])

    def usage(self, now_s: float) -> Usage:
        """Return what it has taken until now; a request that is still open counts as estimated."""
        prompt, completion = self._prompt + self._open_prompt, self._completion + self._open_completion
        return Usage(
            prompt_tokens=prompt,
            cached_tokens=self._cached,
            completion_tokens=completion,
            cost=self._cost(prompt, self._cached, completion),
            is_estimated=self._is_estimated or self._open_prompt > 0,
            num_requests=self._num_requests,
            first_token_s=None if self.first_token_s is None else self.first_token_s - self.started_s,
            total_s=now_s - self.started_s,
        )

    def _cost(self, prompt: int, cached: int, completion: int) -> float:
        price = self.config
        return (
            (prompt - cached) * price.price_input_per_mtok
            + cached * price.price_cached_input_per_mtok
            + completion * price.price_output_per_mtok
        ) / 1e6


def _cached(reported: Mapping[str, object]) -> int:
    """Return the cached tokens as DeepSeek reports them, or else as OpenAI does."""
    details = reported.get("prompt_tokens_details")
    theirs = details.get("cached_tokens") if isinstance(details, Mapping) else None
    return _count(reported.get("prompt_cache_hit_tokens")) or _count(theirs) or 0


def _count(value: object) -> int | None:
    is_sound = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS
    return value if is_sound else None  # type: ignore[return-value]  # it is an int


def _tokens(size_bytes: int) -> int:
    return -int(-size_bytes // _BYTES_PER_TOKEN)
