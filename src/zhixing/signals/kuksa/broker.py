"""What another program can do with the car's signals; no wire, no messages.

1. It reads what its scopes allow.
2. It asks for changes at the same door as everybody, from no seat and under its own name.
3. It reports only what nobody in the car reports, and what it has claimed itself: who could say how fast the car is
   could open its doors.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from typing import Protocol, TypeVar, cast

from zhixing.datatypes.signal import Granted, Outcome, Reading, Refused, SetRequest, Value
from zhixing.errors import AccessError, InputError, ServiceError, UnknownSignalError, WrongTypeError
from zhixing.signals.kuksa.access import Caller
from zhixing.signals.kuksa.wildcards import pattern_of
from zhixing.signals.store import NOT_WHOLE, SignalStore


class Stream(Protocol):
    """Something that goes on until it is closed."""

    def close(self) -> None:
        """End it."""
        ...


StreamT = TypeVar("StreamT", bound=Stream)


class Broker:
    """The store as other programs see it.

    Args:
        store: The car's.
        wall_ns: Now, in nanoseconds of Unix time.
        store_ns: Now, by the store's clock.
    """

    def __init__(self, store: SignalStore, wall_ns: Callable[[], int], store_ns: Callable[[], int]) -> None:
        self.store = store
        self.catalogue = store.catalogue
        self.ids: Mapping[str, int] = {path: number for number, path in enumerate(self.catalogue, start=1)}
        self._paths = tuple(self.catalogue)
        self._store_ns = store_ns
        self._offset_ns = wall_ns() - store_ns()
        self._matching: dict[str, list[str]] = {}
        self._streams: weakref.WeakSet[Stream] = weakref.WeakSet()
        self._streams_of: dict[str, weakref.WeakSet[Stream]] = {}

    def keep(self, stream: StreamT, caller: Caller) -> StreamT:
        """Remember a stream, to close it with its caller's token or with the broker, and return it.

        Raises:
            ServiceError: The caller has as many as one may have.
        """
        self._streams_of = {name: streams for name, streams in self._streams_of.items() if streams}
        mine = self._streams_of.setdefault(caller.name, weakref.WeakSet())
        if len(mine) >= _MAX_STREAMS:
            stream.close()
            raise ServiceError(f"{caller.name} has {len(mine)} streams", hint="Close some.")
        mine.add(stream)
        self._streams.add(stream)
        if caller.expires_s < _NEVER_S:
            left_s = caller.expires_s - caller.now_s() + _AFTER_S
            asyncio.get_running_loop().call_later(max(0.0, left_s), _close, weakref.ref(cast("Stream", stream)))
        return stream

    def close(self) -> None:
        """End all streams."""
        for stream in list(self._streams):
            stream.close()

    def wall_ns(self, store_ns: int) -> int:
        """Return the Unix time of a store's time."""
        return store_ns + self._offset_ns

    def path_of(self, number: int) -> str:
        """Return the path of a signal's number.

        Raises:
            UnknownSignalError: No signal has it.
        """
        if not 1 <= number <= len(self._paths):
            raise UnknownSignalError(f"no signal has the id {number}", hint="ListMetadata tells the ids.")
        return self._paths[number - 1]

    def known(self, path: str) -> str:
        """Return the path, if a signal has it.

        Raises:
            InputError: It is too long to be one.
            UnknownSignalError: No signal has it.
        """
        if path not in self.catalogue:
            if len(path) > _MAX_CHARACTERS:
                raise InputError(f"a path has {len(path)} characters", hint=f"Send at most {_MAX_CHARACTERS}.")
            raise UnknownSignalError(f"no signal is called {path!r}", hint="ListMetadata lists them.")
        return path

    def matching(self, pattern: str) -> list[str]:
        """Return the signals that a path with wildcards means, in the order of the catalogue.

        Raises:
            InputError: It is no such path.
        """
        if pattern in self.catalogue:
            return [pattern]
        known = self._matching.get(pattern)
        if known is None:
            expression = pattern_of(pattern)
            known = [path for path in self.catalogue if expression.fullmatch(path)]
            if len(self._matching) >= _MAX_KNOWN_PATTERNS:
                self._matching.clear()
            self._matching[pattern] = known
        return known

    def check_branches(self, patterns: Iterable[str]) -> None:
        """Refuse more paths that are no signals' own than a call may search for.

        Raises:
            InputError: They are too many.
        """
        bounded({pattern for pattern in patterns if pattern not in self.catalogue}, _MAX_BRANCHES)

    def matching_all(self, patterns: Sequence[str]) -> list[list[str]]:
        """Return what several patterns mean, if that is not more work than a call may make.

        Raises:
            InputError: One is no such path, or they are too many.
        """
        self.check_branches(patterns)
        found = []
        num_found = 0
        for pattern in patterns:
            found.append(self.matching(pattern))
            num_found += len(found[-1])
            bounded(range(num_found), MAX_MEANT)
        return found

    def readable(self, caller: Caller, paths: Sequence[str]) -> Sequence[str]:
        """Return the paths, if all may be read.

        Raises:
            AccessError: One may not.
            TrustError: The caller's token has ended.
        """
        for path in paths:
            caller.check("read", path)
        return paths

    def actuate(self, caller: Caller, wishes: Sequence[tuple[str, Reading]]) -> tuple[Outcome, ...]:
        """Ask for changes, all or none.

        Raises:
            AccessError: One may not be asked for; nothing is done.
            UnknownSignalError: A path does not exist; nothing is done.
            NotWritableError: A path is no actuator; nothing is done.
            WrongTypeError: A value has the wrong type; nothing is done.
        """
        bounded(wishes, _MAX_WISHES)
        requests = []
        for path, value in wishes:
            caller.check("actuate", path)
            requests.append(
                SetRequest(path=path, value=self._single(path, value), zone=None, source="network", caller=caller.name)
            )
        return self.store.request_all(requests, is_atomic=True)

    def publish(self, caller: Caller, path: str, value: Reading) -> None:
        """Report a value.

        Raises:
            AccessError: It is not the caller's to report.
            UnknownSignalError: The path does not exist.
            WrongTypeError: The value has the wrong type.
            OutOfRangeError: The value is outside the signal's limits.
        """
        caller.check("provide", path)
        provider = self.store.provider(path)
        if provider not in (None, _as_provider(caller)):
            raise AccessError(f"{path} is reported by {provider}", hint="One provider a signal.")
        self.store.publish(path, value, self._store_ns(), _as_provider(caller))

    def provide(
        self, caller: Caller, paths: Sequence[str], on_target: Callable[[str, Value], None]
    ) -> Callable[[], None]:
        """Become the provider of signals; the answer gives them up.

        Raises:
            AccessError: One may not be provided; nothing is.
            ProvidedError: One has a provider already; nothing is.
        """
        bounded(paths)
        for path in paths:
            caller.check("provide", path)
        return self.store.provide(list(dict.fromkeys(paths)), on_target, _as_provider(caller))

    @staticmethod
    def _single(path: str, value: Reading) -> Value:
        if isinstance(value, tuple):
            raise WrongTypeError(f"{path} cannot be asked for as an array", hint="No actuator of VSS is one.")
        return value


