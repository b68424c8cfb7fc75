"""A person touches the controls, or works them with the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_a_window_shows_where_it_really_is_on_its_way(page: Page) -> None:
    tab(page, "Windows")
    slider = page.get_by_role("slider", name="Passenger")
    way = page.evaluate("""() => new Promise((resolve) => {
        const host = [...document.querySelector("control-panel").shadowRoot.querySelector("windows-panel")
            .shadowRoot.querySelectorAll("signal-slider")].find((slider) => slider.label === "Passenger");
        const input = host.shadowRoot.querySelector("input"), output = host.shadowRoot.querySelector("output");
        const seen = [];
        input.value = "60";
        input.dispatchEvent(new Event("input"));
        input.dispatchEvent(new Event("change"));
        const timer = setInterval(() => {
            seen.push([output.textContent, output.className]);
            if (output.textContent === "60 %") { clearInterval(timer); resolve(seen); }
        }, 50);
        setTimeout(() => { clearInterval(timer); resolve(seen); }, 30000);
    })""")
    shown = [int(text.split()[0]) for text, _ in way]
    assert shown == sorted(shown)
    assert shown[-1] == 60
    assert len(set(shown)) > 4, "it opens over seconds, and that is seen"
    assert {mark for text, mark in way if 0 < int(text.split()[0]) < 55} == {"pending"}
    expect(slider).to_have_value("60")


def test_a_slider_that_is_let_go_where_it_was_shows_the_truth_again(page: Page) -> None:
    tab(page, "Windows")
    page.get_by_role("slider", name="Sunroof").evaluate("""(input) => {
        input.value = "45";
        input.dispatchEvent(new Event("input"));
        input.dispatchEvent(new PointerEvent("pointerup"));
    }""")
    expect(page.get_by_role("slider", name="Sunroof")).to_have_value("0")


def test_a_refusal_is_shown_with_its_reason_and_the_control_keeps_the_truth(page: Page) -> None:
    tab(page, "Lights")
    low = page.get_by_role("button", name="Low beam")
    if low.get_attribute("aria-pressed") == "false":
        low.click()
    expect(low).to_have_attribute("aria-pressed", "true")
    low.click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("stay on while driving")
    expect(low).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Deutsch").click()
    expect(alert).to_contain_text("bleiben während der Fahrt an")
    alert.get_by_role("button").click()
    expect(alert).to_have_text("")


def test_a_question_is_answered_with_yes_or_no(page: Page) -> None:
    tab(page, "Lights")
    high, alert = page.get_by_role("button", name="High beam"), page.get_by_role("alert")
    expect(high).to_have_attribute("aria-pressed", "false")
    high.click()
    expect(alert).to_contain_text("High beam can dazzle others")
    alert.get_by_role("button", name="No").click()
    expect(alert).to_have_text("")
    expect(high).to_have_attribute("aria-pressed", "false")
    high.click()
    alert.get_by_role("button", name="Yes").click()
    expect(high).to_have_attribute("aria-pressed", "true")


def test_two_screens_always_show_the_same(open_page: Callable[..., Page]) -> None:
    one, other = open_page("en"), open_page("de")
    for name, radio in (("2", True), ("5", True), ("3", True)):
        one.get_by_role("radio", name=name, exact=True).click()
        expect(other.get_by_role("radio", name=name, exact=True)).to_be_checked(checked=radio)


def test_everything_is_reached_and_worked_with_the_keyboard_alone(page: Page) -> None:
    focused = """() => {
        let e = document.activeElement;
        while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
        const style = e && getComputedStyle(e);
        return [e?.getAttribute("aria-label") ?? e?.textContent?.trim() ?? "", e?.getAttribute("role") ?? e?.tagName,
            style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
    }"""
    visited = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, role, has_outline = page.evaluate(focused)
        if role == "BODY":
            break
        assert has_outline, f"the focus on {name!r} is not seen"
        visited.append(name)
    wanted = {"Say something to the car", "Send", "Climate", "Driver: Warmer", "A/C", "Deutsch"}
    assert wanted <= set(visited)

    page.get_by_role("tab", name="Climate").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Seats")).to_be_focused()
    expect(page.get_by_role("tab", name="Seats")).to_have_attribute("aria-selected", "true")
    heating = page.get_by_role("radiogroup", name="Heating", exact=True)
    heating.get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowRight")
    expect(heating.get_by_role("radio", name="1")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(heating.get_by_role("radio", name="Off")).to_be_checked()
    page.get_by_role("button", name="中文").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="座椅")).to_be_visible()
