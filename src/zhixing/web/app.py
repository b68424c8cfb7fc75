"""What is served: the page, its files, one WebSocket and a health check, on this machine only."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from zhixing.errors import ServiceError, ZhixingError
from zhixing.web.browser import ServedCar
from zhixing.web.doorkeeper import LOOPBACK_NAMES, Doorkeeper
from zhixing.web.parcels import MAX_BYTES
from zhixing.web.pulse import Pulse
from zhixing.web.studio import Studio

STATIC = Path(__file__).parent / "static"
_INLINE_SCRIPT = re.compile(r"<script type=\"importmap\">(.*?)</script>", re.DOTALL)


def create_app(
    car: ServedCar, on_failure: Callable[[BaseException], None] = lambda _: None, archive: str = ""
) -> Starlette:
    """Return the ASGI application that shows one car; it binds no port.

    Args:
        car: Stepped ten times a second while the application runs.
        on_failure: Told what the car raised, when it cannot be stepped any more.
        archive: Place of the archive that the data studio shows; without one there is no studio.
    """
    pulse = Pulse(car, on_failure)
    studio = Studio(archive) if archive else None

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        pulse.start()
        try:
            yield
        finally:
            await pulse.stop()
            if studio is not None:
                studio.close()

    def page(name: str) -> Callable[[Request], Awaitable[Response]]:
        async def shown(_: Request) -> Response:
            return FileResponse(STATIC / name, headers={"cache-control": "no-cache"})

        return shown

    async def healthz(_: Request) -> Response:
        state = {"status": "ok" if pulse.is_beating else "failed", "steps": pulse.num_steps}
        return JSONResponse(state, status_code=200 if pulse.is_beating else 503)

    async def websocket(socket_: WebSocket) -> None:
        await pulse.welcome(socket_)

    pages = [STATIC / "index.html"]
    routes: list[BaseRoute] = [
        Route("/", page("index.html")),
        Route("/healthz", healthz),
        WebSocketRoute("/ws", websocket),
        Mount("/static", _FreshFiles(directory=STATIC)),
    ]
    if studio is not None:
        pages.append(STATIC / "studio.html")
        routes += [Route("/studio", page("studio.html")), *studio.routes()]
    policy = content_policy("".join(one.read_text("utf-8") for one in pages))
    return Starlette(
        routes=routes,
        middleware=[Middleware(Doorkeeper, content_policy=policy)],
        lifespan=lifespan,
    )


def content_policy(page: str) -> str:
    """Return the Content-Security-Policy: our own files, and the import maps of the pages by their hashes.

    Example:
        >>> content_policy('<script type="importmap">{}</script>').split("; ")[1]
        "script-src 'self' 'sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o='"
    """
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in dict.fromkeys(_INLINE_SCRIPT.findall(page))
    ]
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *hashes)),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


class Companion(Protocol):
    """Something that runs beside the page, in its event loop."""

    async def start(self) -> str:
        """Begin, and return where it is reached."""
        ...

    async def stop(self) -> None:
        """End."""
        ...


def serve(
    car: ServedCar,
    host: str,
    port: int,
    on_ready: Callable[[str, str], None],
    companion: Companion | None = None,
    archive: str = "",
) -> None:
    """Show a car in the browser until Ctrl-C or SIGTERM.

    Args:
        car: Taken one step before the address is announced, so that its kernels are loaded.
        host: A name of this machine.
        port: TCP port; 0 takes a free one.
        on_ready: Told the address once it answers, and the companion's, empty without one.
        companion: Started before that, and stopped at the end.
        archive: Place of the archive that the data studio shows; without one there is no studio.

    Raises:
        ServiceError: A port is in use, or ``host`` is not this machine alone.
    """
    if host not in LOOPBACK_NAMES:
        raise ServiceError(f"{host} can be reached by others", hint="Serve on 127.0.0.1; the car has no password yet.")
    with _listen(host, port) as listening:
        car.step()
        address = listening.getsockname()
        url = f"http://{f'[{host}]' if ':' in host else host}:{address[1]}"
        server = _Server(car, lambda beside: on_ready(url, beside), companion, archive)
        server.run(sockets=[listening])
        if server.failure is not None:
            raise server.failure


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        raise ServiceError(
            f"port {port} on {host} cannot be used: {error}",
            hint="Stop what uses it (another zhixing serve?) or choose another with --port.",
        ) from error
    return listening


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready and, after a signal, lets the caller clean up instead of dying."""

    def __init__(
        self, car: ServedCar, on_ready: Callable[[str], None], companion: Companion | None, archive: str
    ) -> None:  # fmt: skip
        app = create_app(car, on_failure=self._fail, archive=archive)
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                lifespan="on",
                ws_max_size=4 * MAX_BYTES,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=1,
                server_header=False,
            )
        )
        self._on_ready = on_ready
        self._companion = companion
        self.failure: BaseException | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        beside = ""
        if self._companion is not None:
            try:
                beside = await self._companion.start()
            except ZhixingError as error:
                self._fail(error)
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._on_ready(beside)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._companion is not None:
            await self._companion.stop()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _fail(self, error: BaseException) -> None:
        self.failure = error
        self.should_exit = True


class _FreshFiles(StaticFiles):
    """Static files that a browser asks about again, so that a new version is seen at once."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = "no-cache"
        return response
