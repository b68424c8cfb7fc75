"""The bus comes and goes; nobody who listens to it notices more than silence."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import can
import pytest

from zhixing.errors import ConfigError, ServiceError
from zhixing.vehicle.can import line as line_module
from zhixing.vehicle.can.layout import EXTENDED
from zhixing.vehicle.can.line import Line, open_bus
from zhixing.vehicle.can.tally import Tally


class FlakyBus:
    """Gives what it is fed, and breaks when it is told to."""

    def __init__(self) -> None:
        self.inbox: list[can.Message] = []
        self.error: Exception | None = None
        self.sent: list[can.Message] = []
        self.is_shut = False

    def recv(self, timeout: float) -> can.Message | None:
        if self.error is not None:
            raise self.error
        if self.inbox:
            return self.inbox.pop(0)
        time.sleep(0.001)
        return None

    def send(self, message: can.Message) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(message)

    def shutdown(self) -> None:
        self.is_shut = True


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A line over buses that break; each time it is opened, there is another."""
    monkeypatch.setattr(line_module, "_REOPEN_S", 0.01)
    buses: list[FlakyBus] = []
    tally = Tally()

    def open_one() -> Any:
        buses.append(FlakyBus())
        return buses[-1]

    line = Line(open_one, tally, clock_ns=lambda: 5, max_waiting=10)
    yield line, buses, tally
    line.close()


def message(number: int, **more: Any) -> can.Message:
    return can.Message(arbitration_id=number, data=b"\x01", is_extended_id=False, **more)


def test_frames_wait_for_the_owner(flaky: Any) -> None:
    line, buses, _ = flaky
    buses[0].inbox += [message(1), message(2)]
    buses[0].inbox.append(can.Message(arbitration_id=3, data=b"", is_extended_id=True))
    until(lambda: len(line._waiting) == 3)
    assert list(line.drain()) == [(1, b"\x01", 5), (2, b"\x01", 5), (3 | EXTENDED, b"", 5)]
    assert not list(line.drain())


def test_of_too_many_the_oldest_go(flaky: Any) -> None:
    line, buses, tally = flaky
    buses[0].inbox += [message(number) for number in range(25)]
    until(lambda: tally.dropped == 15)
    assert [key for key, _, _ in line.drain()] == list(range(15, 25))


def test_remote_and_error_frames_are_counted(flaky: Any) -> None:
    line, buses, tally = flaky
    buses[0].inbox += [
        can.Message(arbitration_id=1, is_remote_frame=True),
        can.Message(is_error_frame=True),
        message(7),
    ]
    until(lambda: tally.not_data == 2 and len(line._waiting) == 1)
    assert [key for key, _, _ in line.drain()] == [7]


@pytest.mark.parametrize("error", [can.CanOperationError("gone"), OSError("no such device"), ValueError("fd < 0")])
def test_a_bus_that_dies_is_opened_again(flaky: Any, error: Exception) -> None:
    line, buses, tally = flaky
    buses[0].error = error
    until(lambda: len(buses) == 2 and line.is_up)
    assert buses[0].is_shut
    assert tally.bus_failures == 1
    buses[1].inbox.append(message(9))
    until(lambda: bool(line._waiting))


def test_what_cannot_be_sent_is_counted(flaky: Any) -> None:
    line, buses, tally = flaky
    line.send(5 | EXTENDED, b"\x02")
    assert (buses[0].sent[0].arbitration_id, buses[0].sent[0].is_extended_id) == (5, True)
    buses[0].error = can.CanOperationError("full")
    line.send(5, b"\x02")
    assert (tally.sent, tally.unsent) == (1, 1)


def test_while_it_cannot_be_opened_it_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_REOPEN_S", 0.01)
    bus, tally, is_there = FlakyBus(), Tally(), threading.Event()
    is_there.set()

    def open_one() -> Any:
        if not is_there.is_set():
            raise ServiceError("no bus")
        bus.error = None
        return bus

    line = Line(open_one, tally)
    try:
        is_there.clear()
        bus.error = OSError("pulled out")
        until(lambda: tally.bus_failures >= 3)
        assert not line.is_up
        line.send(1, b"")
        assert tally.unsent == 1
        is_there.set()
        until(lambda: line.is_up)
    finally:
        line.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_driver_that_kills_the_thread_leaves_the_line_down(flaky: Any) -> None:
    line, buses, _ = flaky

    class UnheardOfError(Exception):
        pass

    buses[0].error = UnheardOfError("a driver's own")
    until(lambda: not line.is_up)


def test_closing_ends_the_thread(flaky: Any) -> None:
    line, buses, _ = flaky
    line.close()
    line.close()
    assert not line._thread.is_alive()
    assert buses[0].is_shut


def test_an_unknown_interface_is_named() -> None:
    with pytest.raises(ConfigError, match="'canbus'") as caught:
        open_bus("canbus", "can0", 500_000)
    assert "socketcan" in caught.value.hint


def test_a_bus_that_is_not_there_is_a_service_error() -> None:
    with pytest.raises(ServiceError, match="nowhere0"):
        open_bus("socketcan", "nowhere0", 500_000)
