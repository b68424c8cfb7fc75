"""Who may knock: only this machine's own pages.

A page on another site can make a visitor's browser send requests to this machine. It cannot fake the ``Host`` and
``Origin`` headers, so both are checked: the host must be a name of this machine (against DNS rebinding), and a page
that opens the WebSocket must come from the same host and port (against cross-site WebSocket hijacking).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_CLOSE_POLICY = 1008  # RFC 6455, section 7.4.1: the endpoint's policy is violated


class Doorkeeper:
    """Turn away requests from elsewhere and seal every answer with the security headers.

    Args:
        app: What is behind the door.
        content_policy: Value of ``Content-Security-Policy``.
    """

    def __init__(self, app: ASGIApp, content_policy: str) -> None:
        self._app = app
        self._sealed = {
            "content-security-policy": content_policy,
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "http":
            if is_from_here(Headers(scope=scope)):
                await self._app(scope, receive, self._sealing(send))
            else:
                answer = PlainTextResponse("This car is opened as http://127.0.0.1 only.\n", status_code=421)
                await answer(scope, receive, self._sealing(send))
        elif scope["type"] == "websocket" and not is_from_here(Headers(scope=scope)):
            await WebSocketClose(_CLOSE_POLICY, "foreign origin")(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _sealing(self, send: Send) -> Send:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._sealed.items():
                    headers[name] = value
            await send(message)

        return sealed


def is_from_here(headers: Headers) -> bool:
    """Return whether a request is addressed to this machine and, where a page sent it, comes from this page.

    Example:
        >>> is_from_here(Headers({"host": "127.0.0.1:8360", "origin": "http://127.0.0.1:8360"}))
        True
        >>> is_from_here(Headers({"host": "127.0.0.1:8360", "origin": "http://evil.example"}))
        False
        >>> is_from_here(Headers({"host": "evil.example:8360"}))
        False
    """
    host = headers.get("host", "")
    try:
        if urlsplit(f"//{host}").hostname not in LOOPBACK_NAMES:
            return False
    except ValueError:
        return False
    origin = headers.get("origin")
    return origin is None or origin == f"http://{host}"
