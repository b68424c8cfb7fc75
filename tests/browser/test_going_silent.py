"""A car underneath that goes silent: what is shown is shown as old, and comes back by itself."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytest.importorskip("kuksa_client", reason="kuksa-client is not installed: pip install 'zhixing[kuksa]'")

pytestmark = pytest.mark.browser
PATIENCE_MS = 30_000


class FarBroker:
    """A broker in a process of its own."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "zhixing", "broker", "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert "Signals are served" in self._process.stdout.readline()

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def far() -> Iterator[FarBroker]:
    broker = FarBroker()
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture(scope="module")
def car_arguments(far: FarBroker, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    settings = tmp_path_factory.mktemp("settings") / "zhixing.toml"
    Path(settings).write_text(f'[vehicle]\nkind = "kuksa"\n[kuksa]\naddress = "127.0.0.1:{far.port}"\n', "utf-8")
    return ["--config", str(settings)]


def test_values_of_a_silent_car_are_shown_as_old(page: Page, far: FarBroker) -> None:
    silent = page.get_by_text("No car data")
    speed = page.locator("drive-panel b")
    button = page.get_by_role("button", name="Recirculation")
    expect(silent).to_have_count(0)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true", timeout=PATIENCE_MS)

    far.kill()
    expect(silent).to_be_visible(timeout=PATIENCE_MS)
    expect(speed).to_have_class("stale")
    expect(speed).to_have_attribute("title", "No longer updated; may have changed")
    expect(button).to_have_class("stale")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(page.get_by_text("The car does not answer right now.")).to_be_visible()

    far.start()
    expect(silent).to_have_count(0, timeout=PATIENCE_MS)
    expect(speed).not_to_have_class("stale")
    expect(button).to_have_attribute("aria-pressed", "false", timeout=PATIENCE_MS)
