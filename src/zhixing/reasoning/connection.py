"""The network: one request, one stream of chunks, and every way in which that fails, sorted.

The ``openai`` client speaks the protocol. Around it stands a transport that keeps to bounds the client knows none of:
no redirects, no proxies to this machine, no compression, no more bytes than a reply may have, no headers but those
that are needed, whatever the environment says, and an end as soon as somebody cuts the line. This module imports the
client, which takes half a second; whoever needs it, imports it late.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2
import openai

from zhixing.reasoning.attempt import AttemptError
from zhixing.reasoning.config import ModelConfig
from zhixing.reasoning.credentials import Key
from zhixing.reasoning.line import Line

# Their debug lines hold headers and bodies, in which a server may echo the key.
for _name in ("httpcore2", "openai"):
    logging.getLogger(_name).setLevel(logging.INFO)

_BYTES_PER_TOKEN = 2048  # a chunk of one token takes 250 to 400 bytes on the wire
_BYTES_BESIDE = 262_144
_LONGEST_DETAIL = 200
_BUSY = {408, 409, 425, 429}
_SENT_HEADERS = {"host", "accept", "connection", "content-type", "content-length", "transfer-encoding"}
_STRANGE = (
    openai.OpenAIError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


class _BoundedBody(httpx2.SyncByteStream):
    def __init__(self, body: httpx2.SyncByteStream, max_bytes: int, is_wanted: Callable[[], bool]) -> None:
        self._body, self._left, self._is_wanted = body, max_bytes, is_wanted

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._left -= len(piece)
            if self._left < 0:
                raise httpx2.ReadError("more bytes than a reply may have")
            if not self._is_wanted():
                raise httpx2.ReadError("nobody waits for it any more")
            yield piece

    def close(self) -> None:
        self._body.close()


class _BoundedTransport(httpx2.BaseTransport):
    def __init__(
        self, inner: httpx2.BaseTransport, key: Key, line: Line, max_bytes: int, is_wanted: Callable[[], bool]
    ) -> None:
        self._inner, self._key, self._line, self._max_bytes, self._is_wanted = inner, key, line, max_bytes, is_wanted

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions = {**request.extensions, "trace": self._line.trace}
        for name in set(request.headers) - _SENT_HEADERS:
            del request.headers[name]
        request.headers["authorization"] = f"Bearer {self._key.reveal()}"
        request.headers["accept-encoding"] = "identity"
        request.headers["user-agent"] = "zhixing"
        response = self._inner.handle_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            response.close()
            raise httpx2.DecodingError("compressed, though that was not accepted", request=request)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _BoundedBody(response.stream, self._max_bytes, self._is_wanted)
        return response

    def close(self) -> None:
        self._inner.close()


class Connection:
    """A client for the requests of one thought.

    Args:
        config: Where to, and the bounds.
        key: Sent in the header, scrubbed from every detail.
        proxy: Address of an HTTP proxy, None for none.
        line: To be cut from another thread.
        is_wanted: Asked at every piece that comes; False ends the stream.
    """

    def __init__(
        self, config: ModelConfig, key: Key, proxy: str | None, line: Line, is_wanted: Callable[[], bool]
    ) -> None:
        self._key = key
        self._line = line
        is_encrypted = config.address().scheme == "https" or (proxy or "").startswith("https")
        inner = httpx2.HTTPTransport(verify=is_encrypted, proxy=proxy)
        max_bytes = _BYTES_BESIDE + _BYTES_PER_TOKEN * config.max_tokens
        self._http = httpx2.Client(
            transport=_BoundedTransport(inner, key, line, max_bytes, is_wanted),
            timeout=httpx2.Timeout(
                max(config.first_token_timeout_s, config.silence_timeout_s), connect=config.connect_timeout_s
            ),
            follow_redirects=False,
            trust_env=False,
        )
        self._client = openai.OpenAI(
            api_key=key.reveal(), base_url=config.base_url, max_retries=0, http_client=self._http, webhook_secret=""
        )

    def stream(self, request: Mapping[str, Any]) -> Iterator[object]:
        """Yield the chunks of a reply as plain mappings, unchecked.

        Raises:
            AttemptError: There is no reply, or it breaks off.
        """
        try:
            with self._client.chat.completions.create(**request, stream=True) as chunks:
                for chunk in chunks:
                    yield chunk.to_dict(warnings=False) if isinstance(chunk, openai.BaseModel) else chunk
        except _STRANGE as error:
            raise self._sorted(error) from None

    def close(self) -> None:
        """Give everything back."""
        with contextlib.suppress(*_STRANGE):
            self._client.close()
        self._line.close()

    def _sorted(self, error: Exception) -> AttemptError:
        """Return a failure with its kind; what the server said is in it, short and without the key."""
        if isinstance(error, openai.APIStatusError):
            return self._sorted_status(error)
        detail = self._brief(f"{type(error).__name__}: {error.__cause__ or error}")
        if isinstance(error, openai.APIResponseValidationError):
            return AttemptError("nonsense", detail)
        if isinstance(error, openai.APIError | httpx2.TransportError | OSError):
            return AttemptError("unreachable", detail, is_passing=not isinstance(error, openai.APITimeoutError))
        return AttemptError("nonsense", detail)

    def _sorted_status(self, error: openai.APIStatusError) -> AttemptError:
        status = error.status_code
        detail = self._brief(f"HTTP {status}: {_message(error.body)}")
        if status in _BUSY or status >= 500:
            wait_s = _seconds(error.response.headers.get("retry-after", ""))
            return AttemptError("unreachable", detail, status=status, is_passing=True, retry_after_s=wait_s)
        if status < 400:
            return AttemptError("unreachable", self._brief(f"HTTP {status}: redirects are not followed"), status=status)
        return AttemptError("rejected", detail, status=status)

    def _brief(self, text: str) -> str:
        text = "".join(char if char.isprintable() else " " for char in self._key.scrub(text))
        return text if len(text) <= _LONGEST_DETAIL else f"{text[: _LONGEST_DETAIL - 2]} …"


def _message(body: object) -> str:
    """Return what the server says about an error, where it says it as it should."""
    if isinstance(body, Mapping):
        inner = body.get("error", body)
        message = inner.get("message") if isinstance(inner, Mapping) else inner
        return message if isinstance(message, str) else "no message"
    return "no message"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if 0.0 <= seconds < 1e9 else 0.0
