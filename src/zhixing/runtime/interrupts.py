"""Ctrl-C between two steps of a long run, and never within one."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def interrupts_between_steps() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until the function that this gives is called; a second Ctrl-C does not wait for that.

    Python raises KeyboardInterrupt wherever it is. While compiled kernels run that is in the middle of their calls,
    where it turns into a SystemError or is lost. Only the main thread is told of signals; elsewhere nothing changes.

    Raises:
        KeyboardInterrupt: By the function, if Ctrl-C was pressed.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield lambda: None
        return
    pressed = threading.Event()

    def hold(_number: int, _frame: FrameType | None) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    def check() -> None:
        if pressed.is_set():
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, hold)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)
