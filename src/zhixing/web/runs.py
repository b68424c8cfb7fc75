"""A run of the loop while people look on: it says how far it is, can be stopped, and goes on where it was."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from zhixing.errors import InputError, ZhixingError
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.studio import desk, running
from zhixing.web.workers import Worker

_CHUNK_DRIVES = 4
_CHUNK_SCENES = 2
Step = Literal["mine", "drive", "judge"]


@dataclass(slots=True, kw_only=True, eq=False)
class Run:
    """One run and how far it is.

    Attributes:
        candidate: Who wants to be released.
        incumbent: Who drives now.
        step: What is being done.
        num_done: Drives looked at, or scenarios driven.
        num_todo: Of so many.
        verdict: Key of what came of it, empty before that.
        error: Why it ended early.
        is_over: Whether nothing more will come.
    """

    candidate: How
    incumbent: How
    step: Step = "mine"
    num_done: int = 0
    num_todo: int = 0
    verdict: str = ""
    error: dict[str, str] | None = None
    is_over: bool = False
    task: asyncio.Task[None] | None = None

    def state(self) -> dict[str, Any]:
        """Return how far it is."""
        return {
            "candidate": self.candidate.planner, "incumbent": self.incumbent.planner, "step": self.step,
            "done": self.num_done, "todo": self.num_todo, "verdict": self.verdict, "error": self.error,
            "is_over": self.is_over,
        }  # fmt: skip


class Runs:
    """The run that is going on in one archive, or was the last.

    Args:
        place: Of the archive.
        worker: Who works.
    """

    def __init__(self, place: str, worker: Worker) -> None:
        self._place = place
        self._worker = worker
        self._run: Run | None = None

    def start(self, candidate: How, incumbent: How) -> Run:
        """Begin a run.

        Raises:
            InputError: One is going on already, or the two are the same.
            PluginError: A planner is not registered or lacks a method.
        """
        if self._run is not None and not self._run.is_over:
            raise InputError("a run is going on already", hint="Wait for it, or stop it.")
        running.check(candidate, incumbent)
        run = Run(candidate=candidate, incumbent=incumbent)
        self._run = run
        run.task = asyncio.get_running_loop().create_task(self._go(run))
        return run

    def state(self) -> dict[str, Any] | None:
        """Return how far the run is, None if there was none."""
        return None if self._run is None else self._run.state()

    def stop(self) -> dict[str, Any] | None:
        """Stop the run; what was made is kept."""
        run = self._run
        if run is not None and run.task is not None and not run.is_over:
            run.task.cancel()
            run.is_over = True
        return self.state()

    async def _go(self, run: Run) -> None:
        try:
            keys = await self._worker.do(desk.drive_keys, self._place)
            run.num_todo = len(keys)
            for first in range(0, len(keys), _CHUNK_DRIVES):
                await self._worker.do(running.mine_some, self._place, keys[first : first + _CHUNK_DRIVES])
                run.num_done = min(first + _CHUNK_DRIVES, len(keys))
            scenes = await self._worker.do(running.scenes, self._place)
            run.step, run.num_done, run.num_todo = "drive", 0, 2 * len(scenes)
            for how in (run.candidate, run.incumbent):
                for first in range(0, len(scenes), _CHUNK_SCENES):
                    some = scenes[first : first + _CHUNK_SCENES]
                    await self._worker.do(running.drive_some, self._place, some, how)
                    run.num_done += len(some)
            run.step = "judge"
            run.verdict = await self._worker.do(running.judge, self._place, run.candidate, run.incumbent)
        except ZhixingError as error:
            run.error = {"message": str(error), "hint": error.hint}
        finally:
            run.is_over = True
