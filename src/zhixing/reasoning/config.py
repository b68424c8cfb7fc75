"""To whom the car talks, and how much time and money one turn may take; plain numbers with units."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal, get_args
from urllib.parse import SplitResult, urlsplit

from zhixing.errors import ConfigError

ThinkingSwitch = Literal["auto", "thinking", "chat_template", "none"]
SchemaMode = Literal["auto", "json_schema", "json_object"]

_MOST: dict[str, float] = {"max_steps": 100, "max_calls_per_step": 100, "max_tokens": 1_000_000, "max_retries": 10}
_MAY_BE_ZERO = {"max_retries", "price_input_per_mtok", "price_cached_input_per_mtok", "price_output_per_mtok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """A language model behind an OpenAI-compatible server, and the bounds of one turn.

    Attributes:
        base_url: Where the API is; for self-hosted servers usually ends in ``/v1``.
        model: Name of the model as the server knows it.
        thinking: Whether the model thinks before it speaks: better, slower and dearer.
        thinking_switch: How the server is told so: ``thinking`` as DeepSeek's API wants it, ``chat_template`` as vLLM,
            SGLang and llama.cpp want it, ``none`` not at all; ``auto`` is ``thinking`` at deepseek.com, else ``none``.
        schema_mode: How an answer is bound to a schema; ``auto`` is ``json_object`` at deepseek.com, which knows no
            other, else ``json_schema``.
        temperature: Randomness from 0 to 2; not sent while thinking, where DeepSeek ignores it.
        connect_timeout_s: Longest wait for a connection.
        first_token_timeout_s: Longest wait from a request to the first word or call.
        silence_timeout_s: Longest wait between two pieces of a reply.
        max_seconds: Longest that a turn takes, tools included.
        max_steps: Most rounds between model and tools in a turn.
        max_calls_per_step: Most tool calls that one reply may hold; what is beyond is dropped.
        max_tokens: Most tokens of one reply.
        max_cost: Most money for a turn, in ``currency``; a request that might go beyond is not sent.
        price_input_per_mtok: Price of a million tokens read, in ``currency``.
        price_cached_input_per_mtok: The same for tokens that the server had in its cache.
        price_output_per_mtok: Price of a million tokens written, in ``currency``.
        currency: ISO 4217 code of prices and costs.
        max_retries: Most repetitions of a request that failed before anything was said.

    Source:
        Prices: DeepSeek's "Models & Pricing" of 2026-10, deepseek-flash in peak hours; half of it off-peak.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  # pydantic's own spelling for dataclasses

    base_url: str = "https://api.deepseek.com"
    model: str = "deepseek-flash"
    thinking: bool = False
    thinking_switch: ThinkingSwitch = "auto"
    schema_mode: SchemaMode = "auto"
    temperature: float = 0.0
    connect_timeout_s: float = 3.0
    first_token_timeout_s: float = 8.0
    silence_timeout_s: float = 5.0
    max_seconds: float = 30.0
    max_steps: int = 6
    max_calls_per_step: int = 8
    max_tokens: int = 1024
    max_cost: float = 0.05
    price_input_per_mtok: float = 0.30
    price_cached_input_per_mtok: float = 0.006
    price_output_per_mtok: float = 1.20
    currency: str = "USD"
    max_retries: int = 1

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, bool | str) or one.name == "temperature":
                continue
            if not (0 if one.name in _MAY_BE_ZERO else 1e-9) <= value <= _MOST.get(one.name, math.inf):
                raise ConfigError(f"{one.name} = {value} is out of range", hint="Choose a sensible positive number.")
            if not math.isfinite(value):
                raise ConfigError(f"{one.name} = {value} is not finite", hint="Every wait and cost has an end.")
        if not 0.0 <= self.temperature <= 2.0:
            raise ConfigError(f"temperature = {self.temperature} is out of range", hint="Choose 0 to 2.")
        if self.thinking_switch not in get_args(ThinkingSwitch) or self.schema_mode not in get_args(SchemaMode):
            raise ConfigError(f"unknown thinking_switch {self.thinking_switch!r} or schema_mode {self.schema_mode!r}")
        if not self.model or not self.model.isprintable():
            raise ConfigError("model is empty or not printable", hint="Name the model as the server does.")
        self.address()

    def address(self) -> SplitResult:
        """Return the parts of ``base_url``.

        Raises:
            ConfigError: It is no address of an HTTP server, or holds a user, a password, a query or a fragment.
        """
        try:
            parts = urlsplit(self.base_url)
            _ = parts.port
        except ValueError as error:
            raise ConfigError(f"base_url is no address: {error}", hint="Write https://host/v1.") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname or not self.base_url.isprintable():
            raise ConfigError("base_url is no http(s) address", hint="Write https://host/v1.")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ConfigError("base_url holds more than an address", hint="The key comes from the environment.")
        return parts

    @property
    def is_deepseek(self) -> bool:
        """Whether DeepSeek's own API is meant."""
        return is_within(self.address().hostname or "", "deepseek.com")


def is_within(host: str, domain: str) -> bool:
    """Return whether a host is a domain or below it.

    Example:
        >>> is_within("api.deepseek.com", "deepseek.com"), is_within("notdeepseek.com", "deepseek.com")
        (True, False)
    """
    return host == domain or host.endswith(f".{domain}")
