"""The data studio in Chromium: ask, look through many hits, watch one, compare two drivers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.gate import GateRules
from zhixing.dataloop.ingest.ingest import ingest
from zhixing.datatypes.conditions import Compare, Role
from zhixing.datatypes.query import Query
from zhixing.runtime.loop.recipes import How
from zhixing.runtime.loop.run import LoopPlan, run_loop
from zhixing.testing.small_files import write_task
from zhixing.testing.track_rows import going, write_table

pytestmark = pytest.mark.browser
NUM_CARS = 330
LAPTOP = {"width": 1280, "height": 800}
PAIRS = (
    '{"name":"pairs","roles":[{"name":"car"},{"name":"other"}],"condition":'
    '{"kind":"compare","measure":"distance_m","of":["car","other"],"below":100000.0}}'
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive with so many cars that there are more than 100,000 pairs of them, and a verdict."""
    folder = tmp_path_factory.mktemp("studio")
    crowd = (going(k, steps=3, y_m=4.0 * k) for k in range(1, NUM_CARS + 1))
    write_table(folder / "in" / "vehicle_tracks_000.csv", *crowd)
    (folder / "in" / "broken.mcap").write_bytes(b"no recording")
    task = write_task(folder / "tasks" / "family" / "task_1")
    archive = Archive(str(folder / "archive"))
    ingest([folder / "in"], archive)
    fast = Query(
        name="fast", roles=(Role(name="car"),), condition=Compare(measure="speed_mps", of=("car",), at_least=5.0)
    )
    plan = LoopPlan(
        candidate=How(planner="idm"), incumbent=How(planner="idm", is_checked=False), queries=(fast,),
        rules=GateRules(least_scenarios=1),
    )  # fmt: skip
    run_loop([task.parent], archive, plan)
    return folder / "archive"


@pytest.fixture(scope="module")
def car_arguments(place: Path) -> list[str]:
    return ["--archive", str(place)]


@pytest.fixture
def open_studio(chromium: Browser, car: Any) -> Iterator[Callable[..., Page]]:
    """Open a page of the studio; afterwards no script may have failed and no rule been broken."""
    errors: list[str] = []
    contexts = []

    def open_(page_name: str, lang: str = "en", theme: str = "night") -> Page:
        options: Any = {"viewport": LAPTOP, "reduced_motion": "reduce"}
        context = chromium.new_context(**options)
        contexts.append(context)
        for key, value in {"zhixing-lang": lang, "zhixing-theme": theme}.items():
            context.add_init_script(f"if (!localStorage.getItem('{key}')) localStorage.setItem('{key}', '{value}')")
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"{car.url}studio#{page_name}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not errors


def chosen_of(page: Page) -> Locator:
    return page.locator("search-page virtual-list").get_by_role("option", selected=True)


def is_painted(page: Page, canvas: int = 0) -> bool:
    """Return whether something is drawn: not all pixels of a canvas are alike."""
    script = """canvas => {
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      const seen = new Set();
      for (let k = 0; k < data.length; k += 4) seen.add(data[k] << 16 | data[k + 1] << 8 | data[k + 2]);
      return seen.size;
    }"""
    return int(page.locator("canvas").nth(canvas).evaluate(script)) > 2


