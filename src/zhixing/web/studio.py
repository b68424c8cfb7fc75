"""The data studio: a second page, and what it asks for as JSON over HTTP."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from zhixing.dataloop.mining.words import words_as_json
from zhixing.dataloop.report.page import module
from zhixing.errors import InputError, RecordingError, ServiceError, ZhixingError
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.studio import boards, desk, hits
from zhixing.web.runs import Runs
from zhixing.web.searches import Search, Searches
from zhixing.web.workers import Worker

MOST_BYTES = 128 * 1024
"""A request may have so many; a query has at most half of it."""
_MOST_LINES = 200
_MOST_DIGITS = 9
_Answer = Callable[[Request], Awaitable[object]]


class Studio:
    """Answers the studio's page about one archive.

    Two processes work for it: one searches and drives, the other answers what people look at meanwhile.

    Args:
        place: Of the archive; it need not exist yet.
    """

    def __init__(self, place: str) -> None:
        self._place = place
        self._desk = Worker()
        self._digger = Worker()
        self._searches = Searches(place, self._digger, self._desk)
        self._loop = Runs(place, self._digger)
        self._is_driving = False

    def routes(self) -> list[BaseRoute]:
        """Return what is served."""
        ways: list[tuple[str, str, _Answer]] = [
            ("GET", "/archive", self._archive),
            ("GET", "/drives", self._drives),
            ("GET", "/words", self._words),
            ("POST", "/ask", self._ask),
            ("POST", "/search", self._start),
            ("GET", "/search/{number}", self._state),
            ("POST", "/search/{number}/stop", self._stop),
            ("GET", "/search/{number}/hits", self._hits),
            ("GET", "/search/{number}/hits/{index}", self._scene),
            ("POST", "/search/{number}/hits/{index}/drive", self._drive),
            ("GET", "/runs", self._runs),
            ("GET", "/run", self._run_state),
            ("POST", "/run", self._run),
            ("POST", "/run/stop", self._run_stop),
            ("GET", "/verdicts/{key}", self._verdict),
            ("GET", "/verdicts/{key}/scenes", self._compare),
        ]
        routes: list[BaseRoute] = [
            Route(f"/studio/api{path}", _as_json(answer), methods=[method]) for method, path, answer in ways
        ]
        routes.append(Route("/studio/api/verdicts/{key}/report", self._report))
        routes += [Route(f"/studio/report/{name}", _script(name)) for name in ("player.js", "words.js")]
        return routes

    def close(self) -> None:
        """Stop all searches and end the processes."""
        self._searches.close()
        self._loop.stop()
        self._digger.close()
        self._desk.close()

    async def _archive(self, _: Request) -> object:
        return await self._desk.do(desk.overview, self._place)

    async def _drives(self, request: Request) -> object:
        first, count = _window(request)
        return await self._desk.do(desk.drives, self._place, first, count)

    async def _ask(self, request: Request) -> object:
        said = await _said(request)
        text, lang = _text(said, "text"), said.get("lang")
        by_model = said.get("model") is True
        # A language model may take its time; what people look at must not wait for it.
        worker = self._digger if by_model else self._desk
        return await worker.do(hits.ask, text, lang if isinstance(lang, str) else None, by_model)

    async def _words(self, _: Request) -> object:
        return {**await self._desk.do(words_as_json), "has_model": await self._desk.do(hits.has_model)}

    async def _start(self, request: Request) -> object:
        return (await self._searches.start(_text(await _said(request), "query"))).state()

    def _search(self, request: Request) -> Search:
        return self._searches.named(_whole(request, "number"))

    async def _state(self, request: Request) -> object:
        return self._search(request).state()

    async def _stop(self, request: Request) -> object:
        return self._searches.stop(_whole(request, "number")).state()

    async def _hits(self, request: Request) -> object:
        search = self._search(request)
        first, count = _window(request)
        wanted = search.hits[first : first + count]
        return {"rows": await self._desk.do(hits.previews, self._place, search.text, wanted)}

    async def _scene(self, request: Request) -> object:
        text, hit = self._hit(request)
        shown = await self._desk.do(hits.scene, self._place, text, hit)
        return {**shown, "planners": await self._desk.do(boards.planners)}

    async def _drive(self, request: Request) -> object:
        text, hit = self._hit(request)
        said = await _said(request)
        who = (_text(said, "candidate"), _text(said, "incumbent"))
        if self._is_driving:
            raise ServiceError("two are driving already", hint="Wait until they are there.")
        self._is_driving = True
        try:
            return await self._digger.do(boards.drive_hit, self._place, text, hit, who)
        finally:
            self._is_driving = False

    async def _runs(self, _: Request) -> object:
        known = await self._desk.do(boards.runs, self._place)
        return {**known, "names": await self._desk.do(boards.planners)}

    async def _run_state(self, _: Request) -> object:
        return self._loop.state()

    async def _run(self, request: Request) -> object:
        said = await _said(request)
        background = said.get("background", "reactive")
        if background not in ("replay", "reactive"):
            raise InputError("the others cannot move like that", hint="Say replay or reactive.")
        ours, theirs = (How(planner=_text(said, one), background=background) for one in ("candidate", "incumbent"))
        return self._loop.start(ours, theirs).state()

    async def _run_stop(self, _: Request) -> object:
        return self._loop.stop()

    async def _verdict(self, request: Request) -> object:
        return await self._desk.do(boards.verdict, self._place, request.path_params["key"])

    async def _compare(self, request: Request) -> object:
        name = request.query_params.get("name", "")
        return await self._desk.do(boards.compare, self._place, request.path_params["key"], name)

    async def _report(self, request: Request) -> Response:
        try:
            page = await self._desk.do(boards.report, self._place, request.path_params["key"])
        except ZhixingError as error:
            return _complaint(error)
        # To be kept, not shown here: it is a page of its own with a script of its own.
        name = f'attachment; filename="report-{request.path_params["key"][:8]}.html"'
        return Response(page, media_type="text/html", headers={"content-disposition": name})

    def _hit(self, request: Request) -> tuple[str, hits.PlainHit]:
        search = self._search(request)
        index = _whole(request, "index")
        if index >= len(search.hits):
            raise InputError(f"the search has no hit {index}", hint="Choose one of its list.")
        return search.text, search.hits[index]


def _as_json(answer: _Answer) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return JSONResponse(await answer(request), headers={"cache-control": "no-store"})
        except ZhixingError as error:
            return _complaint(error)
        except (ValueError, TypeError, OverflowError) as error:  # what cannot be told as JSON
            return _complaint(RecordingError(f"the answer cannot be told: {error}", hint="An artefact is damaged."))

    return answered


def _script(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answered(_: Request) -> Response:
        return Response(module(name), media_type="text/javascript", headers={"cache-control": "no-cache"})

    return answered


def _complaint(error: ZhixingError) -> Response:
    return JSONResponse({"message": str(error), "hint": error.hint}, status_code=400)


async def _said(request: Request) -> dict[str, Any]:
    """Return the JSON object that a page has sent.

    Raises:
        InputError: It is none, too large, or not declared as JSON (which another site's form cannot do).
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise InputError("the request is no JSON", hint="Send application/json.")
    data = bytearray()
    try:
        async for part in request.stream():
            data += part
            if len(data) > MOST_BYTES:
                raise InputError("the request is too large", hint=f"At most {MOST_BYTES:,} bytes.")
        said = json.loads(bytes(data))
    except (ValueError, RecursionError, ClientDisconnect) as error:
        raise InputError("the request is no JSON", hint="Send a JSON object.") from error
    if not isinstance(said, dict):
        raise InputError("the request is no object", hint="Send a JSON object.")
    return said


def _whole(request: Request, name: str) -> int:
    """Return a number that stands in the path."""
    text = str(request.path_params[name])
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise InputError(f"{text[:20]!r} is no number", hint="Give one of the list.")
    return int(text)


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{name} is missing", hint=f"Send {name} as text.")
    return value


def _window(request: Request) -> tuple[int, int]:
    """Return the first line and how many are wanted."""
    try:
        first, count = (
            int(request.query_params.get(name, default)) for name, default in (("from", "0"), ("count", "50"))
        )
    except ValueError as error:
        raise InputError("from and count are numbers", hint="For example ?from=0&count=50.") from error
    if first < 0 or not 0 <= count <= _MOST_LINES:
        raise InputError("there are no such lines", hint=f"At most {_MOST_LINES} at once, from 0 on.")
    return first, count
