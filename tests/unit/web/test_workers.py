"""Work in another process: it is done, it may fail or be killed, and nothing of it stays behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from zhixing.errors import QueryError, ServiceError
from zhixing.runtime.studio import hits
from zhixing.web.workers import Worker


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that has ended but was not waited for is gone for our purposes.
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] != "Z"


def test_it_is_done_elsewhere_and_errors_come_back_whole() -> None:
    async def run() -> None:
        worker = Worker()
        try:
            assert await worker.do(os.getpid) != os.getpid()
            with pytest.raises(QueryError, match="large") as caught:
                await worker.do(hits.checked, "x" * 100_000)
            assert caught.value.hint.startswith("At most")
            assert await worker.do(abs, -3) == 3
        finally:
            worker.close()

    asyncio.run(run())


def test_a_killed_process_is_reported_and_replaced() -> None:
    async def run() -> None:
        worker = Worker()
        try:
            pid = await worker.do(os.getpid)
            waiting = asyncio.create_task(worker.do(time.sleep, 60.0))
            await asyncio.sleep(0.2)
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(ServiceError, match="killed"):
                await waiting
            assert await worker.do(os.getpid) != pid
        finally:
            worker.close()

    asyncio.run(run())


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_closing_ends_the_process_whatever_it_does() -> None:
    async def run() -> int:
        worker = Worker()
        pid = await worker.do(os.getpid)
        waiting = asyncio.create_task(worker.do(time.sleep, 60.0))
        await asyncio.sleep(0.2)
        worker.close()
        with pytest.raises((ServiceError, asyncio.CancelledError)):
            await waiting
        return pid

    pid = asyncio.run(run())
    deadline = time.monotonic() + 10.0
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)
