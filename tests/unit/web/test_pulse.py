"""The car keeps its time, whatever the screens do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

from starlette.websockets import WebSocket, WebSocketState

from zhixing.web.browser import BREATH_S, MAX_WAITING, Browser
from zhixing.web.pulse import STEP_S, Pulse


class Wire:
    """The socket of a screen that reads when it is told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.closed_with: int | None = None
        self.may_send = asyncio.Event()

    async def send_text(self, text: str) -> None:
        await self.may_send.wait()
        self.sent.append(text)

    async def close(self, code: int, reason: str) -> None:
        self.closed_with = code


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5.0):
        while not condition():  # noqa: ASYNC110  # what is awaited here are plain numbers
            await asyncio.sleep(0.005)


def test_steps_keep_real_time_without_drift(car: Any) -> None:
    async def drive() -> float:
        pulse = Pulse(car, lambda _: None)
        loop = asyncio.get_running_loop()
        pulse.start()
        started_s = loop.time()
        await until(lambda: pulse.num_steps >= 12)
        elapsed_s = loop.time() - started_s
        await pulse.stop()
        return elapsed_s

    car.step_takes_s = 0.04  # would add up to half a second if it were not part of the interval
    assert 12 * STEP_S - 0.02 < asyncio.run(drive()) < 12 * STEP_S + 0.3


def test_steps_lost_to_a_slow_moment_are_made_up(car: Any) -> None:
    async def drive() -> int:
        pulse = Pulse(car, lambda _: None)
        pulse.start()
        await until(lambda: pulse.num_steps >= 1)
        time.sleep(0.35)  # noqa: ASYNC251  # a slow moment of the loop is what is tested
        await asyncio.sleep(0.05)
        num_steps = pulse.num_steps
        await pulse.stop()
        return num_steps

    assert 4 <= asyncio.run(drive()) <= 7


def test_after_a_long_sleep_of_the_machine_the_car_does_not_race(car: Any) -> None:
    async def drive() -> int:
        pulse = Pulse(car, lambda _: None)
        pulse.start()
        await until(lambda: pulse.num_steps >= 1)
        time.sleep(1.6)  # noqa: ASYNC251
        await asyncio.sleep(0.05)
        num_steps = pulse.num_steps
        await pulse.stop()
        return num_steps

    assert asyncio.run(drive()) <= 7  # sixteen were missed


def test_a_car_that_fails_is_reported_and_no_longer_healthy(car: Any) -> None:
    async def drive() -> tuple[list[BaseException], bool]:
        told: list[BaseException] = []
        pulse = Pulse(car, told.append)
        pulse.start()
        assert pulse.is_beating
        car.failure = ZeroDivisionError("the car broke")
        await until(lambda: bool(told))
        await pulse.stop()
        return told, pulse.is_beating

    told, is_beating = asyncio.run(drive())
    assert [type(error) for error in told] == [ZeroDivisionError]
    assert not is_beating


def test_a_slow_screen_loses_old_frames_but_no_value_and_no_answer(car: Any) -> None:
    async def watch() -> list[str]:
        moment = 0
        browser = Browser(car, lambda: f"frame {moment}")
        wire = Wire()
        sending = asyncio.create_task(browser.send_all(cast("WebSocket", wire)))
        browser.post(["first"])
        for moment in range(50):
            browser.tick()
            car.window, car.revision = moment, moment
            await asyncio.sleep(0)
        browser.post(["last"])
        wire.may_send.set()
        await until(lambda: {"last", "frame 49"} <= set(wire.sent))
        sending.cancel()
        return wire.sent

    sent = asyncio.run(watch())
    assert [text for text in sent if text in {"first", "last"}] == ["first", "last"]
    assert [text for text in sent if text.startswith("frame")] == ["frame 49"]
    assert '"Window":49' in [text for text in sent if "signals" in text][-1]


def test_a_screen_that_never_reads_is_dropped_with_bounded_memory(car: Any) -> None:
    async def watch() -> int | None:
        browser = Browser(car, lambda: "{}")
        wire = Wire()
        sending = asyncio.create_task(browser.send_all(cast("WebSocket", wire)))
        for _ in range(20):
            browser.post(["x"] * MAX_WAITING)
            await asyncio.sleep(0)
        assert browser.is_overrun
        assert len(browser._waiting) <= MAX_WAITING
        wire.may_send.set()
        await sending
        return wire.closed_with

    assert asyncio.run(watch()) == 1013


class Shouting:
    """The socket of a screen that sends without a pause and then leaves."""

    def __init__(self, messages: int) -> None:
        self.left = messages

    async def receive(self) -> dict[str, str]:
        self.left -= 1
        if self.left < 0:
            return {"type": "websocket.disconnect"}
        return {"type": "websocket.receive", "text": '{"type": "say", "text": "x"}'}


def test_all_screens_together_are_heard_at_a_bounded_rate(car: Any) -> None:
    screens, messages = 8, 5

    async def flood() -> float:
        browsers = [Browser(car, lambda: "{}") for _ in range(screens)]
        started = time.perf_counter()
        await asyncio.gather(
            *(b.hear_all(cast("WebSocket", Shouting(messages)), lambda _: [], lambda: screens) for b in browsers)
        )
        return time.perf_counter() - started

    assert asyncio.run(flood()) >= screens * messages * BREATH_S


class Leaving(Wire):
    """The socket of a screen that leaves while something is on its way to it."""

    application_state = WebSocketState.DISCONNECTED
    client_state = WebSocketState.DISCONNECTED

    async def send_text(self, text: str) -> None:
        raise RuntimeError("Unexpected ASGI message 'websocket.send'")


def test_a_screen_that_leaves_meanwhile_is_no_failure(car: Any) -> None:
    browser = Browser(car, lambda: "{}")
    asyncio.run(browser.send_all(cast("WebSocket", Leaving())))
