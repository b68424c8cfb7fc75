"""A small car on a straight road, for tests of the server alone."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from zhixing.web.app import serve


class StraightCar:
    """It drives east, has one window, repeats what it hears to everybody, and can be told to fail."""

    def __init__(self) -> None:
        self.num_steps = 0
        self.window = 0
        self.revision = 0
        self.heard: list[dict[str, Any]] = []
        self.failure: Exception | None = None
        self.step_takes_s = 0.0
        self.limit: float | None = 10.0
        self.broadcasts: list[dict[str, Any]] = []

    def hello(self) -> dict[str, Any]:
        return {"type": "hello", "version": "0"}

    def road_message(self) -> dict[str, Any]:
        return {"type": "road", "name": "straight", "lanes": [], "stop_lines": []}

    def step(self) -> None:
        if self.failure is not None:
            raise self.failure
        time.sleep(self.step_takes_s)
        self.num_steps += 1

    def frame(self) -> dict[str, Any]:
        return {"type": "frame", "t": 0.1 * self.num_steps, "limit": self.limit}

    def signals_message(self, revision: int) -> tuple[int, dict[str, Any] | None]:
        if revision == self.revision:
            return revision, None
        return self.revision, {"type": "signals", "values": {"Window": self.window}, "targets": {}}

    def handle(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.heard.append(dict(message))
        match message.get("type"):
            case "set":
                self.window = message["value"]
                self.revision += 1
                return [{"type": "outcome", "id": message.get("id"), "kind": "granted"}]
            case "say":
                self.broadcasts.append({"type": "turn", "text": message["text"]})
            case "shout":
                self.broadcasts += [{"type": "turn", "text": "x" * message["size"]}] * message["times"]
            case other:
                return [{"type": "error", "message": f"message type {other!r} is unknown", "hint": ""}]
        return []

    def take_broadcasts(self) -> list[dict[str, Any]]:
        taken, self.broadcasts = self.broadcasts, []
        return taken


class StoppedError(Exception):
    """What a test breaks the car with to end its server."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    text: str


class Screen:
    """One connected browser, without a browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, message: object) -> None:
        self.socket.send(json.dumps(message))

    def next(self, kind: str = "") -> dict[str, Any]:
        """Return the next message (of a type: frames come in between at any time)."""
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv(timeout=5.0))
            if kind in {"", message["type"]}:
                return message


class Served:
    """A running server and ways to knock at it."""

    def __init__(self, url: str) -> None:
        self.address = url.removeprefix("http://")

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a path exactly as written."""
        connection = http.client.HTTPConnection(self.address, timeout=5.0)
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode())
        finally:
            connection.close()

    @contextlib.contextmanager
    def screen(self, origin: str | None = "own") -> Iterator[Screen]:
        """Open the socket as a page of some origin."""
        page = f"http://{self.address}" if origin == "own" else origin
        with connect(f"ws://{self.address}/ws", origin=Origin(page) if page else None, max_size=None) as socket:
            yield Screen(socket)


@pytest.fixture
def car() -> StraightCar:
    return StraightCar()


@pytest.fixture
def server(car: StraightCar) -> Iterator[Served]:
    """Serve the car from another thread; breaking the car is how such a server is stopped."""
    is_ready = threading.Event()
    urls: list[str] = []
    ends: list[Exception] = []

    def ready(url: str, _: str = "") -> None:
        urls.append(url)
        is_ready.set()

    def run() -> None:
        try:
            serve(car, "127.0.0.1", 0, ready)
        except StoppedError as error:
            ends.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert is_ready.wait(10.0)
    yield Served(urls[0])
    car.failure = StoppedError()
    thread.join(10.0)
    assert ends
