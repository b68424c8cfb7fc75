"""What the running car costs: a real ``zhixing serve`` with a real client, watched from outside."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from websockets.sync.client import connect
from websockets.typing import Origin

from zhixing.errors import ServiceError
from zhixing.runtime.bench.measure import Measure, median_and_p99

USERS = 60
_WATCH_S = 20.0
_START_LIMIT_S = 180.0


def serving() -> list[Measure]:
    """Measure start, share of a core and evenness of the 10 Hz steps at 60 road users.

    Raises:
        ServiceError: The server does not start.
    """
    measures = []
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with running_server(folder) as (process, port):
            measures.append(
                Measure(name="serve answers after", value=time.perf_counter() - started, unit="s", target=3.0)
            )
            intervals_s, cpu_share = _watch(port, process.pid)
    measures.append(
        Measure(name=f"serve, share of one core at {USERS} road users", value=cpu_share, unit="", target=0.6)
    )
    return measures + median_and_p99("time between frames, {}", [seconds * 1e3 for seconds in intervals_s])


@contextlib.contextmanager
def running_server(folder: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start ``zhixing serve`` with ``USERS`` road users; yield its process and its port on 127.0.0.1 once it answers.

    Raises:
        ServiceError: It does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "zhixing", "serve", "--port", str(port), "--users", str(USERS)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        deadline = time.monotonic() + _START_LIMIT_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError("zhixing serve does not start", hint="Start it by hand and read what it says.")
            time.sleep(0.02)
        yield process, port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _watch(port: int, process_id: int) -> tuple[list[float], float]:
    """Return the seconds between frames and the share of a core that the server used meanwhile."""
    arrivals_s: list[float] = []
    with connect(f"ws://127.0.0.1:{port}/ws", origin=Origin(f"http://127.0.0.1:{port}"), max_size=None) as client:
        while len(arrivals_s) < 20:  # the first steps load kernels
            if json.loads(client.recv(timeout=30))["type"] == "frame":
                arrivals_s.append(time.perf_counter())
        started_s, used_s = time.perf_counter(), _cpu_s(process_id)
        arrivals_s.clear()
        while time.perf_counter() - started_s < _WATCH_S:
            if json.loads(client.recv(timeout=30))["type"] == "frame":
                arrivals_s.append(time.perf_counter())
        share = (_cpu_s(process_id) - used_s) / (time.perf_counter() - started_s)
    return np.diff(arrivals_s).tolist(), share


def _cpu_s(process_id: int) -> float:
    """Return the processor time of a process so far (Linux, proc(5): fields 14 and 15 are ticks)."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