NAME = "zhixing"
_NEVER_S = 4e9  # the year 2096: such a token does not end while anybody drives
_AFTER_S = 0.05
_MAX_CHARACTERS = 1000
MAX_ITEMS = 2000
_MAX_WISHES = 200
_MAX_BRANCHES = 20
MAX_MEANT = 5000
_MAX_KNOWN_PATTERNS = 200
_MAX_STREAMS = 100


def _close(stream: weakref.ref[Stream]) -> None:
    still_there = stream()
    if still_there is not None:
        still_there.close()


def bounded(items: Sized, most: int = MAX_ITEMS) -> None:
    """Pass if a call is about no more things than the car can look at between two of its steps.

    Raises:
        InputError: It is.
    """
    if len(items) > most:
        raise InputError(f"a call is about {len(items)} things", hint=f"Send at most {most} at once.")


def _as_provider(caller: Caller) -> str:
    """Return what a caller is called as a provider; never what something inside the car is called."""
    return f"kuksa.val: {caller.name}"


def refusal(outcomes: Sequence[Outcome]) -> Refused | None:
    """Return why a batch was not done, None where it was: the first refusal that is not for another's sake."""
    refused = [outcome for outcome in outcomes if not isinstance(outcome, Granted)]
    first = next((one for one in refused if isinstance(one, Refused) and one.rule != NOT_WHOLE), None)
    return first or next((one for one in refused if isinstance(one, Refused)), None)
