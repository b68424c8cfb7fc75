"""From settings to a car that can be opened in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from zhixing.errors import RecordingError
from zhixing.runtime.car import Car
from zhixing.settings import Settings
from zhixing.web.app import serve


def serve_car(settings: Settings, on_ready: Callable[[str, str], None]) -> None:
    """Make a car and serve its cockpit until interrupted.

    Args:
        settings: Where, which city, who drives, whether to record.
        on_ready: Told the address once it answers, and that of the broker, empty without one.

    Raises:
        ServiceError: The port is in use.
        RecordingError: The recording cannot be written.
    """
    car = Car(settings, record=_recording(settings.serve.record))
    try:
        serve(car, "127.0.0.1", settings.serve.port, on_ready, car.companion, settings.data.archive)
    finally:
        car.close()


def _recording(folder: str) -> Path | None:
    if not folder:
        return None
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise RecordingError(
            f"{folder} cannot be made: {error}", hint="Choose a folder that can be written."
        ) from error
    return Path(folder) / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.mcap"
