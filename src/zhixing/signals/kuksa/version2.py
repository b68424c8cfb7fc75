"""The service ``kuksa.val.v2.VAL`` over a broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kuksa.val.v2 import types_pb2, val_pb2, val_pb2_grpc

from zhixing import __version__
from zhixing.datatypes.signal import Leaf
from zhixing.errors import InputError, UnknownSignalError, WrongTypeError
from zhixing.signals.kuksa.access import Caller
from zhixing.signals.kuksa.answers import Who, answering, code_of_refusal, words_of
from zhixing.signals.kuksa.broker import NAME, Broker, bounded, refusal
from zhixing.signals.kuksa.convert import read, stamp, type_name, write_limits, writer
from zhixing.signals.kuksa.provider import ProviderStream
from zhixing.signals.kuksa.subscription import MAX_BUFFER, Subscription, Update

_ENTRY_TYPES = {
    "attribute": types_pb2.ENTRY_TYPE_ATTRIBUTE,
    "sensor": types_pb2.ENTRY_TYPE_SENSOR,
    "actuator": types_pb2.ENTRY_TYPE_ACTUATOR,
}


class Version2(val_pb2_grpc.VALServicer):  # type: ignore[misc]  # generated without types
    """Answers calls of version 2.

    Args:
        broker: What can be done.
        who: Says who calls.
    """

    def __init__(self, broker: Broker, who: Who) -> None:
        self._broker = broker
        self._who = who
        self._writers = {path: writer(leaf) for path, leaf in broker.catalogue.items()}

    async def GetValue(self, request: Any, context: Any) -> Any:
        """Return one value."""
        async with answering(context):
            caller = self._who(context)
            (point,) = self._points(caller, [self._path(request.signal_id)])
            return val_pb2.GetValueResponse(data_point=point)

    async def GetValues(self, request: Any, context: Any) -> Any:
        """Return several values, in the order of the question."""
        async with answering(context):
            caller = self._who(context)
            bounded(request.signal_ids)
            paths = [self._path(signal) for signal in request.signal_ids]
            return val_pb2.GetValuesResponse(data_points=self._points(caller, paths))

    async def Subscribe(self, request: Any, context: Any) -> AsyncIterator[Any]:
        """Send current values, then changes, by path."""
        async with answering(context):
            caller = self._who(context)
            bounded(request.signal_paths)
            paths = [self._broker.known(path) for path in request.signal_paths]
            async for updates in self._updates(request, caller, paths):
                response = val_pb2.SubscribeResponse()
                entries = response.entries
                for path, update in updates.items():
                    self._write(entries[path], path, update)
                yield response

    async def SubscribeById(self, request: Any, context: Any) -> AsyncIterator[Any]:
        """Send current values, then changes, by number."""
        async with answering(context):
            caller = self._who(context)
            bounded(request.signal_ids)
            paths = [self._broker.path_of(number) for number in request.signal_ids]
            ids = self._broker.ids
            async for updates in self._updates(request, caller, paths):
                response = val_pb2.SubscribeByIdResponse()
                entries = response.entries
                for path, update in updates.items():
                    self._write(entries[ids[path]], path, update)
                yield response

    async def Actuate(self, request: Any, context: Any) -> Any:
        """Ask for one change."""
        async with answering(context):
            await self._actuate([request], context)
            return val_pb2.ActuateResponse()

    async def ActuateStream(self, request_iterator: AsyncIterator[Any], context: Any) -> Any:
        """Ask for changes one after the other; the first that is refused ends the stream."""
        async with answering(context):
            async for request in request_iterator:
                await self._actuate([request], context)
            return val_pb2.ActuateResponse()

    async def BatchActuate(self, request: Any, context: Any) -> Any:
        """Ask for several changes, all or none."""
        async with answering(context):
            await self._actuate(request.actuate_requests, context)
            return val_pb2.BatchActuateResponse()

    async def ListMetadata(self, request: Any, context: Any) -> Any:
        """Return what signals are, of those that a path with wildcards means."""
        async with answering(context):
            caller = self._who(context)
            caller.check_time()
            paths = self._broker.matching(request.root)
            if not paths:
                raise UnknownSignalError(f"nothing is called {request.root[:100]!r}", hint="Ask for Vehicle.")
            metadata = [_metadata(self._broker.catalogue[path], self._broker.ids[path]) for path in paths]
            return val_pb2.ListMetadataResponse(metadata=metadata)

    async def PublishValue(self, request: Any, context: Any) -> Any:
        """Report one value."""
        async with answering(context):
            caller = self._who(context)
            path = self._path(request.signal_id)
            value = read(self._broker.catalogue[path], request.data_point.value, "typed_value")
            self._broker.publish(caller, path, value)
            return val_pb2.PublishValueResponse()

    async def OpenProviderStream(self, request_iterator: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        """Let another program provide actuators and report values, until it hangs up."""
        async with answering(context):
            caller = self._who(context)
            stream = self._broker.keep(ProviderStream(self._broker, caller, self._path), caller)
            try:
                async for response in stream.run(request_iterator):
                    yield response
            finally:
                stream.close()

    async def GetServerInfo(self, request: Any, context: Any) -> Any:
        """Return who serves."""
        del request
        async with answering(context):
            self._who(context)
            return val_pb2.GetServerInfoResponse(name=NAME, version=__version__)

    def _path(self, signal: Any) -> str:
        match signal.WhichOneof("signal"):
            case "path":
                return self._broker.known(signal.path)
            case "id":
                return self._broker.path_of(signal.id)
            case _:
                raise InputError("no signal is named", hint="Give its path or its id.")

    def _points(self, caller: Caller, paths: Sequence[str]) -> list[Any]:
        points = []
        for path in self._broker.readable(caller, paths):
            sample = self._broker.store.sample(path)
            point = types_pb2.Datapoint()
            stamp(point.timestamp, self._broker.wall_ns(sample.time_ns))
            if sample.value is not None:
                self._writers[path](point.value, sample.value)
            points.append(point)
        return points

    def _write(self, point: Any, path: str, update: Update) -> None:
        value, time_ns = update
        stamp(point.timestamp, self._broker.wall_ns(time_ns))
        self._writers[path](point.value, value)

    async def _updates(self, request: Any, caller: Caller, paths: list[str]) -> AsyncIterator[Mapping[str, Update]]:
        if not paths:
            raise InputError("no signal is named", hint="Give paths or ids.")
        if request.buffer_size > MAX_BUFFER:
            raise InputError(f"buffer_size {request.buffer_size} is too large", hint=f"At most {MAX_BUFFER}.")
        self._broker.readable(caller, paths)
        interval_s = request.filter.min_sample_interval.interval_ms / 1000.0
        until_s = request.filter.duration_ms / 1000.0
        loop = asyncio.get_running_loop()
        end_s = loop.time() + until_s if until_s else None
        subscription = self._broker.keep(
            Subscription(self._broker.store, list(dict.fromkeys(paths)), request.buffer_size), caller
        )
        try:
            while end_s is None or loop.time() < end_s:
                try:
                    async with asyncio.timeout_at(end_s):
                        taken = await subscription.take()
                except TimeoutError:
                    return
                caller.check_time()
                if subscription.is_closed:
                    return
                yield taken
                if interval_s:
                    await asyncio.sleep(interval_s)
        finally:
            subscription.close()

    async def _actuate(self, requests: Sequence[Any], context: Any) -> None:
        caller = self._who(context)
        bounded(requests)
        wishes = []
        for request in requests:
            path = self._path(request.signal_id)
            if not request.HasField("value"):
                raise WrongTypeError(f"{path} is asked for without a value", hint="Send a value.")
            wishes.append((path, read(self._broker.catalogue[path], request.value, "typed_value")))
        refused = refusal(self._broker.actuate(caller, wishes))
        if refused is not None:
            await context.abort(code_of_refusal(refused), words_of(refused))


@lru_cache(maxsize=4096)
def _metadata(leaf: Leaf, number: int) -> Any:
    message = types_pb2.Metadata(
        path=leaf.path,
        id=number,
        data_type=types_pb2.DataType.Value(type_name(leaf.datatype)),
        entry_type=_ENTRY_TYPES[leaf.kind],
        description=leaf.description,
        unit=leaf.unit,
    )
    write_limits(leaf, message)
    return message
