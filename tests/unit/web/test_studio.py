"""The data studio's server: what it answers, and what it does not."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.ingest.ingest import ingest
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, write_table
from zhixing.web.app import serve
from zhixing.web.studio import MOST_BYTES

ANYBODY = '{"name":"all","roles":[{"name":"car"}],"condition":{"kind":"is","measure":"is_there","of":["car"]}}'
JSON = {"content-type": "application/json"}


class StandingCar:
    """A car of which nothing is to be said, until it breaks."""

    def __init__(self) -> None:
        self.is_broken = False

    def hello(self) -> dict[str, Any]:
        return {"type": "hello", "version": "0"}

    def road_message(self) -> dict[str, Any]:
        return {"type": "road", "name": "none", "lanes": [], "stop_lines": []}

    def step(self) -> None:
        if self.is_broken:
            raise InterruptedError

    def frame(self) -> dict[str, Any]:
        return {"type": "frame", "t": 0.0}

    def signals_message(self, revision: int) -> tuple[int, dict[str, Any] | None]:
        return revision, None

    def handle(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        del message
        return []

    def take_broadcasts(self) -> list[dict[str, Any]]:
        return []


class Desk:
    """Whoever asks the studio, without a browser."""

    def __init__(self, url: str) -> None:
        self.address = url.removeprefix("http://")

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:  # fmt: skip
        connection = http.client.HTTPConnection(self.address, timeout=120.0)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        return self._good("GET", path, None)

    def post(self, path: str, said: object) -> Any:
        return self._good("POST", path, json.dumps(said))

    def _good(self, method: str, path: str, body: str | None) -> Any:
        status, _, data = self.ask(method, f"/studio/api{path}", body, JSON if body else {})
        assert status == 200, data
        return json.loads(data)

    def until_over(self, number: int) -> Any:
        deadline = time.monotonic() + 120.0
        while not (state := self.get(f"/search/{number}"))["is_over"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return state


@contextmanager
def served(archive: Path) -> Iterator[Desk]:
    car, urls, is_ready = StandingCar(), [], threading.Event()

    def ready(url: str, _: str) -> None:
        urls.append(url)
        is_ready.set()

    def run() -> None:
        with pytest.raises(InterruptedError):
            serve(car, "127.0.0.1", 0, ready, archive=str(archive))

    thread = threading.Thread(target=run)
    thread.start()
    assert is_ready.wait(10.0)
    yield Desk(urls[0])
    car.is_broken = True
    thread.join(20.0)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    write_table(folder / "in" / "vehicle_tracks_000.csv", *(going(k, y_m=4.0 * k) for k in range(1, 41)))
    ingest([folder / "in"], Archive(str(folder / "archive")))
    with served(folder / "archive") as desk:
        yield desk


def test_the_page_is_there_and_may_run_its_own_scripts_only(desk: Desk) -> None:
    status, headers, page = desk.ask("GET", "/studio")
    assert status == 200
    assert b"<data-studio>" in page
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.count("sha256-") == 2, "one import map a page"
    _, headers, script = desk.ask("GET", "/studio/report/player.js")
    assert "javascript" in headers["content-type"]
    assert b"export class Player" in script


def test_without_an_archive_there_is_no_studio(server: Any) -> None:
    assert server.get("/studio").status == 404
    assert server.get("/studio/api/archive").status == 404


def test_a_search_finds_hits_that_come_in_windows(desk: Desk) -> None:
    assert desk.get("/archive")["totals"]["drives"] == 1
    state = desk.until_over(desk.post("/search", {"query": ANYBODY})["search"])
    assert (state["hits"], state["drives_hit"], state["done"]) == (40, 1, 1)
    number = state["search"]
    rows = desk.get(f"/search/{number}/hits?from=38&count=10")["rows"]
    assert [row["roles"] for row in rows] == [[["car", 39]], [["car", 40]]]
    hit = desk.get(f"/search/{number}/hits/3")
    assert hit["view"]["roles"] == [["car", 4]]
    assert "idm" in hit["planners"]


def test_a_question_is_answered_and_a_new_search_ends_the_old_one(desk: Desk) -> None:
    asked = desk.post("/ask", {"text": "car faster than 5 m/s", "lang": "en"})
    first = desk.post("/search", {"query": asked["query"]})["search"]
    second = desk.post("/search", {"query": ANYBODY})["search"]
    assert desk.get(f"/search/{first}")["is_over"]
    assert desk.until_over(second)["hits"] == 40
    assert desk.post(f"/search/{second}/stop", {})["is_over"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ask", "{}"),
        ("/ask", '{"text": 7}'),
        ("/ask", '{"text": "…", "lang": "fr"}'),
        ("/ask", "[" * 2000),
        ("/ask", "\xff"),
        ("/search", '{"query": "{}"}'),
        ("/search", '{"query": "/etc/passwd"}'),
        ("/search", json.dumps({"query": "x" * MOST_BYTES})),
        ("/search/999/stop", "{}"),
        (f"/search/{'9' * 5000}/stop", "{}"),
        ("/ask", json.dumps({"text": "cars " * 100})),
        ("/ask", '{"text": "car brakes hard", "model": true}'),
    ],
)
def test_nonsense_is_answered_with_what_to_do(desk: Desk, path: str, body: str) -> None:
    status, _, data = desk.ask("POST", f"/studio/api{path}", body.encode("latin-1", "replace"), JSON)
    assert status == 400
    said = json.loads(data)
    assert said["message"]
    assert "Traceback" not in said["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/search/1/hits?from=-1",
        "/search/1/hits?from=a",
        "/search/999/hits",
        "/verdicts/../../archive",
        "/verdicts/0123456789",
        "/drives?count=100000",
    ],
)
def test_what_is_not_there_is_said_to_be_so(desk: Desk, path: str) -> None:
    status, _, _ = desk.ask("GET", f"/studio/api{path}")
    assert status in {400, 404}


def test_other_sites_cannot_ask(desk: Desk) -> None:
    body = json.dumps({"query": ANYBODY})
    for headers, expected in (
        ({"origin": "http://evil.example", **JSON}, 421),
        ({"host": "evil.example", **JSON}, 421),
        ({"content-type": "text/plain"}, 400),
    ):
        status, _, _ = desk.ask("POST", "/studio/api/search", body, headers)
        assert status == expected


@pytest.mark.slow
def test_a_run_ends_with_a_verdict_and_a_second_one_waits(tmp_path: Path) -> None:
    write_task(tmp_path / "in" / "family" / "task_1")
    ingest([tmp_path / "in"], Archive(str(tmp_path / "archive")))
    who = {"candidate": "pdm", "incumbent": "idm"}
    with served(tmp_path / "archive") as desk:
        assert desk.get("/run") is None
        begun = desk.post("/run", who)
        assert (begun["step"], begun["is_over"]) == ("mine", False)
        status, _, data = desk.ask("POST", "/studio/api/run", json.dumps(who), JSON)
        assert (status, b"going on already" in data) == (400, True)
        deadline = time.monotonic() + 120.0
        while not (state := desk.get("/run"))["is_over"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert state["error"] is None
        assert (state["done"], state["todo"]) == (2, 2)
        assert desk.get(f"/verdicts/{state['verdict']}")["candidate"] == "pdm"
        assert [one["key"] for one in desk.get("/runs")["verdicts"]] == [state["verdict"]]


def test_a_run_can_be_stopped_and_one_that_cannot_be_is_not_begun(desk: Desk) -> None:
    for said in (
        {"candidate": "idm"},
        {"candidate": "idm", "incumbent": "idm"},
        {"candidate": "nobody", "incumbent": "idm"},
        {"candidate": "pdm", "incumbent": "idm", "background": "fly"},
    ):
        assert desk.ask("POST", "/studio/api/run", json.dumps(said), JSON)[0] == 400
    desk.post("/run", {"candidate": "pdm", "incumbent": "idm"})
    assert desk.post("/run/stop", {})["is_over"]
    # The archive has no map, so a run that is not stopped says that there is nothing to drive.
    desk.post("/run", {"candidate": "pdm", "incumbent": "idm"})
    deadline = time.monotonic() + 60.0
    while not (state := desk.get("/run"))["is_over"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "nothing to drive" in state["error"]["message"]
