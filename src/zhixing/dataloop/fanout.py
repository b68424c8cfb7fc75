"""Work in pieces: in this process, in several, or on a Ray cluster."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

from zhixing.errors import InputError, ServiceError

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Fanout:
    """Where pieces of work are done.

    Attributes:
        jobs: Processes on this machine; 1 is this one.
        on: ``local``, or ``ray://HOST:PORT``, or ``ray`` for one that is started here (needs ``zhixing[scale]``).
    """

    jobs: int = 1
    on: str = "local"

    def run(self, work: Callable[..., _Answer], pieces: Sequence[tuple[Any, ...]]) -> Iterator[_Answer]:
        """Yield the answers as they come, in any order.

        Args:
            work: A function at the top of a module; it has to do the same if it is asked again.
            pieces: Its arguments, piece by piece.

        Raises:
            InputError: Nobody knows where ``on`` is.
            ServiceError: A process was killed and its piece could not be done elsewhere.
        """
        if self.on.startswith("ray"):
            from zhixing.dataloop.scale import run_on_ray  # noqa: PLC0415  # heavy, and an extra

            yield from run_on_ray(self.on, work, pieces)
        elif self.on != "local":
            raise InputError(f"{self.on!r} is no place for work", hint="Say local, ray or ray://HOST:PORT.")
        elif self.jobs <= 1 or len(pieces) <= 1:
            for piece in pieces:
                yield work(*piece)
        else:
            yield from self._in_processes(work, pieces)

    def _in_processes(self, work: Callable[..., _Answer], pieces: Sequence[tuple[Any, ...]]) -> Iterator[_Answer]:
        # Started fresh: a forked process would share the state of threads that it does not have.
        with ProcessPoolExecutor(
            min(self.jobs, len(pieces)), mp_context=get_context("spawn"), initializer=_ignore_interrupts
        ) as pool:
            futures = [pool.submit(work, *piece) for piece in pieces]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BrokenProcessPool as error:
                raise ServiceError("a process was killed", hint="Run it again; memory may be short.") from error
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Let the parent answer Ctrl-C: it stops handing out work and lets what runs finish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
