"""What the server serves and how it treats those who talk to it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from zhixing.web.parcels import MAX_BYTES
from zhixing.web.pulse import MAX_BROWSERS


def test_the_page_and_its_files_are_served(server: Any) -> None:
    page = server.get("/")
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    script = server.get("/static/main.js")
    assert "javascript" in script.headers["content-type"]
    assert script.headers["cache-control"] == "no-cache"
    assert server.get("/static/main.js", {"if-none-match": script.headers["etag"]}).status == 304


def test_nothing_else_is_served(server: Any) -> None:
    for path in ("/nowhere", "/static/nowhere.js", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"):
        assert server.get(path).status == 404, path


def test_a_screen_is_told_everything_in_order(server: Any) -> None:
    with server.screen() as screen:
        assert [screen.next()["type"] for _ in range(4)] == ["hello", "road", "signals", "frame"]
        later = [screen.next("frame")["t"] for _ in range(3)]
    assert later == sorted(set(later))


def test_a_wish_is_answered_to_its_screen_and_its_effect_is_seen_by_all(server: Any) -> None:
    with server.screen() as one, server.screen() as other:
        assert other.next("signals")["values"] == {"Window": 0}
        one.send({"type": "set", "id": "7", "value": 40})
        assert one.next("outcome")["id"] == "7"
        assert other.next("signals")["values"] == {"Window": 40}
        one.send({"type": "say", "text": "你好"})
        assert one.next("turn") == other.next("turn") == {"type": "turn", "text": "你好"}


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "{",
        "[]",
        "7",
        '{"type": NaN}',
        '{"type": "say", "text": "\\ud800"}',
        "[" * 9000,
        "x" * (MAX_BYTES + 1),
        b"\x00\xff",
        b"",
    ],
    ids=["nothing", "half", "list", "number", "nan", "surrogate", "deep", "large", "binary", "empty-binary"],
)
def test_garbage_is_answered_and_harms_nobody(server: Any, car: Any, garbage: str | bytes) -> None:
    with server.screen() as bad, server.screen() as good:
        bad.socket.send(garbage)
        answer = bad.next("error")
        assert answer["message"]
        assert answer["hint"]
        assert not car.heard
        for screen in (good, bad):
            screen.send({"type": "set", "value": 5})
            assert screen.next("outcome")["kind"] == "granted"


def test_an_unknown_message_is_answered_by_the_car(server: Any) -> None:
    with server.screen() as screen:
        screen.send({"type": "reboot"})
        assert "reboot" in screen.next("error")["message"]


def test_a_message_beyond_every_limit_closes_its_own_socket_only(server: Any) -> None:
    with server.screen() as bad, server.screen() as good:
        # Small enough to be on its way as a whole before the server hangs up.
        bad.socket.send("x" * (4 * MAX_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            bad.next("never")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        good.send({"type": "set", "value": 3})
        assert good.next("outcome")["kind"] == "granted"


def test_a_screen_that_does_not_read_is_dropped_and_the_others_see_everything(server: Any, car: Any) -> None:
    with server.screen() as lazy, server.screen() as good:
        for _ in range(6):
            good.send({"type": "shout", "size": 100_000, "times": 100})
            for _ in range(100):
                good.next("turn")
        with pytest.raises(ConnectionClosed) as closed:
            lazy.next("never")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
        good.next("frame")


def test_a_limit_that_is_not_finite_reaches_the_screen_as_null(server: Any, car: Any) -> None:
    with server.screen() as screen:
        car.limit = float("inf")
        while screen.next("frame")["limit"] is not None:
            pass


def test_too_many_screens_are_sent_away_until_one_leaves(server: Any) -> None:
    with ExitStack() as all_screens:
        screens = [all_screens.enter_context(server.screen()) for _ in range(MAX_BROWSERS)]
        for screen in screens:
            screen.next("hello")
        with server.screen() as surplus, pytest.raises(ConnectionClosed) as closed:
            surplus.next("hello")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
        screens[0].socket.close()
        screens[1].next("frame")
        with server.screen() as later:
            later.next("hello")


def test_health_is_ok_while_the_car_moves(server: Any) -> None:
    with server.screen() as screen:
        screen.next("frame")
        screen.next("frame")
    answer = server.get("/healthz")
    assert answer.status == 200
    assert json.loads(answer.text)["status"] == "ok"
