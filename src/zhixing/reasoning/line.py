"""The wire of a thought, which any thread may cut: what waits on it, wakes at once."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Any


class Line:
    """Holds a second handle of each connection, so that the wire can be cut while another thread reads from it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._is_cut = False

    @property
    def is_cut(self) -> bool:
        """Whether it has been cut."""
        return self._is_cut

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Note a new connection; the ``trace`` extension of httpx calls this."""
        if not event.endswith("connect_tcp.complete"):
            return
        plug = details["return_value"].get_extra_info("socket")
        if isinstance(plug, socket.socket):
            with self._lock, contextlib.suppress(OSError):
                self._handles.append(plug.dup())
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        """End all connections, whatever they are doing."""
        self._is_cut = True
        with self._lock:
            for handle in self._handles:
                with contextlib.suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handles back."""
        with self._lock:
            while self._handles:
                self._handles.pop().close()
