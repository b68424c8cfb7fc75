"""How smooth the cockpit is: pictures a second in headless Chromium, drawn in software."""

from __future__ import annotations

import importlib
import shutil
import tempfile
from typing import Any

from zhixing.errors import ServiceError
from zhixing.runtime.bench.measure import Measure, median_and_p99
from zhixing.runtime.bench.serving import USERS, running_server

_SIZES = ((1920, 720), (1280, 800))
_SETTLE_MS = 5000
"""The page needs a moment to find the sharpness that the machine can draw."""
_WATCH_MS = 10_000
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",  # as on a machine without a GPU: the page is composed by the CPU, only WebGL needs SwiftShader
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
"""Headless Chromium that draws by the CPU and asks nobody."""
_TIMES = """(watch) => new Promise((resolve) => {
    const times = [], started = performance.now();
    let last = started;
    const note = (now) => {
        times.push(now - last);
        last = now;
        if (now - started < watch) requestAnimationFrame(note);
        else resolve(times.slice(1));
    };
    requestAnimationFrame(note);
})"""


def page() -> list[Measure]:
    """Measure the time between pictures of the running cockpit on both screens.

    Raises:
        ServiceError: There is no Chromium, or nothing to steer it with.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise ServiceError("there is no Chromium", hint="Install it, on Debian: apt-get install chromium.")
    try:
        api: Any = importlib.import_module("playwright.sync_api")
    except ImportError as error:
        raise ServiceError("playwright is not installed", hint="Install it: pip install 'zhixing[dev]'.") from error
    measures: list[Measure] = []
    with tempfile.TemporaryDirectory() as folder, running_server(folder) as (_, port), api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        for width, height in _SIZES:
            opened = browser.new_page(viewport={"width": width, "height": height})
            opened.goto(f"http://127.0.0.1:{port}/")
            opened.wait_for_timeout(_SETTLE_MS)
            times_ms = opened.evaluate(_TIMES, _WATCH_MS)
            opened.close()
            name = f"time between pictures, {width}x{height}, {USERS} road users, {{}}"
            measures += median_and_p99(name, times_ms, median_target=1000 / 30)
        browser.close()
    return measures
