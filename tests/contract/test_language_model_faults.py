"""Every way in which a server can fail: each ends in time, with the right outcome, and leaks nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from zhixing.testing import language_model_server as server
from zhixing.testing.language_model_server import Play, ScriptedServer, Stage, delta, fails, page, says, streams

KEY = "sk-secret-0123456789"


def silent_from_the_start(stage: Stage) -> None:
    stage.hold()


def not_http(stage: Stage) -> None:
    stage.send(b"SSH-2.0-OpenSSH_9.9\r\n" * 100)


def half_a_chunk(stage: Stage) -> None:
    stage.head(headers={"Transfer-Encoding": "chunked"})
    stage.send(b"1000\r\ndata: {")


def zipped(stage: Stage) -> None:
    stage.head(headers={"Content-Encoding": "gzip"})
    stage.send(b"\x1f\x8b" + b"\0" * 1000)


def broken_utf8(stage: Stage) -> None:
    stage.head()
    stage.send(b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n')


def huge_headers(stage: Stage) -> None:
    stage.send(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 1_000_000)


def gigantic_error(stage: Stage) -> None:
    stage.head(500)
    while True:
        stage.send(b"x" * 65_536)


def slow_error(stage: Stage) -> None:
    stage.head(401)
    while not stage.hold(0.05):
        stage.send(b"x")


CHUNK = delta({"content": "Hi"})
WRONG_TYPES: list[object] = [
    {"choices": [{"delta": {"content": 3, "tool_calls": [None, 3, {"function": []}]}}]},
    {"choices": "abc", "model": 3, "usage": 3},
    {"choices": [[]]},
    {"choices": [{"delta": "abc", "finish_reason": 3}]},
]
FAULTS: list[tuple[str, Play, str, str]] = [
    # name, play, outcome, spoken
    ("never answers", server.is_silent, "unreachable", ""),
    ("keep-alives only", server.drips(0.02), "unreachable", ""),
    ("a byte at a time", server.drips(0.02, b"d"), "unreachable", ""),
    ("falls silent", server.falls_silent("Well "), "unreachable", "Well "),
    ("empty deltas for ever", server.never_ends("", 0.02), "unreachable", ""),
    ("a stream without an end", server.never_ends("blah "), "nonsense", "*"),
    ("a line without an end", server.floods, "unreachable", ""),
    ("breaks off", server.breaks_off("Well "), "unreachable", "Well "),
    ("breaks off within a chunk", half_a_chunk, "unreachable", ""),
    ("no HTTP", not_http, "unreachable", ""),
    ("compressed", zipped, "unreachable", ""),
    ("headers without an end", huge_headers, "unreachable", ""),
    ("an error without an end", gigantic_error, "unreachable", ""),
    ("a slow error", slow_error, "unreachable", ""),
    ("400", fails(400, f"bad request with {KEY}"), "rejected", ""),
    ("401", fails(401, f"Incorrect API key provided: {KEY}", {"X-Echo": KEY}), "rejected", ""),
    ("402", fails(402, "Insufficient Balance"), "rejected", ""),
    ("403 page", page(403, f"<html>{KEY}</html>"), "rejected", ""),
    ("404", fails(404), "rejected", ""),
    ("500", fails(500, f"oops {KEY}"), "unreachable", ""),
    ("503", fails(503), "unreachable", ""),
    ("429 for ever", fails(429, "slow down", {"Retry-After": "3600"}), "unreachable", ""),
    ("429 with nonsense", fails(429, "slow down", {"Retry-After": "-inf"}), "unreachable", ""),
    ("redirect", page(307, "", {"Location": "http://localhost:1/v1/chat/completions"}), "unreachable", ""),
    ("a login page", page(200, "<html>Welcome to the hotel</html>"), "nonsense", ""),
    ("an empty page", page(200, ""), "nonsense", ""),
    ("no content", page(204, ""), "nonsense", ""),
    ("JSON, no stream", page(200, '{"hello": 1}', {"Content-Type": "application/json"}), "nonsense", ""),
    ("not JSON", streams(CHUNK, "{nope"), "nonsense", "Hi"),
    ("broken UTF-8", broken_utf8, "nonsense", ""),
    ("deep JSON", streams('{"choices":' * 50_000), "nonsense", ""),
    ("a number", streams("3", "[DONE]"), "nonsense", ""),
    ("a list", streams("[[]]", "[DONE]"), "nonsense", ""),
    ("null", streams("null", "[DONE]"), "nonsense", ""),
    ("done at once", streams("[DONE]"), "nonsense", ""),
    ("an error in the stream", streams(CHUNK, {"error": {"message": f"died {KEY}"}}), "unreachable", "Hi"),
    ("no choices", streams({"choices": []}, {"choices": None}, delta({}, "stop")), "nonsense", ""),
    ("wrong types", streams(*WRONG_TYPES, delta({}, "stop")), "nonsense", ""),
    ("null content", streams(delta({"content": None}), delta({}, "stop"), "[DONE]"), "nonsense", ""),
    ("the content filter", streams(CHUNK, delta({}, "content_filter")), "rejected", "Hi"),
    ("no resources", streams(delta({}, "insufficient_system_resource"), "[DONE]"), "unreachable", ""),
    ("leaked markup only", says("<｜DSML｜function_calls>garbage"), "nonsense", ""),
    ("the key as words", says(f"Your key is {KEY[:9]}", f"{KEY[9:]}!"), "answered", "Your key is !"),
    ("the key as model", says("Hi", model=KEY), "answered", "Hi"),
    ("parts", streams(delta({"content": [{"type": "text", "text": "Hi"}]}, "stop"), "[DONE]"), "answered", "Hi"),
    ("no usage", says("Hi", usage=None), "answered", "Hi"),
    ("no end", streams(delta({"content": "Hi"}, "stop")), "answered", "Hi"),
]


@pytest.mark.parametrize(("fault", "outcome", "spoken"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_ends_in_time_and_as_it_should(
    play: Callable[..., Any], fault: Play, outcome: str, spoken: str
) -> None:
    run = play(fault, max_retries=0)
    assert run.thought.outcome == outcome, run.thought.detail
    assert spoken in ("*", run.said)
    assert run.asked == ()
    assert run.thought.outcome == "answered" or run.thought.detail
    assert len(run.thought.detail) <= 220
    assert run.seconds < 3.0


@pytest.mark.parametrize(("fault", "spoken"), [(server.never_ends("x ", 0.1), "x"), (server.drips(0.05), "")])
def test_a_turn_ends_when_its_time_is_over(play: Callable[..., Any], fault: Play, spoken: str) -> None:
    run = play(fault, max_seconds=0.7, first_token_timeout_s=5.0)
    assert run.thought.outcome == "out_of_time"
    assert run.said.startswith(spoken)
    assert 0.6 < run.seconds < 3.0


def test_nobody_there_is_unreachable(play: Callable[..., Any]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    run = play(says("unused"), base_url=address, max_retries=1)
    assert run.thought.outcome == "unreachable"
    assert run.thought.usage.cost == 0.0


def test_a_port_that_never_answers_is_unreachable(play: Callable[..., Any]) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(address)
        run = play(says("unused"), base_url=f"http://127.0.0.1:{address[1]}/v1", max_retries=0)
        for one in crowd:
            one.close()
    assert run.thought.outcome == "unreachable"


def test_a_redirect_does_not_take_the_key_elsewhere(play: Callable[..., Any]) -> None:
    with ScriptedServer(says("Mine!")) as thief:
        elsewhere = f"{thief.base_url.replace('127.0.0.1', 'localhost')}/chat/completions"
        run = play(page(308, "", {"Location": elsewhere}))
        assert run.thought.outcome == "unreachable"
        assert thief.received == []


@pytest.mark.parametrize("fault", [fails(429, "busy", {"Retry-After": "0.4"}), fails(502), server.breaks_off("")])
def test_what_may_pass_is_tried_again(play: Callable[..., Any], fault: Play) -> None:
    run = play(fault, says("Here."))
    assert (run.thought.outcome, run.said, run.thought.usage.num_requests) == ("answered", "Here.", 2)
    assert run.seconds >= 0.3


def test_what_has_been_said_is_not_said_again(play: Callable[..., Any]) -> None:
    run = play(server.breaks_off("One. "), says("One. Two."))
    assert (run.thought.outcome, run.said, run.thought.usage.num_requests) == ("unreachable", "One. ", 1)


def test_a_server_that_knows_no_stream_options_is_asked_without(play: Callable[..., Any]) -> None:
    run = play(fails(400, "unknown field stream_options"), says("Hi.", usage=None))
    assert run.thought.outcome == "answered"
    assert "stream_options" not in run.body(1)
    assert run.thought.usage.is_estimated


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -5, "completion_tokens": 3},
        {"prompt_tokens": 10, "completion_tokens": "many"},
        {"prompt_tokens": 1e99, "completion_tokens": 1},
        {"prompt_tokens": True, "completion_tokens": 1},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": 10**30, "completion_tokens": 1},
        [],
        None,
    ],
)
def test_numbers_that_cannot_be_are_estimated(play: Callable[..., Any], usage: object) -> None:
    taken = play(says("Hello there.", usage=usage)).thought.usage
    assert taken.is_estimated
    assert 50 < taken.prompt_tokens < 500
    assert 1 <= taken.completion_tokens < 50
    assert taken.cost > 0


def test_more_cached_than_read_is_not_believed(play: Callable[..., Any]) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 1, "prompt_cache_hit_tokens": 99}
    assert play(says("Hi", usage=usage)).thought.usage.cached_tokens == 10