@pytest.mark.parametrize(
    ("lang", "drives", "refused"),
    [("zh", "行程数", "导入失败"), ("en", "drives", "put aside"), ("de", "Fahrten", "beiseitegelegt")],
)
def test_the_archive_is_counted_and_says_what_was_put_aside(
    open_studio: Callable[..., Page], lang: str, drives: str, refused: str
) -> None:
    page = open_studio("archive", lang, "day")
    tiles = page.locator(".tile")
    expect(tiles.filter(has_text=drives).first).to_contain_text("2")
    expect(tiles.filter(has_text=refused)).to_contain_text("1")
    expect(page.get_by_text("broken.mcap")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(2)


def test_a_question_shows_its_query_and_its_hits_and_a_hit_can_be_watched(open_studio: Callable[..., Page]) -> None:
    page = open_studio("search")
    page.get_by_role("textbox").first.fill("car faster than 5 m/s")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_contain_text(f"{NUM_CARS + 1} hits", timeout=60_000)
    expect(page.locator("hit-view h2").first).to_contain_text("vehicle_tracks_000")
    expect(page.get_by_role("cell", name="speed").first).to_be_visible()
    assert is_painted(page)
    page.get_by_role("slider", name="Time").fill("0.2")
    expect(page.get_by_text("0.2 / 0.2 s")).to_be_visible()
    page.get_by_role("listbox", name="hits").focus()
    page.keyboard.press("ArrowDown")
    expect(chosen_of(page)).to_have_attribute("aria-posinset", "2")


def test_a_list_of_a_hundred_thousand_hits_scrolls(open_studio: Callable[..., Page]) -> None:
    page = open_studio("search")
    page.get_by_text("The query (can be changed)").click()
    page.get_by_role("textbox", name="The query").fill(PAIRS)
    page.get_by_role("button", name="Run query").click()
    count = NUM_CARS * (NUM_CARS - 1)
    expect(page.get_by_role("status")).to_contain_text(f"{count:,}", timeout=120_000)
    options = page.get_by_role("option")
    assert options.count() < 60, "only what is in sight is there"
    page.get_by_role("listbox", name="hits").focus()
    page.keyboard.press("End")
    last = page.locator(f'[aria-posinset="{count}"]')
    expect(last).to_contain_text("vehicle_tracks_000", timeout=60_000)
    spent = page.locator("virtual-list").last.evaluate(
        """async list => {
          const times = [];
          for (let k = 0; k < 40; k++) {
            const before = performance.now();
            list.scrollTop = list.scrollHeight * k / 40;
            await new Promise(requestAnimationFrame);
            times.push(performance.now() - before);
          }
          return times;
        }"""
    )
    assert np.median(spent) < 100.0


def test_what_is_not_understood_waits_for_a_person(open_studio: Callable[..., Page]) -> None:
    page = open_studio("search", "zh")
    page.get_by_role("textbox").first.fill("汽车速度超过5米每秒而且司机很高兴")
    page.get_by_role("button", name="检索", exact=True).click()
    expect(page.get_by_text("划掉的词未识别")).to_be_visible()
    assert page.get_by_role("status").count() == 0
    page.get_by_role("button", name="运行查询").click()
    expect(page.get_by_role("status")).to_contain_text("处命中", timeout=60_000)


def test_a_wrong_query_is_said_to_be_wrong(open_studio: Callable[..., Page]) -> None:
    page = open_studio("search")
    page.get_by_text("The query (can be changed)").click()
    page.get_by_role("textbox", name="The query").fill('{"name": "x"')
    page.get_by_role("button", name="Run query").click()
    expect(page.get_by_role("alert")).to_contain_text("JSON")


def test_two_drivers_are_seen_side_by_side_on_one_clock(open_studio: Callable[..., Page]) -> None:
    page = open_studio("runs")
    expect(page.get_by_role("row").filter(has_text="idm").first).to_be_visible()
    expect(page.locator("canvas")).to_have_count(2)
    expect(page.locator("figcaption").first).to_contain_text("km/h")
    page.get_by_role("slider", name="Time").fill("2")
    expect(page.get_by_text("2.0 /")).to_be_visible()
    assert is_painted(page, 0)
    assert is_painted(page, 1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the full report").click()
    assert Path(download.value.path()).read_bytes().startswith(b"<!doctype html>")


def test_a_run_is_started_here_and_its_verdict_opens(open_studio: Callable[..., Page]) -> None:
    page = open_studio("runs")
    form = page.locator("run-form")
    form.get_by_label("candidate").select_option("pdm")
    form.get_by_label("incumbent").select_option("idm")
    form.get_by_role("button", name="Start run").click()
    expect(form.get_by_role("status")).to_contain_text("pdm")
    expect(page.get_by_role("heading", name="pdm against idm")).to_be_visible(timeout=120_000)
    expect(form.get_by_role("status")).to_have_count(0)
    expect(form.get_by_role("button", name="Start run")).to_be_enabled()


def test_whoever_runs_through_the_list_sees_where_he_stops(open_studio: Callable[..., Page]) -> None:
    page = open_studio("search")
    page.get_by_role("textbox").first.fill("car faster than 5 m/s")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_contain_text(f"{NUM_CARS + 1} hits", timeout=60_000)
    expect(chosen_of(page)).to_have_attribute("aria-posinset", "1")
    page.get_by_role("listbox", name="hits").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    expect(chosen_of(page)).to_have_attribute("aria-posinset", "13")
    expect(chosen_of(page)).to_contain_text("#")
    who = chosen_of(page).inner_text().split("#")[-1].split()[0]
    expect(page.locator("hit-view table").first).to_be_visible()
    page.wait_for_function(
        "who => document.querySelector('data-studio').shadowRoot.querySelector('search-page').shadowRoot"
        ".querySelector('hit-view').hit?.view.roles[0][1] === Number(who)",
        arg=who,
    )


def test_a_new_question_takes_away_what_an_old_one_found(open_studio: Callable[..., Page]) -> None:
    page = open_studio("search")
    page.get_by_role("textbox").first.fill("car faster than 5 m/s")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("speed (car) ≥ 18 km/h")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("hits", timeout=60_000)
    page.get_by_role("textbox").first.fill("asdf")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_role("status").count() == 0
    page.get_by_role("textbox").first.fill("bus brakes hard")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("2 of 2 drives have no bus.")).to_be_visible(timeout=60_000)


def test_what_is_seen_can_be_sent_to_somebody(open_studio: Callable[..., Page]) -> None:
    page = open_studio("search")
    page.get_by_role("textbox").first.fill("car faster than 5 m/s")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_contain_text("hits", timeout=60_000)
    expect(chosen_of(page)).to_have_attribute("aria-posinset", "1")
    page.get_by_role("listbox", name="hits").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(chosen_of(page)).to_have_attribute("aria-posinset", "3")
    assert "hit=3" in page.url
    other = open_studio(page.url.split("#")[1])
    expect(chosen_of(other)).to_have_attribute("aria-posinset", "3", timeout=60_000)
    expect(other.get_by_role("textbox").first).to_have_value("car faster than 5 m/s")
