"""The service ``kuksa.val.v1.VAL`` over a broker, which many clients still call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kuksa.val.v1 import types_pb2, val_pb2, val_pb2_grpc

from zhixing import __version__
from zhixing.datatypes.signal import Leaf, Value
from zhixing.errors import AccessError, InputError, SignalError, TrustError, UnknownSignalError
from zhixing.signals.kuksa.access import Caller
from zhixing.signals.kuksa.answers import Code, Who, answering, code_of, code_of_refusal, http_of, words_of
from zhixing.signals.kuksa.broker import MAX_MEANT, NAME, Broker, bounded, refusal
from zhixing.signals.kuksa.convert import read, stamp, type_name, write_restriction, writer
from zhixing.signals.kuksa.subscription import Subscription

_ENTRY_TYPES = {
    "attribute": types_pb2.ENTRY_TYPE_ATTRIBUTE,
    "sensor": types_pb2.ENTRY_TYPE_SENSOR,
    "actuator": types_pb2.ENTRY_TYPE_ACTUATOR,
}


@dataclass(frozen=True, slots=True)
class _Parts:
    """Which parts of an entry are asked for."""

    value: bool
    target: bool
    metadata: bool


def _parts(view: int, fields: Iterable[int]) -> _Parts:
    named = set(fields)
    everything = view == types_pb2.VIEW_ALL
    is_metadata = any(field >= types_pb2.FIELD_METADATA for field in named)
    return _Parts(
        everything or view == types_pb2.VIEW_CURRENT_VALUE or types_pb2.FIELD_VALUE in named,
        everything or view == types_pb2.VIEW_TARGET_VALUE or types_pb2.FIELD_ACTUATOR_TARGET in named,
        everything or view == types_pb2.VIEW_METADATA or is_metadata,
    )


class Version1(val_pb2_grpc.VALServicer):  # type: ignore[misc]  # generated without types
    """Answers calls of version 1.

    Args:
        broker: What can be done.
        who: Says who calls.
    """

    def __init__(self, broker: Broker, who: Who) -> None:
        self._broker = broker
        self._who = who

    async def Get(self, request: Any, context: Any) -> Any:
        """Return entries; what cannot be had is named in ``errors``."""
        async with answering(context):
            caller = self._who(context)
            if not request.entries:
                raise InputError("no signal is named", hint="Send entries with paths.")
            bounded(request.entries)
            self._broker.check_branches(asked.path for asked in request.entries)
            response = val_pb2.GetResponse()
            for asked in request.entries:
                try:
                    parts = _parts(asked.view, asked.fields)
                    paths = self._paths(asked.path)
                    bounded(range(len(paths) + len(response.entries)), MAX_MEANT)
                    for path in paths:
                        if parts.value or parts.target:
                            caller.check("read", path)
                        response.entries.append(self._entry(path, parts))
                except (SignalError, InputError, AccessError) as error:
                    self._note(response.errors, asked.path, error)
            if response.errors:
                if any(noted.error.code == http_of(Code.PERMISSION_DENIED)[0] for noted in response.errors):
                    del response.entries[:]
                response.error.CopyFrom(response.errors[0].error)
            return response

    async def Set(self, request: Any, context: Any) -> Any:
        """Report values and ask for changes; what is refused is named in ``errors``."""
        async with answering(context):
            return val_pb2.SetResponse(errors=self._set(self._who(context), request.updates))

    async def StreamedUpdate(self, request_iterator: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        """Do as ``Set``, again and again."""
        async with answering(context):
            caller = self._who(context)
            async for request in request_iterator:
                yield val_pb2.StreamedUpdateResponse(errors=self._set(caller, request.updates))

    async def Subscribe(self, request: Any, context: Any) -> AsyncIterator[Any]:
        """Send entries as they are, then as they change."""
        async with answering(context):
            caller = self._who(context)
            bounded(request.entries)
            wanted: dict[str, _Parts] = {}
            meant = self._broker.matching_all([asked.path for asked in request.entries])
            for asked, paths in zip(request.entries, meant, strict=True):
                if not paths:
                    raise UnknownSignalError(f"no signal is called {asked.path[:100]!r}", hint="Metadata lists them.")
                wanted |= dict.fromkeys(paths, _parts(asked.view, asked.fields))
            if not wanted:
                raise InputError("no signal is named", hint="Send entries with paths.")
            self._broker.readable(caller, list(wanted))
            async for updates in self._changes(wanted, caller):
                caller.check_time()
                response = val_pb2.SubscribeResponse()
                for path, parts in updates.items():
                    fields = [types_pb2.FIELD_VALUE] if parts.value else []
                    fields += [types_pb2.FIELD_ACTUATOR_TARGET] if parts.target else []
                    fields += [types_pb2.FIELD_METADATA] if parts.metadata else []
                    response.updates.add(entry=self._entry(path, parts), fields=fields)
                yield response

    async def GetServerInfo(self, request: Any, context: Any) -> Any:
        """Return who serves; clients call it to see whether their token is taken."""
        del request
        async with answering(context):
            self._who(context)
            return val_pb2.GetServerInfoResponse(name=NAME, version=__version__)

    def _paths(self, pattern: str) -> list[str]:
        paths = self._broker.matching(pattern)
        if not paths:
            raise UnknownSignalError(f"no signal is called {pattern[:100]!r}", hint="Metadata lists them.")
        return paths

    def _entry(self, path: str, parts: _Parts) -> Any:
        store, leaf = self._broker.store, self._broker.catalogue[path]
        entry = types_pb2.DataEntry(path=path)
        sample = store.sample(path)
        if parts.value and sample.value is not None:
            stamp(entry.value.timestamp, self._broker.wall_ns(sample.time_ns))
            writer(leaf)(entry.value, sample.value)
        target = store.target(path)
        if parts.target and target is not None:
            writer(leaf)(entry.actuator_target, target)
        if parts.metadata:
            entry.metadata.CopyFrom(_metadata(leaf))
        return entry

    def _set(self, caller: Caller, updates: Sequence[Any]) -> list[Any]:
        bounded(updates)
        noted: list[Any] = []
        for update in updates:
            path = update.entry.path
            try:
                leaf = self._broker.catalogue[self._broker.known(path)]
                if types_pb2.FIELD_VALUE in update.fields:
                    self._broker.publish(caller, path, read(leaf, update.entry.value, "value"))
                if types_pb2.FIELD_ACTUATOR_TARGET in update.fields:
                    wanted = read(leaf, update.entry.actuator_target, "value")
                    refused = refusal(self._broker.actuate(caller, [(path, wanted)]))
                    if refused is not None:
                        _add_error(noted, path, code_of_refusal(refused), words_of(refused))
            except (SignalError, InputError, AccessError) as error:
                self._note(noted, path, error)
        return noted

    @staticmethod
    def _note(errors: Any, path: str, error: SignalError | InputError | TrustError) -> None:
        _add_error(errors, path, code_of(error), words_of(error))

    async def _changes(self, wanted: dict[str, _Parts], caller: Caller) -> AsyncIterator[dict[str, _Parts]]:
        """Yield what is to be sent: all parts at first, then those that have changed."""
        yield wanted
        valued = [path for path, parts in wanted.items() if parts.value]
        subscription = self._broker.keep(Subscription(self._broker.store, valued), caller)
        targets = _Targets({path for path, parts in wanted.items() if parts.target})
        end = self._broker.store.watch_targets(targets.put)
        try:
            values = asyncio.create_task(subscription.take())
            aims = asyncio.create_task(targets.take())
            await values  # they have been sent
            values = asyncio.create_task(subscription.take())
            while True:
                await asyncio.wait((values, aims), return_when=asyncio.FIRST_COMPLETED)
                changed: dict[str, _Parts] = {}
                if aims.done():
                    changed |= dict.fromkeys(aims.result(), _Parts(value=False, target=True, metadata=False))
                    aims = asyncio.create_task(targets.take())
                caller.check_time()
                if subscription.is_closed:
                    return
                if values.done():
                    for path in values.result():
                        changed[path] = _Parts(value=True, target=path in changed, metadata=False)
                    values = asyncio.create_task(subscription.take())
                yield changed
        finally:
            end()
            subscription.close()
            values.cancel()
            aims.cancel()


class _Targets:
    """Which targets have changed and have not been sent."""

    def __init__(self, paths: set[str]) -> None:
        self._paths = paths
        self._changed: dict[str, None] = {}
        self._wake = asyncio.Event()

    def put(self, path: str, value: Value | None) -> None:
        if path in self._paths and value is not None:
            self._changed[path] = None
            self._wake.set()

    async def take(self) -> list[str]:
        await self._wake.wait()
        self._wake.clear()
        taken, self._changed = list(self._changed), {}
        return taken


def _add_error(errors: Any, path: str, code: Any, message: str) -> None:
    number, reason = http_of(code)
    error = types_pb2.Error(code=number, reason=reason, message=message)
    errors.append(types_pb2.DataEntryError(path=path, error=error))


@lru_cache(maxsize=4096)
def _metadata(leaf: Leaf) -> Any:
    message = types_pb2.Metadata(
        data_type=types_pb2.DataType.Value(type_name(leaf.datatype)),
        entry_type=_ENTRY_TYPES[leaf.kind],
        description=leaf.description,
        unit=leaf.unit,
    )
    write_restriction(leaf, message)
    return message
