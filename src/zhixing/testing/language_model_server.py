"""An OpenAI-compatible server that plays a script: good replies, and every bad one there is.

Each request is answered by the next play of the script, the last one again and again. What came in is kept, to be
looked at. The server listens on 127.0.0.1 on a free port, and leaves at once, whatever it is playing.

Example:
    >>> import json, urllib.request
    >>> with ScriptedServer(says("Hello.")) as server:
    ...     request = urllib.request.Request(f"{server.base_url}/chat/completions", json.dumps({"model": "m"}).encode())
    ...     answer = urllib.request.urlopen(request).read().decode()
    >>> '"content": "Hello."' in answer, server.received[0].body
    (True, {'model': 'm'})
"""

from __future__ import annotations

import contextlib
import itertools
import json
import select
import socketserver
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self

MODEL = "scripted"
USAGE: Mapping[str, object] = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_cache_hit_tokens": 60}


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came.

    Attributes:
        path: Path of the address.
        headers: By name in lower case.
        raw: The body's bytes.
        body: What they say as JSON, empty where they are no JSON object.
    """

    path: str
    headers: Mapping[str, str]
    raw: bytes
    body: Mapping[str, object] = field(default_factory=dict)


class Stage:
    """Where a play is played: one connection, after one request."""

    def __init__(self, handler: BaseHTTPRequestHandler, request: Received, closing: threading.Event) -> None:
        self.request = request
        self._handler = handler
        self._closing = closing

    def head(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send the status line and headers; the body ends when the connection does."""
        sent = {"Content-Type": "text/event-stream", "Connection": "close"} | dict(headers or {})
        lines = [f"HTTP/1.1 {status} {status}", *(f"{name}: {value}" for name, value in sent.items())]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n")

    def send(self, data: bytes) -> None:
        """Send bytes at once."""
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def chunk(self, data: object) -> None:
        """Send one event of a stream; a text goes out as it is, anything else as JSON."""
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        self.send(f"data: {text}\n\n".encode())

    def hold(self, seconds: float = 60.0) -> bool:
        """Keep the connection open; True as soon as the client or the server has left."""
        for _ in range(round(seconds / 0.01)):
            if self._closing.wait(0.01) or select.select([self._handler.connection], [], [], 0)[0]:
                return True
        return False


Play = Callable[[Stage], None]


