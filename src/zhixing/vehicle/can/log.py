"""A recorded bus instead of a live one: ``.asc`` and ``.blf``, ``.log`` of candump and others, by python-can."""

from __future__ import annotations

import contextlib
import math
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import can
from can.io.blf import BLFParseError

from zhixing.datatypes.signal import Value
from zhixing.datatypes.units import NS_PER_S
from zhixing.errors import RecordingError
from zhixing.signals.store import SignalStore
from zhixing.vehicle.can.layout import frame_key
from zhixing.vehicle.can.receiver import Receiver
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.wiring import Wiring

_TEXT_READERS = {".asc": can.ASCReader, ".log": can.CanutilsLogReader, ".trc": can.TRCReader, ".csv": can.CSVReader}
SUFFIXES = frozenset({*_TEXT_READERS, ".blf"})
_HINT = f"Give a recording of a CAN bus: {', '.join(sorted(SUFFIXES))}."
_LONGEST_S = 366 * 86_400.0
_SETTLE_NS = 50_000_000
_MOST_MOMENTS = 1200
_STRANGE = (
    can.CanError,
    BLFParseError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    EOFError,
    MemoryError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
"""What python-can's readers raise on files that are not what they say."""


class _Publisher:
    def __init__(self, store: SignalStore, name: str) -> None:
        self._store = store
        self._name = name

    def report(self, path: str, value: Value, time_ns: int) -> None:
        self._store.publish(path, value, time_ns, self._name)

    def lose(self, paths: Sequence[str]) -> None:
        self._store.lose(paths)


def frames(log: Path) -> Iterator[tuple[int, can.Message]]:
    """Yield nanoseconds since the first frame, and the frame; a clock that goes back stands still.

    Raises:
        RecordingError: The file cannot be read, or holds no frames.
    """
    if log.suffix.lower() not in SUFFIXES:
        raise RecordingError(f"{log} is no recording of a CAN bus", hint=_HINT)
    first_s: float | None = None
    latest_ns = 0
    try:
        with contextlib.ExitStack() as stack:
            for message in _open(log, stack):
                if first_s is None:
                    first_s = message.timestamp
                since_s = message.timestamp - first_s
                if not (math.isfinite(since_s) and abs(since_s) < _LONGEST_S):
                    raise RecordingError(f"{log}: a frame comes at {message.timestamp!r} s", hint=_HINT)
                latest_ns = max(latest_ns, round(since_s * NS_PER_S))
                yield latest_ns, message
    except _STRANGE as error:
        raise RecordingError(f"recording {log} cannot be read: {error}", hint=_HINT) from error
    if first_s is None:
        raise RecordingError(f"recording {log} holds no frames", hint=_HINT)


def _open(log: Path, stack: contextlib.ExitStack) -> Iterable[can.Message]:
    """Return the reader of a file that is closed with the stack, even if the reader does not want it."""
    reader = _TEXT_READERS.get(log.suffix.lower())
    if reader is None:
        return can.BLFReader(stack.enter_context(log.open("rb")))
    opened: Iterable[can.Message] = reader(stack.enter_context(log.open("r", encoding="utf-8", errors="replace")))
    return opened


def replay(
    log: Path, wiring: Wiring, store: SignalStore, *, start_ns: int = 0, tally: Tally | None = None
) -> Iterator[int]:
    """Put what a recording says into a store, at the recording's times.

    Before anything is reported at a new moment, that moment is yielded: who iterates sets the store's clock to it, and
    may wait until then.

    Args:
        log: The recording.
        wiring: Which signals are where.
        store: Whose signals are reported; nobody else should.
        start_ns: The store's time at the first frame.
        tally: Where it is counted.

    Yields:
        The store's time, rising.

    Raises:
        RecordingError: The file cannot be read, or holds no frames.

    Example:
        ``for clock.time_ns in replay(log, wiring, store): ...``
    """
    tally = Tally() if tally is None else tally
    receiver = Receiver(wiring.status, wiring, _Publisher(store, f"can log {log.name}"), tally)
    now_ns = settled_ns = -1
    for since_ns, message in frames(log):
        then_ns = start_ns + since_ns
        if now_ns >= 0:
            for moment_ns in _moments(settled_ns, then_ns):
                settled_ns = moment_ns
                yield moment_ns
                receiver.expire(moment_ns)
        if then_ns > max(now_ns, settled_ns):
            yield then_ns
        if now_ns < 0:
            settled_ns = then_ns
        now_ns = then_ns
        if message.is_remote_frame or message.is_error_frame:
            tally.not_data += 1
            continue
        key = frame_key(message.arbitration_id, is_extended=message.is_extended_id)
        receiver.take(key, bytes(message.data), now_ns)
    receiver.expire(now_ns)


def _moments(settled_ns: int, then_ns: int) -> Iterator[int]:
    """Yield when to look for what has fallen silent before the next frame; all has, in a gap that is long enough."""
    for _ in range(_MOST_MOMENTS):
        settled_ns += _SETTLE_NS
        if settled_ns > then_ns:
            return
        yield settled_ns
    yield then_ns
