"""The real thing: ``zhixing serve`` in a process of its own, and Chromium in front of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from zhixing.runtime.bench.page import CHROMIUM_ARGUMENTS

CHROMIUM = os.environ.get("ZHIXING_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
START_LIMIT_S = 600.0  # a first start compiles the kernels
# What is expected of a page may take its time on a machine that is busy otherwise.
expect.set_options(timeout=20_000)
WIDE = {"width": 1920, "height": 720}


class CarProcess:
    """A running car that can be stopped and started again at the same address."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._folder = folder
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        command = [sys.executable, "-m", "zhixing", "serve", "--port", str(self.port), "--seed", "4", "--users", "60"]
        command += self._arguments
        own = os.environ | {"ZHIXING_ASSISTANT__PREFERENCES": str(self._folder / "preferences.json")}
        self._process = subprocess.Popen(command, cwd=self._folder, env=own, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}healthz", timeout=5):  # noqa: S310
                return
            assert self._process.poll() is None, "zhixing serve ended"
            assert time.monotonic() < deadline, "zhixing serve does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        assert self._process.wait(timeout=20) == 0


@pytest.fixture(scope="module")
def car_arguments() -> list[str]:
    """Return what else the car is started with."""
    return []


@pytest.fixture(scope="module")
def car(tmp_path_factory: pytest.TempPathFactory, car_arguments: list[str]) -> Iterator[CarProcess]:
    """Start one car a module."""
    process = CarProcess(tmp_path_factory.mktemp("car"), *car_arguments)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start one browser a module; Playwright's event loop must not outlive it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: install it (on Debian: apt-get install chromium) or set ZHIXING_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, car: CarProcess) -> Iterator[Callable[..., Page]]:
    """Open the cockpit in a fresh profile; afterwards no script may have failed and nobody else been asked."""
    errors: list[str] = []
    asked: list[str] = []
    contexts = []

    def open_(lang: str = "en", theme: str = "night", size: dict[str, int] | None = None, script: str = "") -> Page:
        options: Any = {"viewport": size or WIDE, "reduced_motion": "reduce"}
        context = chromium.new_context(**options)
        context.set_default_navigation_timeout(120_000)  # the car may be compiling beside busy neighbours
        contexts.append(context)
        start = {"zhixing-lang": lang, "zhixing-theme": theme}
        for key, value in start.items():
            context.add_init_script(f"if (!localStorage.getItem('{key}')) localStorage.setItem('{key}', '{value}')")
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda opened: asked.append(opened.url))
        page.goto(car.url)
        page.get_by_role("img", name={"zh": "限速", "en": "Limit", "de": "Tempolimit"}[lang]).wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not errors
    own = (car.url, f"ws://127.0.0.1:{car.port}/", "blob:", "data:")
    assert asked
    assert not [url for url in asked if not url.startswith(own)]


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """Open the cockpit in English, at night, on a wide screen."""
    return open_page()