class ScriptedServer:
    """Plays a script; used as a context manager.

    Args:
        plays: What to answer to the first request, the second ...; the last one answers all that follow.

    Attributes:
        received: What has come in, oldest first.
    """

    def __init__(self, *plays: Play) -> None:
        self.received: list[Received] = []
        self._plays = plays
        self._turn = itertools.count()
        self._closing = threading.Event()
        self._num_playing = 0
        self._change = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _handler(self._play))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def base_url(self) -> str:
        """Address for a client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def is_idle_within(self, seconds: float) -> bool:
        """Return whether every play has ended, waiting so long for it."""
        with self._change:
            return self._change.wait_for(lambda: self._num_playing == 0, seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _play(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self._change:
            self._num_playing += 1
            request = _received(handler, raw)
            self.received.append(request)
            play = self._plays[min(next(self._turn), len(self._plays) - 1)]
        try:
            with contextlib.suppress(OSError):
                play(Stage(handler, request, self._closing))
        finally:
            with self._change:
                self._num_playing -= 1
                self._change.notify_all()


def streams(*chunks: object, hold_s: float = 0.0) -> Play:
    """Send chunks as they are, with a pause before each."""

    def play(stage: Stage) -> None:
        stage.head()
        for chunk in chunks:
            if hold_s and stage.hold(hold_s):
                return
            stage.chunk(chunk)

    return play


def says(
    *pieces: str,
    usage: object = USAGE,
    model: str = MODEL,
    finish_reason: str = "stop",
    thoughts: Sequence[str] = (),
    hold_s: float = 0.0,
) -> Play:
    """Stream a text piece by piece, then the usage, as a good server does."""
    deltas = [{"reasoning_content": thought, "content": None} for thought in thoughts]
    deltas += [{"content": piece} for piece in pieces]
    return streams(*_chunks(deltas, usage=usage, model=model, finish_reason=finish_reason), hold_s=hold_s)


def calls(
    *named: tuple[str, Mapping[str, object] | str], thoughts: Sequence[str] = (), says: str = "", usage: object = USAGE
) -> Play:
    """Stream tool calls, the arguments cut in the middle; a text as arguments is sent as it is."""
    deltas: list[dict[str, object]] = [{"reasoning_content": thought} for thought in thoughts]
    deltas += [{"role": "assistant", "content": says or None}]
    for index, (name, given) in enumerate(named):
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        half = len(text) // 2
        head = {"index": index, "id": f"id-{index}", "type": "function", "function": {"name": name, "arguments": ""}}
        deltas.append({"tool_calls": [head]})
        deltas += [{"tool_calls": [{"index": index, "function": {"arguments": t}}]} for t in (text[:half], text[half:])]
    return streams(*_chunks(deltas, usage=usage, finish_reason="tool_calls"))


def delta(change: Mapping[str, object], finish_reason: str | None = None, model: str = MODEL) -> dict[str, object]:
    """Return one chunk of a stream."""
    choice = {"index": 0, "delta": change, "finish_reason": finish_reason}
    return {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": model, "choices": [choice]}


def fails(status: int, message: str = "no", headers: Mapping[str, str] | None = None) -> Play:
    """Answer with an HTTP error as OpenAI words it."""
    body = json.dumps({"error": {"message": message}}, ensure_ascii=False)
    return page(status, body, {"Content-Type": "application/json", **(headers or {})})


def page(status: int, body: str, headers: Mapping[str, str] | None = None) -> Play:
    """Answer with anything at all."""

    def play(stage: Stage) -> None:
        stage.head(status, {"Content-Type": "text/html", **(headers or {})})
        stage.send(body.encode())

    return play


def breaks_off(text: str) -> Play:
    """Stream a text and close the connection in the middle of the reply."""
    return streams(delta({"content": text}))


def is_silent(stage: Stage) -> None:
    """Accept the request and never answer."""
    stage.hold()


def falls_silent(text: str) -> Play:
    """Stream a text and then nothing, with the connection left open."""

    def play(stage: Stage) -> None:
        stage.head()
        stage.chunk(delta({"content": text}))
        stage.hold()

    return play


def drips(pause_s: float, what: bytes = b": keep-alive\n\n") -> Play:
    """Send a few bytes again and again, and never a reply."""

    def play(stage: Stage) -> None:
        stage.head()
        while not stage.hold(pause_s):
            stage.send(what)

    return play


def never_ends(text: str, pause_s: float = 0.0) -> Play:
    """Stream a text again and again."""

    def play(stage: Stage) -> None:
        stage.head()
        while not (pause_s and stage.hold(pause_s)):
            stage.chunk(delta({"content": text}))

    return play


def floods(stage: Stage) -> None:
    """Send one line that has no end, as fast as it goes."""
    stage.head()
    stage.send(b"data: ")
    while True:
        stage.send(b"x" * 65_536)


def _chunks(
    deltas: Iterable[Mapping[str, object]], *, usage: object, finish_reason: str, model: str = MODEL
) -> Iterable[object]:
    yield from (delta(change, model=model) for change in deltas)
    yield delta({}, finish_reason, model)
    if usage is not None:
        yield delta({}, model=model) | {"choices": [], "usage": usage}
    yield "[DONE]"


def _received(handler: BaseHTTPRequestHandler, raw: bytes) -> Received:
    headers = {name.lower(): value for name, value in handler.headers.items()}
    try:
        body = json.loads(raw)
    except ValueError:
        body = {}
    return Received(handler.path, headers, raw, body if isinstance(body, dict) else {})


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has left is nothing to report."""


def _handler(play: Callable[[BaseHTTPRequestHandler], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.close_connection = True
            play(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is http.server's
            pass

    return Handler
