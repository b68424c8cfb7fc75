"""What is: the values that providers report, when and by whom, and whether they can still be relied on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhixing.datatypes.signal import Leaf, Reading, Sample, Value
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import ProvidedError, UnknownSignalError
from zhixing.signals.catalogue import Catalogue
from zhixing.signals.values import checker

Watcher = Callable[[str, Reading], None]
TargetWatcher = Callable[[str, Value | None], None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since a revision.

    Attributes:
        revision: The newest; ask with it next time.
        values: Values by path, those that have been reported.
        targets: What is wanted and not reported yet, None where nothing is (any more).
        stale: Those of the changed paths whose provider has gone silent.
    """

    revision: int
    values: Mapping[str, Reading]
    targets: Mapping[str, Value | None]
    stale: frozenset[str]


@dataclass(frozen=True, slots=True)
class Provision:
    """Who reports a signal and, where it can be moved, moves it.

    Attributes:
        name: Of the provider.
        on_target: Told every new target.
        movable: Which of its signals can be moved; None is every actuator.
    """

    name: str
    on_target: Callable[[str, Value], None]
    movable: frozenset[str] | None = None

    def can_move(self, path: str) -> bool:
        """Return whether a signal can be moved by this provider."""
        return self.movable is None or path in self.movable


class _Entry:
    """All that is known of one signal; plain slots, because it is written half a million times a second."""

    __slots__ = ("check", "is_stale", "leaf", "provision", "source", "target", "time_ns", "value", "watchers")

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.check = checker(leaf)
        self.value: Reading | None = None
        self.time_ns = 0
        self.source = ""
        self.is_stale = False
        self.target: Value | None = None
        self.watchers: tuple[Watcher, ...] = ()
        self.provision: Provision | None = None


