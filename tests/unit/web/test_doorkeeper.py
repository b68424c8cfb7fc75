"""Other web sites do not reach the car through somebody's browser."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.datastructures import Headers
from websockets.exceptions import InvalidStatus

from zhixing.web.app import STATIC, content_policy
from zhixing.web.doorkeeper import is_from_here


@pytest.mark.parametrize(
    ("host", "origin", "is_ours"),
    [
        ("127.0.0.1:8360", None, True),
        ("localhost:8360", "http://localhost:8360", True),
        ("[::1]:8360", "http://[::1]:8360", True),
        ("127.0.0.1", "http://127.0.0.1", True),
        ("127.0.0.1:8360", "http://127.0.0.1:9999", False),
        ("127.0.0.1:8360", "http://localhost:8360", False),
        ("127.0.0.1:8360", "https://127.0.0.1:8360", False),
        ("127.0.0.1:8360", "null", False),
        ("127.0.0.1:8360", "", False),
        ("127.0.0.1:8360", "http://evil.example", False),
        ("127.0.0.1:8360", "http://127.0.0.1:8360.evil.example", False),
        ("evil.example:8360", "http://evil.example:8360", False),
        ("127.0.0.1.evil.example", None, False),
        ("user@127.0.0.1.evil.example", None, False),
        ("192.168.1.7:8360", None, False),
        ("[::1", None, False),
        ("", None, False),
    ],
)
def test_only_pages_of_this_machine_are_from_here(host: str, origin: str | None, is_ours: bool) -> None:
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    assert is_from_here(Headers(headers)) is is_ours


def test_a_rebound_name_gets_no_page(server: Any) -> None:
    answer = server.get("/", {"host": "evil.example:8360"})
    assert answer.status == 421
    assert "<html" not in answer.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_from_elsewhere_gets_no_socket(server: Any, origin: str) -> None:
    with pytest.raises(InvalidStatus, match="403"), server.screen(origin):
        pass


def test_a_rebound_name_gets_no_socket(server: Any) -> None:
    upgrade = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert server.get("/ws", upgrade | {"host": "evil.example"}).status == 403


def test_a_program_without_a_page_may_connect(server: Any) -> None:
    with server.screen(None) as screen:
        assert screen.next()["type"] == "hello"


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/theme.css", "/nowhere"])
def test_every_answer_is_sealed(server: Any, path: str) -> None:
    headers = server.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


def test_the_policy_allows_the_import_map_and_nothing_else_inline() -> None:
    policy = content_policy((STATIC / "index.html").read_text("utf-8"))
    assert policy.count("'sha256-") == 1
    assert "unsafe" not in policy
    assert content_policy('<script type="importmap">{ }</script>') != content_policy(
        '<script type="importmap">{}</script>'
    )
