"""The car writes down what it saw, did and was told, as MCAP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhixing import __version__
from zhixing.formats.mcap_files import DriveWriter
from zhixing.runtime.ride import Ride
from zhixing.signals.store import SignalStore


class Recorder:
    """Writes one file from the first step to :meth:`close`.

    Raises:
        RecordingError: The file cannot be written.
    """

    def __init__(self, path: Path, ride: Ride, store: SignalStore) -> None:
        self._ride = ride
        self._store = store
        self._revision = -1
        self._writer = DriveWriter(
            path, road=ride.world.road, body=ride.world.body, metadata={"zhixing": __version__, "world": "city"}
        )
        self._writer.__enter__()

    def step(self) -> None:
        """Write the present moment."""
        scene = self._ride.scene
        self._writer.write(scene.time_ns, scene.ego, scene.others, scene.lights, self._ride.plan, self._ride.decision)
        changes = self._store.changes_since(self._revision)
        self._revision = changes.revision
        single = {path: value for path, value in changes.values.items() if not isinstance(value, tuple)}
        if single:
            self._writer.write_signals(scene.time_ns, single)

    def turn(self, shown: dict[str, Any]) -> None:
        """Write a finished turn."""
        self._writer.write_turn(self._ride.scene.time_ns, shown)

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
