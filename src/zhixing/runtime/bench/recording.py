"""What it costs to write down a minute of traffic."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter

from zhixing.formats.mcap_files import DriveWriter, read_drive
from zhixing.runtime.bench.measure import Measure
from zhixing.runtime.ride import Ride
from zhixing.settings import CityConfig

_STEPS = 600
_USERS = 64


def recording() -> list[Measure]:
    """Measure writing and reading a minute with 64 road users."""
    ride = Ride(CityConfig(num_users=_USERS), "idm")
    moments = []
    for _ in range(_STEPS):
        ride.step()
        moments.append((ride.scene, ride.plan, ride.decision))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "minute.mcap"
        started = perf_counter()
        with DriveWriter(path, road=ride.world.road, body=ride.world.body, metadata={}) as writer:
            for scene, plan, decision in moments:
                writer.write(scene.time_ns, scene.ego, scene.others, scene.lights, plan, decision)
        written = perf_counter()
        read_drive(path)
        read = perf_counter()
        size_kb = path.stat().st_size / 1000.0
    return [
        Measure(name=f"write a minute of {_USERS} road users", value=(written - started) * 1e3, unit="ms"),
        Measure(name=f"read a minute of {_USERS} road users", value=(read - written) * 1e3, unit="ms"),
        Measure(name=f"size of a minute of {_USERS} road users", value=size_kb, unit="kB"),
    ]
