"""One provider stream of version 2: what another program claims, reports and is told to do."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from kuksa.val.v2 import types_pb2, val_pb2

from zhixing.datatypes.signal import Value
from zhixing.errors import InputError, NotWritableError, SignalError, TrustError, ZhixingError
from zhixing.signals.kuksa.access import Caller
from zhixing.signals.kuksa.answers import Code, code_of, words_of
from zhixing.signals.kuksa.broker import Broker, bounded
from zhixing.signals.kuksa.convert import read, writer

_log = logging.getLogger(__name__)
_MAX_CLAIMS = 10_000
_MAX_ANSWERS = 16
_MAX_ERRORS = 50
_ERROR_CODES = {
    Code.NOT_FOUND: types_pb2.ERROR_CODE_NOT_FOUND,
    Code.PERMISSION_DENIED: types_pb2.ERROR_CODE_PERMISSION_DENIED,
    Code.INVALID_ARGUMENT: types_pb2.ERROR_CODE_INVALID_ARGUMENT,
}


class ProviderStream:
    """Reads what a provider sends and sends what it is to do; a newer wish stands in for one that still waits.

    Args:
        broker: What can be done.
        caller: Who provides.
        path_of: Finds the path of a ``SignalID``.
    """

    def __init__(self, broker: Broker, caller: Caller, path_of: Callable[[Any], str]) -> None:
        self._broker = broker
        self._caller = caller
        self._path_of = path_of
        self._releases: list[Callable[[], None]] = []
        self._wishes: dict[str, Value] = {}
        self._answers: list[Any] = []
        self._wake = asyncio.Event()
        self._read = asyncio.Event()
        self._is_over = False
        self._failure: ZhixingError | None = None

    async def run(self, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Yield what the provider is to be sent, until it hangs up.

        Raises:
            SignalError: It has claimed what it cannot provide.
            TrustError: It may not, or its token has ended.
        """
        reading = asyncio.create_task(self._read_all(requests))
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                answers, self._answers = self._answers, []
                for answer in answers:
                    yield answer
                self._read.set()
                wishes, self._wishes = self._wishes, {}
                if wishes:
                    yield self._told(wishes)
                self._caller.check_time()
                if self._failure is not None:
                    raise self._failure
                if self._is_over and not self._answers and not self._wishes:
                    return
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading

    def close(self) -> None:
        """Give up all that was claimed; its values are stale from now on."""
        for release in self._releases:
            release()
        self._releases.clear()
        self._is_over = True
        self._wake.set()
        self._read.set()

    async def _read_all(self, requests: AsyncIterator[Any]) -> None:
        try:
            async for request in requests:
                self._caller.check_time()
                self._take(request)
                while len(self._answers) > _MAX_ANSWERS and not self._is_over:  # who does not read is not read
                    self._read.clear()
                    await self._read.wait()
        except (SignalError, TrustError, InputError) as error:
            self._failure = error
        finally:
            # Who has nothing more to say may still provide: an actuation stream ends with the call.
            self._is_over = not self._releases
            self._wake.set()

    def _take(self, request: Any) -> None:
        match request.WhichOneof("action"):
            case "provide_actuation_request":
                claimed = request.provide_actuation_request.actuator_identifiers
                bounded(claimed)
                paths = [self._path_of(signal) for signal in claimed]
                for path in paths:
                    if self._broker.catalogue[path].kind != "actuator":
                        raise NotWritableError(f"{path} is no actuator", hint="Provide actuators only.")
                self._claim(paths)
                answer = val_pb2.ProvideActuationResponse()
                self._say(val_pb2.OpenProviderStreamResponse(provide_actuation_response=answer))
            case "provide_signal_request":
                self._claim([self._broker.path_of(n) for n in request.provide_signal_request.signals_sample_intervals])
                signals = val_pb2.ProvideSignalResponse()
                self._say(val_pb2.OpenProviderStreamResponse(provide_signal_response=signals))
            case "publish_values_request":
                self._publish(request.publish_values_request)
            case "batch_actuate_stream_response":
                error = request.batch_actuate_stream_response.error
                if error.code not in (types_pb2.ERROR_CODE_OK, types_pb2.ERROR_CODE_UNSPECIFIED):
                    _log.info("provider %s could not actuate: %s", self._caller.name, error.message[:200])
            case _:
                pass

    def _claim(self, paths: list[str]) -> None:
        if len(self._releases) < _MAX_CLAIMS and paths:
            self._releases.append(self._broker.provide(self._caller, paths, self._want))

    def _publish(self, request: Any) -> None:
        bounded(request.data_points)
        status: dict[int, Any] = {}
        for number, point in request.data_points.items():
            try:
                path = self._broker.path_of(number)
                value = read(self._broker.catalogue[path], point.value, "typed_value")
                self._broker.publish(self._caller, path, value)
            except (SignalError, TrustError) as error:
                if len(status) >= _MAX_ERRORS:
                    continue
                code = _ERROR_CODES.get(code_of(error), types_pb2.ERROR_CODE_INVALID_ARGUMENT)
                status[number] = types_pb2.Error(code=code, message=words_of(error))
        if status:
            answer = val_pb2.PublishValuesResponse(request_id=request.request_id, status=status)
            self._say(val_pb2.OpenProviderStreamResponse(publish_values_response=answer))

    def _want(self, path: str, value: Value) -> None:
        self._wishes[path] = value
        self._wake.set()

    def _say(self, answer: Any) -> None:
        self._answers.append(answer)
        self._wake.set()

    def _told(self, wishes: dict[str, Value]) -> Any:
        batch = val_pb2.BatchActuateStreamRequest()
        for path, value in wishes.items():
            wish = batch.actuate_requests.add()
            wish.signal_id.id = self._broker.ids[path]
            writer(self._broker.catalogue[path])(wish.value, value)
        return val_pb2.OpenProviderStreamResponse(batch_actuate_stream_request=batch)
