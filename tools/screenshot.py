"""Look at the running cockpit: start it, open it in headless Chromium, take pictures by day and night.

Usage: ``python tools/screenshot.py [FOLDER]``. Without a folder only ``docs/cockpit.png``, the picture in the README,
is renewed. Needs Chromium and a Chinese font.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from zhixing.runtime.bench.page import CHROMIUM_ARGUMENTS

ROOT = Path(__file__).resolve().parents[1]
SIZES = ((1920, 720), (1280, 800))
WAIT_S = 90.0
GOOD_MOMENT = """async () => {
    const { vehicle } = await import("/static/lib/vehicle.js");
    const frame = vehicle.frames.at(-1)?.frame;
    if (!frame || frame.ego.speed < 5 || frame.ego.speed > 12) return false;
    const c = Math.cos(frame.ego.yaw), s = Math.sin(frame.ego.yaw);
    const seen = frame.users.filter(([, , x, y]) => {
        const dx = x - frame.ego.x, dy = y - frame.ego.y;
        const ahead = dx * c + dy * s, beside = dy * c - dx * s;
        return ahead > 4 && ahead < 40 && Math.abs(beside) < 0.4 * ahead + 3;
    });
    return seen.length >= 6 && new Set(seen.map((user) => user[1])).size >= 3;
}"""
"""The car moves and has several kinds of road users before it."""


@contextlib.contextmanager
def running_car() -> Iterator[str]:
    """Start ``zhixing serve`` on a free port and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "zhixing", "serve", "--port", str(port), "--seed", "4", "--users", "90"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


def picture(browser: Browser, url: str, size: tuple[int, int], theme: str, lang: str, path: Path) -> None:
    """Open the cockpit, talk to it, and save what is seen."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(f"localStorage.setItem('zhixing-theme', '{theme}')")
    context.add_init_script(f"localStorage.setItem('zhixing-lang', '{lang}')")
    page = context.new_page()
    page.goto(f"{url}?quality=high")
    box = page.get_by_role("textbox")
    for text in {"zh": ("有点冷", "好的"), "en": ("I'm a bit cold", "yes"), "de": ("Mir ist kalt", "ja")}[lang]:
        box.fill(text)
        box.press("Enter")
        time.sleep(1.5)
    deadline = time.monotonic() + WAIT_S
    while not page.evaluate(GOOD_MOMENT) and time.monotonic() < deadline:
        time.sleep(0.2)
    page.screenshot(path=path)
    context.close()


def main() -> None:
    """Take the pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("error: no Chromium\n  Install it, on Debian: apt-get install chromium fonts-noto-cjk.")
    with sync_playwright() as playwright, running_car() as url:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        picture(browser, url, SIZES[0], "night", "zh", ROOT / "docs" / "cockpit.png")
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
            folder.mkdir(parents=True, exist_ok=True)
            for (width, height), theme, lang in zip(
                SIZES * 2, ("night", "day", "day", "night"), ("en", "zh", "de", "zh"), strict=True
            ):
                picture(browser, url, (width, height), theme, lang, folder / f"{width}x{height}-{theme}-{lang}.png")
        browser.close()


if __name__ == "__main__":
    main()
