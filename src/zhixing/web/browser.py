"""One connected screen: what it asks is answered, what it must know waits for it, bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from starlette.websockets import WebSocket, WebSocketState

from zhixing.errors import InputError
from zhixing.runtime.wire import complaint
from zhixing.web.parcels import pack, unpack

MAX_WAITING = 256
"""Answers and turns that wait for one screen; a screen that leaves more unread is dropped and may come back."""
BREATH_S = 0.005
"""Between two messages: all screens together may send 200 a second, so that the car always has its time."""
_TRY_AGAIN_LATER = 1013  # IANA WebSocket close code registry


class ServedCar(Protocol):
    """What the web floor needs of a car; :class:`zhixing.runtime.car.Car` is one."""

    def hello(self) -> dict[str, Any]:
        """Return what a screen must know first."""
        ...

    def road_message(self) -> dict[str, Any]:
        """Return the map to draw."""
        ...

    def step(self) -> None:
        """Let 0.1 s pass."""
        ...

    def frame(self) -> dict[str, Any]:
        """Return what is on the road now."""
        ...

    def signals_message(self, revision: int) -> tuple[int, dict[str, Any] | None]:
        """Return the newest revision and what has changed since an older one."""
        ...

    def handle(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Do what a screen asks and return the answers for it."""
        ...

    def take_broadcasts(self) -> list[dict[str, Any]]:
        """Return what every screen shall hear, once."""
        ...


class Browser:
    """The outbox of one screen.

    Frames are not queued: whenever the socket is free it gets the newest one and all signal changes since the last, so
    a slow screen loses frames but no value, and costs no memory.

    Args:
        car: Whose state is shown.
        newest_frame: Returns the packed frame of now.
    """

    def __init__(self, car: ServedCar, newest_frame: Callable[[], str]) -> None:
        self._car = car
        self._newest_frame = newest_frame
        self._waiting: deque[str] = deque()
        self._has_news = asyncio.Event()
        self._revision = -1
        self._is_frame_due = True
        self.is_overrun = False

    def post(self, parcels: Iterable[str]) -> None:
        """Put packed messages into the outbox."""
        self._waiting.extend(parcels)
        if len(self._waiting) > MAX_WAITING:
            self._waiting.clear()
            self.is_overrun = True
        self._has_news.set()

    def tick(self) -> None:
        """Say that there is a new frame."""
        self._is_frame_due = True
        self._has_news.set()

    async def send_all(self, socket: WebSocket) -> None:
        """Send what is there and what comes, until the screen is overrun."""
        try:
            await self._send_until_overrun(socket)
        except RuntimeError:
            if socket.application_state is WebSocketState.CONNECTED is socket.client_state:
                raise
            return  # it left while something was on its way to it
        await socket.close(_TRY_AGAIN_LATER, "too much unread")

    async def _send_until_overrun(self, socket: WebSocket) -> None:
        while not self.is_overrun:
            while self._waiting:
                await socket.send_text(self._waiting.popleft())
            self._revision, signals = self._car.signals_message(self._revision)
            if signals is not None:
                await socket.send_text(pack(signals))
            if self._is_frame_due:
                self._is_frame_due = False
                await socket.send_text(self._newest_frame())
            if not self._waiting:
                await self._has_news.wait()
                self._has_news.clear()

    async def hear_all(
        self,
        socket: WebSocket,
        handle: Callable[[dict[str, Any]], list[dict[str, Any]]],
        count_screens: Callable[[], int],
    ) -> None:
        """Hand every message of the screen to the car and post the answers, until it leaves."""
        while True:
            received = await socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            try:
                answers = handle(unpack(received.get("text") or received.get("bytes") or ""))
            except InputError as error:
                answers = [complaint(error)]
            self.post(pack(answer) for answer in answers)
            await asyncio.sleep(BREATH_S * count_screens())