class Readings:
    """Current values of all signals, for whoever reads, watches or reports.

    Args:
        catalogue: Which signals there are.
        clock: Now, in nanoseconds.
    """

    def __init__(self, catalogue: Catalogue, clock: Callable[[], int]) -> None:
        self.catalogue = catalogue
        self._clock = clock
        self._entries = {path: _Entry(leaf) for path, leaf in catalogue.items()}
        self._values: dict[str, Value] = {}  # what is known: reported, and not stale; without arrays
        self._wanted: dict[str, Value] = {}
        self._changed: OrderedDict[str, int] = OrderedDict((path, 0) for path in catalogue)
        self._revision = 0
        self._target_watchers: tuple[TargetWatcher, ...] = ()

    def value(self, path: str) -> Reading | None:
        """Return the value that was reported last, also a stale one; None where nobody has reported any.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        return self._entry(path).value

    def sample(self, path: str) -> Sample:
        """Return what is known of a signal: value, time, source, and whether it is stale.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        entry = self._entry(path)
        return Sample(entry.value, entry.time_ns, entry.source, entry.is_stale)

    def time_ns(self, path: str) -> int:
        """Return when the current value was reported last, by the store's clock.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        return self._entry(path).time_ns

    def is_stale(self, path: str) -> bool:
        """Return whether a signal's provider has gone silent since it was reported.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        return self._entry(path).is_stale

    def fresh(self, path: str, max_age_s: float) -> Reading | None:
        """Return the current value if it is not stale and was reported within a time, else None.

        Most providers report changes only; ask for an age where the provider reports in a cycle, as a bus does.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        entry = self._entry(path)
        is_fresh = not entry.is_stale and self._clock() - entry.time_ns <= ns_from_s(max_age_s)
        return entry.value if is_fresh else None

    def target(self, path: str) -> Value | None:
        """Return the wanted value while the vehicle has not reported it yet, else None.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        return self._entry(path).target

    def snapshot(self) -> Mapping[str, Value]:
        """Return all single values that are known now; a copy. Stale ones are not known, arrays are left out."""
        return dict(self._values)

    def provider(self, path: str) -> str | None:
        """Return the name of a signal's provider, None where it has none.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        provision = self._entry(path).provision
        return provision.name if provision else None

    def changes_since(self, revision: int) -> Changes:
        """Return what has changed since an older revision; below 0 means everything.

        However late somebody asks, the answer is at most one entry a signal.
        """
        values: dict[str, Reading] = {}
        targets: dict[str, Value | None] = {}
        stale: set[str] = set()
        for path in reversed(self._changed):
            if self._changed[path] <= revision:
                break
            entry = self._entries[path]
            if entry.value is not None:
                values[path] = entry.value
                targets[path] = entry.target
            if entry.is_stale:
                stale.add(path)
        return Changes(self._revision, values, targets, frozenset(stale))

    def now_ns(self) -> int:
        """Return now by the clock that stamps samples."""
        return self._clock()

    def watch(self, callback: Watcher, paths: Iterable[str] | None = None) -> Callable[[], None]:
        """Call back with path and value whenever a current value changes; the answer ends the watch.

        Args:
            callback: Called in the reporter's thread, before ``publish`` returns.
            paths: Which signals; None is all.

        Raises:
            UnknownSignalError: A path does not exist; nothing is watched.
        """
        entries = [self._entry(path) for path in (self._entries if paths is None else dict.fromkeys(paths))]
        for entry in entries:
            entry.watchers = (*entry.watchers, callback)

        def end() -> None:
            for entry in entries:
                if callback in entry.watchers:
                    place = entry.watchers.index(callback)
                    entry.watchers = entry.watchers[:place] + entry.watchers[place + 1 :]
            entries.clear()

        return end

    def watch_targets(self, callback: TargetWatcher) -> Callable[[], None]:
        """Call back with path and value whenever something is wanted, None when it is not any more."""
        self._target_watchers = (*self._target_watchers, callback)

        def end() -> None:
            self._target_watchers = tuple(one for one in self._target_watchers if one is not callback)

        return end

    def provide(
        self,
        paths: Sequence[str],
        on_target: Callable[[str, Value], None],
        name: str = "vehicle",
        movable: Iterable[str] | None = None,
    ) -> Callable[[], None]:
        """Become the only one who reports signals; told every new target of those that can be moved.

        What others have reported of them is stale from then on.

        Args:
            paths: What is reported from now on by nobody else.
            on_target: Told what is wanted.
            name: Of the provider.
            movable: Which of the paths can be moved; None is every actuator.

        Returns:
            What gives them up: their values are stale from then on, and nothing is wanted of them any more.

        Raises:
            UnknownSignalError: A path does not exist; nothing is provided.
            ProvidedError: A path has a provider already; nothing is provided.
        """
        entries = {path: self._entry(path) for path in paths}
        for path, entry in entries.items():
            if entry.provision is not None:
                raise ProvidedError(f"{path} has a provider: {entry.provision.name}", hint="One provider a signal.")
        provision = Provision(name, on_target, None if movable is None else frozenset(movable))
        for entry in entries.values():
            entry.provision = provision
        self.lose(path for path, entry in entries.items() if entry.source != name)

        def release() -> None:
            mine = [path for path, entry in entries.items() if entry.provision is provision]
            for path in mine:
                entries[path].provision = None
                self._drop_target(path)
            self.lose(mine)

        return release

    def give_up(self, path: str) -> None:
        """Say that what is wanted of a signal will not be done; for its provider.

        Raises:
            UnknownSignalError: No signal has this path.
        """
        self._entry(path)
        self._drop_target(path)

    def publish(self, path: str, value: Reading, time_ns: int, source: str = "") -> None:
        """Report a current value; for providers only.

        Raises:
            UnknownSignalError: No signal has this path.
            WrongTypeError: The value is not of the signal's type.
            OutOfRangeError: The value is outside the signal's limits.
        """
        entry = self._entries.get(path)
        if entry is None:
            entry = self._entry(path)  # says which path is unknown
        value = entry.check(value)
        entry.time_ns = time_ns
        entry.source = source
        if entry.value == value and entry.target is None and not entry.is_stale:
            return
        if entry.target is not None and entry.target == value:
            self._drop_target(path)
        if entry.value != value or entry.is_stale:
            entry.value = value
            entry.is_stale = False
            if not isinstance(value, tuple):
                self._values[path] = value
            self._revision += 1
            self._changed[path] = self._revision
            self._changed.move_to_end(path)
            for callback in entry.watchers:
                callback(path, value)
            self._has_changed(path)

    def check(self, path: str, value: Reading) -> Reading:
        """Return a value as the signal's type has it, if it could be published.

        Raises:
            UnknownSignalError: No signal has this path.
            WrongTypeError: The value is not of the signal's type.
            OutOfRangeError: The value is outside the signal's limits.
        """
        return self._entry(path).check(value)

    def lose(self, paths: Iterable[str]) -> None:
        """Say that signals are not heard of any more: what was reported is stale until it is reported again.

        Raises:
            UnknownSignalError: A path does not exist.
        """
        for path in paths:
            entry = self._entry(path)
            if entry.value is not None and not entry.is_stale:
                entry.is_stale = True
                self._values.pop(path, None)
                self._touch(path)
                self._has_changed(path)

    def _has_changed(self, path: str) -> None:
        """Do what follows from a new value, or from one that is not known any more."""

    def _set_target(self, path: str, value: Value) -> None:
        self._entries[path].target = value
        self._wanted[path] = value
        self._touch(path)
        for callback in self._target_watchers:
            callback(path, value)

    def _drop_target(self, path: str) -> None:
        if self._wanted.pop(path, None) is not None:
            self._entries[path].target = None
            self._touch(path)
            for callback in self._target_watchers:
                callback(path, None)

    def _touch(self, path: str) -> None:
        self._revision += 1
        self._changed[path] = self._revision
        self._changed.move_to_end(path)

    def _entry(self, path: str) -> _Entry:
        entry = self._entries.get(path)
        if entry is None:
            raise UnknownSignalError(f"no signal is called {path!r}", hint="zhixing signals lists them.")
        return entry
