"""A drive without a browser: from a seed to a recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from zhixing.errors import InputError
from zhixing.runtime.car import Car
from zhixing.runtime.interrupts import interrupts_between_steps
from zhixing.settings import Settings
from zhixing.simulation.world import STEP_S


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveReport:
    """What became of a drive.

    Attributes:
        path: The recording.
        minutes: Driven, on the simulation's clock.
        distance_km: Driven.
        goals: Reached.
        events: What went wrong on the way, by kind.
        faster_than_real_time: Simulated time over elapsed time.
    """

    path: str
    minutes: float
    distance_km: float
    goals: int
    events: dict[str, int]
    faster_than_real_time: float


def drive(
    settings: Settings, minutes: float, path: Path, on_progress: Callable[[float], None] | None = None
) -> DriveReport:
    """Drive for some minutes and record it; the same settings give the same bytes.

    Args:
        settings: City, seed and driver.
        minutes: How long, on the simulation's clock.
        path: Where the MCAP recording goes.
        on_progress: Told the share that is done, 0 to 1.

    Raises:
        InputError: The time is not between one step and a day.
        RecordingError: The file cannot be written.
    """
    if not 0.01 <= minutes <= 1440.0:
        raise InputError(f"{minutes} minutes is no drive", hint="Choose between 0.01 and 1440 minutes.")
    num_steps = round(minutes * 60.0 / STEP_S)
    started = perf_counter()
    car = Car(settings, record=path)
    distance_m = 0.0
    try:
        with interrupts_between_steps() as check:
            for step in range(num_steps):
                check()
                car.step()
                if car.recording_error is not None:
                    raise car.recording_error
                distance_m += car.ride.scene.ego.speed_mps * STEP_S
                if on_progress and step % 50 == 0:
                    on_progress(step / num_steps)
    finally:
        car.close()
    if car.recording_error is not None:
        raise car.recording_error
    return DriveReport(
        path=str(path),
        minutes=num_steps * STEP_S / 60.0,
        distance_km=distance_m / 1000.0,
        goals=car.ride.num_goals,
        events=car.ride.world.event_counts(),
        faster_than_real_time=num_steps * STEP_S / max(perf_counter() - started, 1e-9),
    )
