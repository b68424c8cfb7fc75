"""Work that would make the car late is done in other processes, which give way to it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import TypeVar, TypeVarTuple

from zhixing.errors import ServiceError, ZhixingError

_NICE = 10
"""How far workers stand back behind the car (POSIX nice)."""
_Args = TypeVarTuple("_Args")
_T = TypeVar("_T")


class Worker:
    """One process that is started when it is first needed and again after it died; it does not outlive us."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._leash: Connection | None = None

    async def do(self, work: Callable[[*_Args], _T], *args: *_Args) -> _T:
        """Return what a function of a module returns, called there; one after the other.

        Raises:
            ServiceError: The process was killed meanwhile.
        """
        pool = self._pool or self._start()
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, _done, work, *args)
        except BrokenProcessPool as error:
            if self._pool is pool:
                self.close()
            raise ServiceError("the process that did this was killed", hint="Try again.") from error

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._leash is not None:
            self._leash.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._leash = None

    def _start(self) -> ProcessPoolExecutor:
        # Not forked: the car's threads would not come along, but what they hold would.
        spawn = multiprocessing.get_context("spawn")
        far_end, self._leash = spawn.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=_stand_back, initargs=(far_end,))
        return self._pool


def _done(work: Callable[[*_Args], _T], *args: *_Args) -> _T:
    """Return what a function returns; a bug in it is told as an error that a page can show."""
    try:
        return work(*args)
    except ZhixingError:
        raise
    except Exception as error:
        traceback.print_exc()
        raise ServiceError(
            f"a bug in Zhixing: {type(error).__name__}: {error}"[:300],
            hint="Please report it; the server's log says more.",
        ) from None


def _stand_back(leash: Connection) -> None:
    os.nice(_NICE)
    # Ctrl-C is for the car, which then ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(leash,), daemon=True).start()


def _end_with(leash: Connection) -> None:
    leash.poll(None)
    os._exit(0)
