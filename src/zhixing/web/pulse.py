"""Who moves the car: one task, ten steps a second, for all screens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from zhixing.web.browser import Browser, ServedCar
from zhixing.web.parcels import pack

STEP_S = 0.1
MAX_BROWSERS = 16
_GIVE_UP_CATCHING_UP_S = 1.0
_TRY_AGAIN_LATER = 1013  # IANA WebSocket close code registry


class Pulse:
    """Steps the car in real time and lets every screen know.

    Everything that touches the car runs in the event loop's thread (decision 0002).

    Args:
        car: The only one.
        on_failure: Told what the car raised, when it cannot go on.
    """

    def __init__(self, car: ServedCar, on_failure: Callable[[BaseException], None]) -> None:
        self._car = car
        self._on_failure = on_failure
        self._browsers: set[Browser] = set()
        self._frame = ""
        self._hello: tuple[str, ...] = ()
        self._task: asyncio.Task[None] | None = None
        self.num_steps = 0

    @property
    def is_beating(self) -> bool:
        """Whether the car is being moved."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin to move the car."""
        self._frame = pack(self._car.frame())
        self._hello = (pack(self._car.hello()), pack(self._car.road_message()))
        self._task = asyncio.create_task(self._beat(), name="pulse")
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Stop moving the car."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def welcome(self, socket: WebSocket) -> None:
        """Show the car to one screen until it leaves."""
        await socket.accept()
        if len(self._browsers) >= MAX_BROWSERS:
            await socket.close(_TRY_AGAIN_LATER, "too many screens")
            return
        browser = Browser(self._car, lambda: self._frame)
        browser.post(self._hello)
        self._browsers.add(browser)
        sending = asyncio.create_task(browser.send_all(socket))
        hearing = asyncio.create_task(browser.hear_all(socket, self._handle, lambda: len(self._browsers)))
        try:
            await asyncio.wait((sending, hearing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._browsers.discard(browser)
            for task in (sending, hearing):
                task.cancel()
            ends = await asyncio.gather(sending, hearing, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception) and not isinstance(end, WebSocketDisconnect):
                raise end

    def _handle(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        answers = self._car.handle(message)
        self._share()
        return answers

    def _share(self) -> None:
        parcels = [pack(message) for message in self._car.take_broadcasts()]
        for browser in self._browsers:
            browser.post(parcels)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + STEP_S
        while True:
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            self._car.step()
            self.num_steps += 1
            self._frame = pack(self._car.frame())
            self._share()
            for browser in self._browsers:
                browser.tick()
            due_s += STEP_S
            if loop.time() - due_s > _GIVE_UP_CATCHING_UP_S:  # the machine slept
                due_s = loop.time()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self._on_failure(error)
