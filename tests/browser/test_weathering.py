"""What goes wrong around the screen does not end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SHOUT = """(garbage) => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}/ws`), answers = [];
    socket.onopen = () => garbage.forEach((text) => socket.send(text));
    socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === "error") answers.push(message);
        if (answers.length === garbage.length) { socket.close(); resolve(answers); }
    };
    setTimeout(() => resolve(answers), 30000);
})"""
GARBAGE = [
    "",
    "{",
    "null",
    '{"type": "reboot"}',
    '{"type": "set", "path": "Vehicle.Nonsense", "value": 1}',
    '{"type": "set", "path": "Vehicle.Speed", "value": 300}',
    '{"type": "set", "path": "Vehicle.Cabin.Infotainment.Media.Volume", "value": "loud"}',
    '{"type": "set", "path": "Vehicle.Cabin.Infotainment.Media.Volume", "value": ' + "9" * 300 + "}",
    '{"type": "say", "text": 7}',
    '{"type": "say", "text": "\\ud800"}',
    "[" * 9000,
    "x" * 20_000,
]


def test_garbage_from_one_browser_leaves_the_others_unharmed(open_page: Callable[..., Page]) -> None:
    bad, good = open_page(), open_page()
    answers: list[dict[str, Any]] = bad.evaluate(SHOUT, GARBAGE)
    assert len(answers) == len(GARBAGE)
    assert all(answer["message"] and answer["hint"] for answer in answers)
    for page in (good, bad):
        button = page.get_by_role("button", name="Recirculation")
        was_on = button.get_attribute("aria-pressed") == "true"
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false" if was_on else "true")
    expect(good.locator(".lost")).to_have_count(0)


def test_the_screen_says_that_the_car_is_gone_and_comes_back_by_itself(page: Page, car: Any) -> None:
    expect(page.locator("top-bar").get_by_role("status")).to_have_text("")
    page.get_by_role("radio", name="6", exact=True).click()
    expect(page.get_by_role("radio", name="6", exact=True)).to_be_checked()
    car.stop()
    expect(page.get_by_text("Connection lost, reconnecting…")).to_be_visible()
    # Nothing that is typed or touched meanwhile is lost in silence.
    page.get_by_role("textbox").fill("Open the window")
    page.get_by_role("textbox").press("Enter")
    expect(page.get_by_role("textbox")).to_have_value("Open the window")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.get_by_role("radio", name="4", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Not connected")
    page.wait_for_timeout(2500)  # several tries to reconnect, none of which takes the words away
    expect(page.get_by_role("alert")).to_contain_text("Not connected")
    car.start()
    expect(page.get_by_text("Connection lost, reconnecting…")).to_have_count(0, timeout=10_000)
    # The new car's own state is shown, not what the old one had.
    expect(page.get_by_role("radio", name="2", exact=True)).to_be_checked()
    page.get_by_role("button", name="Recirculation").click()
    expect(page.get_by_role("button", name="Recirculation")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("textbox").fill("Set the fan to 5")
    page.get_by_role("textbox").press("Enter")
    expect(page.get_by_role("radio", name="5", exact=True)).to_be_checked()
