"""The screen shows the road, fits its glass, and can be read by everybody."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SIZES = [{"width": 1920, "height": 720}, {"width": 1280, "height": 800}]
TABS = {
    "zh": "空调 座椅 车窗 灯光 媒体",
    "en": "Climate Seats Windows Lights Media",
    "de": "Klima Sitze Fenster Licht Medien",
}
COLOURS_SEEN = """async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const counts = {};
    for (let k = 0; k < data.length; k += 4) {
        const colour = [data[k], data[k + 1], data[k + 2]].map((part) => part >> 3).join(" ");
        counts[colour] = (counts[colour] ?? 0) + 4 / data.length;
    }
    return counts;
}"""
FRAME_TIMES = """() => new Promise((resolve) => {
    const times = [];
    let last = performance.now();
    const note = (now) => {
        times.push(now - last);
        last = now;
        if (times.length < 120) requestAnimationFrame(note);
        else resolve(times.sort((a, b) => a - b));
    };
    requestAnimationFrame(note);
})"""
OVERFLOWS = """() => {
    const found = [];
    const visit = (root, within) => {
        for (const e of root.querySelectorAll("*")) {
            const style = getComputedStyle(e), box = e.getBoundingClientRect();
            const name = within + e.tagName.toLowerCase() + [...e.classList].map((part) => "." + part).join("");
            const isLog = e.getAttribute("role") === "log"; // a conversation grows; it follows its end
            if (!isLog && style.overflowY === "auto" && e.scrollHeight > e.clientHeight + 1)
                found.push(`${name} hides ${e.scrollHeight - e.clientHeight} px`);
            if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth && e.matches("button, output, p, span, dd"))
                found.push(`${name} is ${e.scrollWidth - e.clientWidth} px too wide: ${e.textContent.trim()}`);
            if (box.width && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1) && !e.closest('[role="log"]'))
                found.push(`${name} leaves the screen`);
            const panel = root.host?.getBoundingClientRect();
            const isControl = e.matches("button, input") && box.width && !e.closest('[role="log"]');
            if (panel && isControl && box.bottom > panel.bottom + 1)
                found.push(`${name} is cut off by its panel`);
            if (e.shadowRoot) visit(e.shadowRoot, `${name} > `);
        }
    };
    visit(document, "");
    return found;
}"""
SMALL = """() => {
    const found = [];
    const visit = (root) => {
        for (const e of root.querySelectorAll("*")) {
            if (e.shadowRoot) visit(e.shadowRoot);
            const box = e.getBoundingClientRect();
            const size = `${Math.round(box.width)} x ${Math.round(box.height)}`;
            if (e.matches("button, input") && box.width && (box.height < 48 || box.width < 44))
                found.push(`${e.textContent.trim() || e.ariaLabel || e.type}: ${size}`);
            const isText = [...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            if (isText && box.width > 2 && parseFloat(getComputedStyle(e).fontSize) < 18)
                found.push(`${e.textContent.trim()}: ${getComputedStyle(e).fontSize}`);
        }
    };
    visit(document.body);
    return found;
}"""
NAMELESS = re.compile(
    r"^ *- (?:button|slider|textbox|radio|radiogroup|tab|switch|group|img)(?:\s*$|:| \[)", flags=re.MULTILINE
)


def colours(page: Page) -> dict[str, float]:
    """Return the share of each colour in the middle of the picture of the road."""
    box: Any = page.get_by_role("img", name="The road around the car").bounding_box()
    clip: Any = {
        "x": box["x"] + 0.2 * box["width"],
        "y": box["y"] + 0.3 * box["height"],
        "width": 0.6 * box["width"],
        "height": 0.4 * box["height"],
    }
    picture = base64.b64encode(page.screenshot(clip=clip)).decode()
    shares: dict[str, float] = page.evaluate(COLOURS_SEEN, picture)
    return shares


@pytest.mark.parametrize("theme", ["night", "day"])
def test_the_road_is_drawn_and_moves(open_page: Callable[..., Page], theme: str) -> None:
    page = open_page(theme=theme)
    page.wait_for_timeout(1500)
    seen = [colours(page)]
    for _ in range(20):
        page.wait_for_timeout(500)
        seen.append(colours(page))
        if seen[-1] != seen[0]:
            break
    assert len(seen[0]) > 12, "asphalt, markings, road users and more"
    assert max(seen[0].values()) < 0.97
    assert seen[-1] != seen[0]


def test_the_road_never_disappears(page: Page) -> None:
    theme = (Path(__file__).parents[2] / "src/zhixing/web/static/theme.css").read_text("utf-8")
    night = [re.search(rf"--road-{name}: #(\w+)", theme) for name in ("driving", "junction")]
    asphalt = [" ".join(str(part >> 3) for part in bytes.fromhex(found[1])) for found in night if found]
    page.wait_for_timeout(1500)
    for _ in range(12):
        page.wait_for_timeout(700)
        seen = colours(page)
        assert sum(seen.get(colour, 0.0) for colour in asphalt) > 0.1


def share_of_a_core() -> float:
    """Return how much of a core is left for somebody who wants all of it."""
    began_s, used_s = perf_counter(), thread_time()
    while perf_counter() < began_s + 0.3:
        pass
    return (thread_time() - used_s) / (perf_counter() - began_s)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
def test_the_page_keeps_thirty_pictures_a_second(open_page: Callable[..., Page], size: dict[str, int]) -> None:
    page = open_page(size=size)
    medians_ms: list[float] = []
    shares: list[float] = []
    while not medians_ms or (min(medians_ms) > 1000 / 30 + 0.5 and len(medians_ms) < 8):
        page.wait_for_timeout(3000)  # the picture finds the sharpness this machine can do beside its neighbours
        shares.append(share_of_a_core())
        times_ms = page.evaluate(FRAME_TIMES)
        medians_ms.append(times_ms[len(times_ms) // 2])
    if min(medians_ms) > 1000 / 30 + 0.5 and min(shares) < 0.8:
        pytest.skip(f"the machine is busy: this test gets {min(shares):.0%} of a core for itself")
    assert min(medians_ms) <= 1000 / 30 + 0.5


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
@pytest.mark.parametrize("lang", ["zh", "en", "de"])
def test_everything_fits_and_is_large_enough(open_page: Callable[..., Page], size: dict[str, int], lang: str) -> None:
    page = open_page(lang, size=size)
    for name in TABS[lang].split():
        page.get_by_role("tab", name=name, exact=True).click()
        assert not page.evaluate(OVERFLOWS), name
        assert not page.evaluate(SMALL), name


def test_the_language_changes_everywhere_and_stays(open_page: Callable[..., Page]) -> None:
    page = open_page("zh")
    expect(page.get_by_role("tab", name="空调")).to_be_visible()
    page.get_by_role("button", name="Deutsch").click()
    for again in (False, True):
        if again:
            page.reload()
        expect(page.get_by_role("tab", name="Klima")).to_be_visible()
        expect(page.get_by_role("textbox", name="Sag dem Auto etwas")).to_be_visible()
        expect(page.get_by_role("group", name="Was das Auto gerade tut")).to_have_text(re.compile(r"[a-zäöüß]{3}"))
        assert page.locator("html").get_attribute("lang") == "de"
    assert not re.search(
        r"[\u4e00-\u9fff]", page.locator("control-panel, drive-panel, suggestion-strip").first.inner_text()
    )


def test_day_and_night_change_and_stay(page: Page) -> None:
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch to day").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.reload()
    page.get_by_role("button", name="Switch to night").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_speed_limit_gear_range_and_decision_are_there(page: Page) -> None:
    expect(page.get_by_role("img", name=re.compile(r"^Limit \d+ km"))).to_be_visible()
    drive = page.locator("drive-panel")
    expect(drive).to_contain_text(re.compile(r"\d+\s*km/h"))
    expect(drive).to_contain_text(re.compile(r"Gear\s*D"))
    expect(drive).to_contain_text(re.compile(r"\d+ km"))
    expect(drive).to_contain_text(re.compile(r"Style\s*normal"))
    expect(page.get_by_role("group", name="What the car is doing")).to_have_text(re.compile(r"[A-Z].*\."))
    expect(page.get_by_role("region", name="Suggestions")).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en", "de"])
def test_every_control_has_a_name_in_its_language(open_page: Callable[..., Page], lang: str) -> None:
    page = open_page(lang)
    for name in TABS[lang].split():
        page.get_by_role("tab", name=name, exact=True).click()
        tree = page.locator("body").aria_snapshot()
        nameless = re.findall(
            r"^ *- (?:button|slider|textbox|radio|radiogroup|tab|switch|group|img)(?:\s*$|:| \[)", tree, re.M
        )
        assert not nameless
        if lang == "zh":
            names = re.findall(r"- (?:slider|textbox|group|radiogroup|tab) \"([^\"]+)\"", tree)
            assert all(re.search(r"[\u4e00-\u9fff]", found) for found in names), names


def test_without_webgl_the_rest_of_the_cockpit_works(open_page: Callable[..., Page]) -> None:
    page = open_page(script="HTMLCanvasElement.prototype.getContext = () => null;")
    page.get_by_role("button", name="Recirculation").click()
    expect(page.get_by_role("button", name="Recirculation")).to_have_attribute("aria-pressed", "true")
