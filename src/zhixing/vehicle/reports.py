"""How the virtual car reports: what its catalogue has a word for, and nothing of what is silent."""

from __future__ import annotations

from collections.abc import Iterable, Set

from zhixing.datatypes.signal import Reading, Value
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.readings import Readings
from zhixing.vehicle.outfit import fitted


class Reports:
    """What goes from the car to the store.

    Args:
        store: Where it reports.
        has: Signals of this car; of others nothing is said.
        name: Of the reporter.

    Attributes:
        time_ns: Now, by the car's own time.
    """

    def __init__(self, store: Readings, has: Set[str], name: str) -> None:
        self.time_ns = store.now_ns()
        self._store = store
        self._name = name
        self._has = has
        ours = load_catalogue()
        self._other = frozenset(path for path in has if ours.get(path) != store.catalogue[path])
        self._plain = has - self._other
        self._silent: set[str] = set()
        self._unheard: dict[str, Value] = {}

    def publish(self, path: str, value: Value) -> None:
        """Report what is, as far as the signal can say it."""
        if path in self._plain:
            self._store.publish(path, value, self.time_ns, self._name)
        elif path in self._has:
            self._publish_fitted(path, value)

    def now(self, path: str) -> Reading | None:
        """Return what is, also of something silent; None where it is not known."""
        if path not in self._has:
            return None
        return self._unheard[path] if path in self._unheard else self._store.value(path)

    def number(self, path: str, otherwise: float = 0.0) -> float:
        """Return what is, or another number where it is none."""
        value = self.now(path)
        return float(value) if isinstance(value, int | float) else otherwise

    def hush(self, paths: Iterable[str]) -> None:
        """Say nothing more of some signals: what is known of them is stale."""
        quiet = [path for path in paths if path in self._has]
        self._silent.update(quiet)
        self._plain -= self._silent
        self._store.lose(quiet)

    def speak(self, paths: Iterable[str]) -> None:
        """Say what has become of signals that were silent, and report them again."""
        for path in self._silent.intersection(paths):
            value = self.now(path)
            self._silent.remove(path)
            self._unheard.pop(path, None)
            self._plain |= {path} - self._other
            if value is not None:
                self._store.publish(path, value, self.time_ns, self._name)

    def close(self) -> None:
        """Report nothing any more: all is stale."""
        self._store.lose(self._has)
        self._has, self._plain = frozenset(), frozenset()

    def _publish_fitted(self, path: str, value: Value) -> None:
        if path in self._other:
            known = fitted(self._store.catalogue[path], value)
            if known is None or isinstance(known, tuple):
                return  # their signal has no word for it
            value = known
        if path in self._silent:
            self._unheard[path] = value
        else:
            self._store.publish(path, value, self.time_ns, self._name)
