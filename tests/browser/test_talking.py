"""A person speaks with the car."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.get_by_role("textbox").press("Enter")


@pytest.mark.parametrize(
    ("lang", "wish", "seat", "shown"),
    [
        ("zh", "把主驾温度调到25度", "主驾", "25.0°"),
        ("en", "Set the driver temperature to 19 degrees", "Driver", "19.0°"),
        ("de", "Stell die Temperatur beim Fahrer auf 23 Grad", "Fahrer", "23,0°"),
    ],
)
def test_speaking_changes_the_car_and_the_control_shows_it(
    open_page: Callable[..., Page], lang: str, wish: str, seat: str, shown: str
) -> None:
    page = open_page(lang)
    say(page, wish)
    temperature = page.get_by_role("group", name=re.compile(rf"^\S+ {seat}$"))
    expect(temperature.get_by_role("status")).to_have_text(shown)
    expect(page.get_by_role("log")).to_contain_text(wish)
    expect(page.get_by_role("textbox")).to_have_value("")


def test_what_one_screen_says_is_read_on_every_screen(open_page: Callable[..., Page]) -> None:
    one, other = open_page("en"), open_page("zh")
    say(one, "Set the fan to 4")
    for page in (one, other):
        expect(page.get_by_role("log")).to_contain_text("Set the fan to 4")
        expect(page.get_by_role("radio", name="4", exact=True)).to_be_checked()


def test_a_door_stays_closed_while_driving_and_the_car_says_why(page: Page) -> None:
    say(page, "Open the driver's door")
    expect(page.get_by_role("log")).to_contain_text("The doors stay closed while driving")


def test_an_offer_is_carried_out_only_after_a_yes(page: Page) -> None:
    before = page.get_by_role("group", name="Temperature Driver").get_by_role("status").inner_text()
    say(page, "I'm a bit cold")
    log = page.get_by_role("log")
    log.get_by_role("button", name="Yes").wait_for()
    expect(page.get_by_role("group", name="Temperature Driver").get_by_role("status")).to_have_text(before)
    log.get_by_role("button", name="Yes").click()
    expect(log.get_by_role("button", name="Yes")).to_have_count(0)
    expect(page.get_by_role("group", name="Temperature Driver").get_by_role("status")).not_to_have_text(before)


def test_what_somebody_types_is_text_and_never_markup(page: Page) -> None:
    markup = "<img src=x onerror=document.title='broken'>"
    say(page, markup)
    expect(page.get_by_role("log")).to_contain_text(markup)
    expect(page).not_to_have_title("broken")


def test_the_conversation_is_announced_and_an_empty_line_says_nothing(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    before: Any = log.inner_text()
    say(page, "   ")
    page.wait_for_timeout(300)
    assert log.inner_text() == before


@pytest.mark.parametrize(
    ("lang", "tab", "nothing", "fact", "forget"),
    [
        ("zh", "记忆", "还没有", "26 度", "忘掉"),
        ("en", "Memory", "Nothing yet", "26 degrees", "Forget"),
        ("de", "Merken", "Noch nichts", "26 Grad", "Vergessen"),
    ],
)
def test_what_is_remembered_is_listed_and_forgotten_at_a_touch(
    open_page: Callable[..., Page], lang: str, tab: str, nothing: str, fact: str, forget: str
) -> None:
    page, other = open_page(lang), open_page(lang)
    for screen in (page, other):
        screen.get_by_role("tab", name=tab).click()
        expect(screen.get_by_role("tabpanel")).to_contain_text(nothing)
    say(page, "我喜欢二十六度")
    for screen in (page, other):
        listed = screen.get_by_role("list", name=tab).get_by_role("listitem")
        expect(listed).to_have_count(1)
        expect(listed).to_contain_text(fact)
        expect(listed).to_contain_text("“我喜欢二十六度”")
    page.get_by_role("list", name=tab).get_by_role("button", name=forget).click()
    for screen in (page, other):
        expect(screen.get_by_role("tabpanel")).to_contain_text(nothing)
        expect(screen.get_by_role("list", name=tab)).to_have_count(0)


def test_how_the_car_is_asked_to_drive_is_shown_and_why_it_did_is_told(open_page: Callable[..., Page]) -> None:
    page = open_page("en")
    say(page, "drive more gently")
    expect(page.locator("drive-panel")).to_contain_text(re.compile(r"Style\s*calm"))
    say(page, "pull over please")
    expect(page.locator("drive-panel")).to_contain_text("pulling over")
    say(page, "why did you change lanes")
    expect(page.get_by_role("log")).to_contain_text(re.compile("changed lanes"))
    say(page, "drive on")
    say(page, "drive normally")
    expect(page.locator("drive-panel")).to_contain_text(re.compile(r"Style\s*normal\s*$|Style\s*normal\s*[^·]"))
