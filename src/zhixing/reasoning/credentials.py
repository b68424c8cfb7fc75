"""The key to the server: from the environment only, for its own host only, and never seen again.

``ZHIXING_LLM_KEY`` is sent to whatever server is configured. Without it ``DEEPSEEK_API_KEY`` is sent to deepseek.com
and ``OPENAI_API_KEY`` to openai.com, each nowhere else. A server without a key hears a dummy.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # public, but not in typeshed

from zhixing.errors import ConfigError
from zhixing.reasoning.config import ModelConfig, is_within
from zhixing.reasoning.scrubbing import pattern_of

KEY_VARIABLE = "ZHIXING_LLM_KEY"
_FALLBACKS = {"DEEPSEEK_API_KEY": "deepseek.com", "OPENAI_API_KEY": "openai.com"}
_DUMMY = "none"
_BLANK = "[key]"
_SHORTEST = 4


class Key:
    """A key that shows itself to nobody who does not ask for it by name.

    Example:
        >>> key = Key("sk-123456")
        >>> key, str(key), key.scrub("your key sk-123456 is wrong")
        (Key(...), 'Key(...)', 'your key [key] is wrong')
    """

    __slots__ = ("_pattern", "_text")

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._pattern = pattern_of(text)

    def __repr__(self) -> str:
        return "Key(...)"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> str:
        raise ConfigError("a key is not written anywhere", hint="Set it in the environment.")

    def reveal(self) -> str:
        """Return the key, or a dummy where there is none; for the request header only."""
        return self._text or _DUMMY

    def scrub(self, text: str) -> str:
        """Return the text without the key, however it came in there."""
        return self._pattern.sub(_BLANK, text) if self._text else text

    def scrub_all(self, value: object) -> object:
        """Return a value as JSON has them without the key, in texts and in names."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, Mapping):
            return {self.scrub(str(name)): self.scrub_all(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.scrub_all(inner) for inner in value]
        return value

    def secrets(self) -> tuple[str, ...]:
        """Return what must not be spoken, for a filter of running text."""
        return (self._text,) if self._text else ()


def find_key(config: ModelConfig, environment: Mapping[str, str]) -> Key:
    """Return the key for the configured server.

    Raises:
        ConfigError: The key cannot be one, or would travel unencrypted to another machine.
    """
    parts = config.address()
    host = parts.hostname or ""
    names = [KEY_VARIABLE, *(name for name, domain in _FALLBACKS.items() if is_within(host, domain))]
    name = next((name for name in names if environment.get(name, "").strip()), "")
    if not name:
        return Key()
    text = environment[name].strip()
    if len(text) < _SHORTEST or not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigError(f"{name} holds no key", hint=f"Set {name} to the key as the server's owner gave it.")
    if parts.scheme != "https" and not is_loopback(host):
        raise ConfigError(
            f"{name} would travel unencrypted to {host}",
            hint=f"Use https in base_url, or unset {name}.",
        )
    return Key(text)


def find_proxy(config: ModelConfig, environment: Mapping[str, str]) -> str | None:
    """Return the HTTP proxy that the environment names for the server; never one for this machine itself."""
    parts = config.address()
    host = parts.hostname or ""
    if is_loopback(host):
        return None
    lower = {name.lower(): value for name, value in environment.items() if value}
    if proxy_bypass_environment(host, {"no": lower.get("no_proxy", "")}):
        return None
    proxy = lower.get(f"{parts.scheme}_proxy") or lower.get("all_proxy")
    return proxy if proxy and proxy.startswith(("http://", "https://")) else None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine.

    Example:
        >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "10.0.0.1", "localhost.evil.example")]
        [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
