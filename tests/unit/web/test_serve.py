"""The server is on this machine only, says when it is ready, and leaves in order."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import urllib.request
from typing import Any

import pytest

from zhixing.errors import ServiceError
from zhixing.web.app import serve


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_when_it_says_so_and_returns_after_a_signal(car: Any, number: signal.Signals) -> None:
    answers = []

    def ready(url: str, _: str = "") -> None:
        def visit() -> None:
            with urllib.request.urlopen(f"{url}/healthz") as answer:  # noqa: S310
                answers.append((json.load(answer)["status"], dict(answer.headers)))
            os.kill(os.getpid(), number)

        threading.Thread(target=visit).start()

    before = signal.getsignal(number)
    serve(car, "127.0.0.1", 0, ready)
    assert signal.getsignal(number) is before
    ((status, headers),) = answers
    assert status == "ok"
    assert "server" not in headers
    assert car.num_steps >= 1


def test_a_second_server_on_the_same_port_gets_an_error_with_a_hint(car: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(ServiceError, match=f"port {port} .* cannot be used") as caught:
            serve(car, "127.0.0.1", port, lambda *_: pytest.fail("it is not ready"))
    assert "--port" in caught.value.hint
    assert car.num_steps == 0


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_a_port_that_does_not_exist_gets_the_same_error(car: Any, port: int) -> None:
    with pytest.raises(ServiceError, match="cannot be used"):
        serve(car, "127.0.0.1", port, lambda *_: None)


@pytest.mark.parametrize("host", ["0.0.0.0", "", "192.168.1.7", "example.org"])  # noqa: S104
def test_only_this_machine_is_served(car: Any, host: str) -> None:
    with pytest.raises(ServiceError, match="can be reached by others"):
        serve(car, host, 0, lambda *_: None)


def test_a_car_that_breaks_ends_the_server_with_its_own_error(car: Any) -> None:
    def ready(*_: str) -> None:
        car.failure = ZeroDivisionError("the car broke")

    with pytest.raises(ZeroDivisionError, match="the car broke"):
        serve(car, "127.0.0.1", 0, ready)
