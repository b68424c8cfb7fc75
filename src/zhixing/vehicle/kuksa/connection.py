"""The line to a foreign broker, in a thread of its own: it is called again whenever it breaks."""

from __future__ import annotations

import contextlib
import queue
import random
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from kuksa.val.v2 import types_pb2, val_pb2, val_pb2_grpc

from zhixing.datatypes.signal import Leaf, Reading, Value
from zhixing.errors import ConfigError, WrongTypeError
from zhixing.signals.kuksa.convert import field_of, read, type_name, writer
from zhixing.signals.kuksa.server import is_loopback

_CALL_TIMEOUT_S = 5.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 10.0
_LOOK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Reported:
    """Values that the broker has sent."""

    values: Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class Connected:
    """The line stands.

    Attributes:
        paths: Signals of ours that the broker has, of the same type.
        actuators: Those of them that can be set there.
        left_out: Why others are not among them, by path.
    """

    paths: tuple[str, ...]
    actuators: frozenset[str]
    left_out: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lost:
    """The line is broken, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The broker would not have something set, and why."""

    path: str
    value: Value
    reason: str


Event = Reported | Connected | Lost | Denied


class Connection:
    """Follows a broker's signals and asks it for changes.

    Args:
        address: Host and port.
        catalogue: Signals of ours.
        token: Access token, empty without one.
        certificate: PEM of the authority that signed the broker's certificate, None without TLS.

    Raises:
        ConfigError: A token would travel unencrypted to another machine.
    """

    def __init__(
        self, address: str, catalogue: Mapping[str, Leaf], token: str = "", certificate: Path | None = None
    ) -> None:
        if token and certificate is None and not is_loopback(address.rpartition(":")[0].strip("[]")):
            raise ConfigError("a token would travel unencrypted", hint="Give kuksa.certificate.")
        self._address = address
        self._catalogue = catalogue
        self._headers = (("authorization", f"Bearer {token}"),) if token else ()
        self._credentials = _credentials(certificate)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._pending: dict[str, Reading] = {}
        self._lock = threading.Lock()
        self._asked: dict[str, Value] = {}  # by path: what the broker is asked for now
        self._next: dict[str, Value] = {}  # and what then; a newer wish stands in for an older one
        self._over = threading.Event()
        self._call: Any = None
        self._thread = threading.Thread(target=self._follow, name="kuksa-follow", daemon=True)
        self._look_at_s = 0.0
        self._stub: Any = None

    def start(self) -> None:
        """Begin to call."""
        self._thread.start()

    def close(self) -> None:
        """Hang up."""
        self._over.set()
        call = self._call
        if call is not None:
            call.cancel()
        self._thread.join(2.0)

    def events(self) -> Iterator[Event]:
        """Yield what has happened since the last time; of each signal the newest value only."""
        self._look_whether_it_lives()
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                return
            if isinstance(event, Reported):
                with self._lock:
                    event, self._pending = Reported(self._pending), {}
            yield event

    def ask(self, path: str, value: Value) -> None:
        """Ask for a change; an answer comes as an event, if it is a no.

        While the broker has not answered yet for a path, the newest wish for it waits, and no other.
        """
        with self._lock:
            if path in self._asked:
                self._next[path] = value
                return
            self._asked[path] = value
        self._send(path, value)

    def _send(self, path: str, value: Value) -> None:
        request = val_pb2.ActuateRequest(signal_id=types_pb2.SignalID(path=path))
        writer(self._catalogue[path])(request.value, value)
        stub, future = self._stub, None
        if stub is not None:
            with contextlib.suppress(ValueError):  # the channel has been closed under it
                future = stub.Actuate.future(request, timeout=_CALL_TIMEOUT_S, metadata=self._headers)
        if future is None:
            self._answered(path, value, "there is no connection")
            return
        future.add_done_callback(lambda done: self._answered(path, value, _refusal_in(done)))

    def _answered(self, path: str, value: Value, refusal: str) -> None:
        if refusal:
            self._events.put(Denied(path, value, refusal))
        with self._lock:
            following = self._next.pop(path, None)
            if following is None:
                del self._asked[path]
            else:
                self._asked[path] = following
        if following is not None:
            self._send(path, following)

    def _look_whether_it_lives(self) -> None:
        """Ask the broker every other second for its name: one that hangs is as good as gone."""
        now_s, stub, call = time.monotonic(), self._stub, self._call
        if stub is None or call is None or now_s < self._look_at_s:
            return
        self._look_at_s = now_s + _LOOK_EVERY_S
        request = val_pb2.GetServerInfoRequest()
        future = None
        with contextlib.suppress(ValueError):  # the channel has been closed under it
            future = stub.GetServerInfo.future(request, timeout=_LOOK_EVERY_S, metadata=self._headers)
        if future is None:
            return

        def seen(done: Any) -> None:
            if _refusal_in(done).startswith("DEADLINE_EXCEEDED"):
                call.cancel()

        future.add_done_callback(seen)

    def _follow(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._over.is_set():
            with self._channel() as channel:
                stub = val_pb2_grpc.VALStub(channel)
                try:
                    connected = self._agree(stub)
                    self._events.put(connected)
                    self._stub, wait_s = stub, _FIRST_WAIT_S
                    self._hear(stub, connected)
                    reason = "it has hung up"
                except grpc.RpcError as error:
                    reason = _reason(error)
                finally:
                    self._stub = self._call = None
            self._events.put(Lost(reason))
            self._over.wait(wait_s * random.uniform(0.8, 1.2))
            wait_s = min(2.0 * wait_s, _LONGEST_WAIT_S)

    def _agree(self, stub: Any) -> Connected:
        """Find which signals both sides have, of the same type."""
        request = val_pb2.ListMetadataRequest(root="")
        listed = stub.ListMetadata(request, timeout=_CALL_TIMEOUT_S, metadata=self._headers).metadata
        theirs = {one.path: one for one in listed}
        left_out: dict[str, str] = {}
        paths: list[str] = []
        for path, leaf in self._catalogue.items():
            if path not in theirs:
                continue
            if theirs[path].data_type != types_pb2.DataType.Value(type_name(leaf.datatype)):
                left_out[path] = f"it is {field_of(leaf.datatype)} here and of another type there"
            else:
                paths.append(path)
        paths = self._allowed(stub, paths)
        actuators = (path for path in paths if theirs[path].entry_type == types_pb2.ENTRY_TYPE_ACTUATOR)
        return Connected(tuple(paths), frozenset(actuators), left_out)

    def _allowed(self, stub: Any, paths: list[str]) -> list[str]:
        """Return those that the token may read; a subscription to one that it may not would be refused as a whole."""

        def may_read(some: list[str]) -> bool:
            request = val_pb2.GetValuesRequest(signal_ids=[types_pb2.SignalID(path=path) for path in some])
            try:
                stub.GetValues(request, timeout=_CALL_TIMEOUT_S, metadata=self._headers)
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.PERMISSION_DENIED:
                    return False
                raise
            return True

        if not paths or may_read(paths):
            return paths
        return [path for path in paths if may_read([path])]

    def _hear(self, stub: Any, connected: Connected) -> None:
        agreed = frozenset(connected.paths)
        request = val_pb2.SubscribeRequest(signal_paths=connected.paths)
        self._call = stub.Subscribe(request, metadata=self._headers)
        for response in self._call:
            values: dict[str, Reading] = {}
            for path, point in response.entries.items():
                leaf = self._catalogue[path] if path in agreed else None
                if leaf is not None and point.value.WhichOneof("typed_value"):
                    with contextlib.suppress(WrongTypeError):
                        values[path] = read(leaf, point.value, "typed_value")
            with self._lock:
                is_first = not self._pending
                self._pending.update(values)
            if is_first and values:
                self._events.put(Reported({}))
            if self._over.is_set():
                return

    def _channel(self) -> Any:
        options = [("grpc.keepalive_time_ms", 10_000), ("grpc.keepalive_timeout_ms", 3_000)]
        options += [("grpc.http2.ping_timeout_ms", 3_000)]
        if self._credentials is None:
            return grpc.insecure_channel(self._address, options)
        return grpc.secure_channel(self._address, self._credentials, options)


def _refusal_in(done: Any) -> str:
    """Return why a call has failed, empty where it has not."""
    if done.cancelled():
        return "CANCELLED"
    error = done.exception()
    return "" if error is None else _reason(error)


def _reason(error: Any) -> str:
    return f"{error.code().name}: {str(error.details())[:200]}"


def _credentials(certificate: Path | None) -> Any:
    if certificate is None:
        return None
    try:
        return grpc.ssl_channel_credentials(certificate.read_bytes())
    except OSError as error:
        raise ConfigError(f"certificate {certificate} cannot be read: {error}", hint="Give a PEM file.") from error
