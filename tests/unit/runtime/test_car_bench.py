"""The ground truth in our car, the report, and a task as a language model meets it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.cli.field import show_car_bench
from zhixing.runtime.car_bench.policies import POLICIES
from zhixing.runtime.car_bench.present import Presented, present
from zhixing.runtime.car_bench.replay import read_benchmark, replay, run_car_bench
from zhixing.runtime.car_bench.session import Question, Session
from zhixing.runtime.car_bench.state import SLOTS
from zhixing.runtime.car_bench.tools import READING_TOOLS, VEHICLE_TOOLS
from zhixing.runtime.car_bench.violations import VIOLATIONS, Violation, run_violations, try_violation
from zhixing.signals.guards import load_guards

SHARED = Path(os.environ.get("ZHIXING_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
PUBLISHED = SHARED / "cockpit_data" / "car_bench"
published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published CAR-bench tasks are not on this machine")

NUMBER, FLAG = {"type": "number"}, {"type": "boolean"}
TOOLS: dict[str, dict[str, Any]] = {
    "set_fog_lights": {"on": FLAG},
    "set_head_lights_low_beams": {"on": FLAG},
    "set_seat_heating": {"level": NUMBER, "seat_zone": {"type": "string"}},
    "get_exterior_lights_status": {},
    "get_weather": {
        "location_or_poi_id": {"type": "string"},
        "month": NUMBER,
        "day": NUMBER,
        "time_hour_24hformat": NUMBER,
    },
    "search_poi_at_location": {"location_id": {"type": "string"}},
}
WEATHER = {"location_or_poi_id": "loc_here", "month": 3, "day": 4, "time_hour_24hformat": 5}

FINAL = {"fog_lights": True, "head_lights_low_beams": True}


def write_benchmark(folder: Path, **changes: Any) -> Path:
    """Write a benchmark of one task: fog lights, with the low beams beside them."""
    task = {
        "task_id": "t_0",
        "kind": "base",
        "instruction": "You want the fog lights on.",
        "actions": [
            {"name": "get_weather", "kwargs": WEATHER},
            {"name": "get_exterior_lights_status", "kwargs": {}},
            {"name": "set_fog_lights", "kwargs": {"on": True}},
            {"name": "set_head_lights_low_beams", "kwargs": {"on": True}},
        ],
        "context_init_config": {
            "current_location": {"id": "loc_here", "name": "Here"},
            "current_datetime": {"year": 2025, "month": 3, "day": 4, "hour": 5, "minute": 6},
            "fog_lights": False,
            "head_lights_low_beams": False,
            "head_lights_high_beams": False,
            "air_circulation": "AUTO",
            "fan_airflow_direction": "WINDSHIELD_FEET",
        },
        "expected_final_state_diff": FINAL,
    } | changes
    files = {
        "tasks.jsonl": json.dumps(task),
        "tools.json": json.dumps(
            [
                {
                    "type": "function",
                    "function": {
                        "name": name,
                        "description": name,
                        "parameters": {"type": "object", "properties": given, "required": list(given)},
                    },
                }
                for name, given in TOOLS.items()
            ]
        ),
        "policy.md": "You are in {{placeholder_location_based_on_task_context_init_config}}, "
        "it is {{placeholder_datetime_based_on_task_context_init_config}}.",
        "mock_data/navigation/weather.jsonl": json.dumps(
            {
                "location_id": "loc_here",
                "weather": [{"start_time": "00:00", "end_time": "24:00", "condition": "cloudy_and_fog"}],
            }
        ),
        "mock_data/navigation/locations.jsonl": json.dumps({"id": "loc_here", "name": "Here"}),
        "mock_data/navigation/routes_location_location.jsonl": "",
        "mock_data/navigation/routes_location_poi.jsonl": "",
        "mock_data/navigation/routes_poi_location.jsonl": "",
        "mock_data/productivity_and_communication/contacts.jsonl": "",
        "mock_data/productivity_and_communication/calendars.jsonl": "",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def presented(folder: Path, **changes: Any) -> Presented:
    benchmark = read_benchmark(write_benchmark(folder, **changes))
    return present(benchmark.tasks[0], benchmark)


def told(text: str) -> Any:
    return json.loads(text)


@published
def test_no_published_ground_truth_is_refused() -> None:
    report = run_car_bench(PUBLISHED)
    by_verdict = {replay.task_id: (replay.verdict, replay.why) for replay in report.shortfalls}
    # One task blows at the windscreen and the feet at once, for which VSS 6.0 has no word.
    assert {verdict for verdict, _ in by_verdict.values()} <= {"not replayable"}, by_verdict
    assert set(by_verdict) <= {"disambiguation_22"}
    assert len(report.replays) == 129
    assert sum(replay.vehicle_calls > 0 for replay in report.replays) == 70
    kind, tasks, with_vehicle, replayable, replayed, refused, differs, *_ = report.rows()[-1]
    assert (kind, tasks, with_vehicle, refused, differs) == ("all", "129", "70", "0", "0")
    assert replayable == replayed
    assert sum(len(replay.yes_by_door) for replay in report.replays) == 16
    assert sum(len(replay.yes_by_adapter) for replay in report.replays) == 10


@published
def test_the_published_ground_truth_breaks_no_manners_that_we_note() -> None:
    benchmark = read_benchmark(PUBLISHED)
    for task in benchmark.tasks:
        session = Session(task, benchmark.mock, lambda _: True, benchmark.needs_yes)
        for call in task.calls:
            session.call(call)
        assert not session.notes, task.task_id


@published
def test_while_driving_only_what_our_rules_forbid_is_refused() -> None:
    refused = [r for r in run_car_bench(PUBLISHED, speed_kmh=50.0).replays if r.verdict == "refused"]
    rules = {why.partition(": ")[2] for replay in refused for why in replay.why}
    assert rules == {"lids-stay-closed-while-driving", "lights-stay-on-while-driving"}


@published
def test_every_numbered_policy_has_a_holder_and_every_vehicle_tool_is_ours() -> None:
    text = (PUBLISHED / "policy.md").read_text("utf-8")
    assert sorted(re.findall(r"(?:LLM|AUT)-POL:\d{3}", text)) == sorted(policy.name for policy in POLICIES)
    described = {name: tool.description for name, tool in read_benchmark(PUBLISHED).tools.items()}
    concerning = {name for name, about in described.items() if re.search(r"Vehicle (Climate )?(Control|Info)", about)}
    assert concerning == {*VEHICLE_TOOLS, *READING_TOOLS, "get_car_color", "get_seats_occupancy"}


@published
@pytest.mark.parametrize("kind", ["base", "hallucination"])
def test_a_published_task_can_be_played_by_its_ground_truth(kind: str) -> None:
    benchmark = read_benchmark(PUBLISHED)
    task = next(t for t in benchmark.tasks if t.kind == kind and t.task_id.endswith("_16"))
    shown = present(task, benchmark)
    assert "{{" not in shown.system_text
    texts = shown.call_together([(call.name, call.arguments) for call in task.calls])
    assert [told(text)["status"] for text in texts] == ["SUCCESS"] * len(task.calls)
    score = shown.score()
    assert score.passed
    assert score.is_reached is (True if kind == "base" else None)
    windows = told(shown.call("get_vehicle_window_positions", {}))["result"]
    assert ("window_driver_position" in windows) is (kind == "base")


def test_a_ground_truth_is_carried_out_companions_first_and_with_a_yes(tmp_path: Path) -> None:
    report = run_car_bench(write_benchmark(tmp_path))
    (one,) = report.replays
    assert (one.verdict, one.why) == ("replayed", ())
    assert one.yes_by_door == ("fog-lights-want-a-yes-when-clear",)
    assert len(report.columns()) == len(report.rows()[0])
    assert [row[0] for row in report.rows()] == ["base", "all"]
    assert all(len(row) == len(report.violation_columns()) for row in report.violation_rows())


def test_what_our_car_lacks_is_not_replayable_and_named(tmp_path: Path) -> None:
    tools = TOOLS | {"set_air_circulation": {"mode": {"type": "string"}}}
    folder = write_benchmark(tmp_path, actions=[{"name": "set_air_circulation", "kwargs": {"mode": "AUTO"}}])
    entry = {
        "name": "set_air_circulation",
        "description": "",
        "parameters": {"properties": tools["set_air_circulation"]},
    }
    (folder / "tools.json").write_text(json.dumps([{"type": "function", "function": entry}]), "utf-8")
    benchmark = read_benchmark(folder)
    assert replay(benchmark.tasks[0], benchmark).why == ("no signal has the value air_circulation=AUTO",)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"expected_final_state_diff": {"fog_lights": False}}, "fog_lights is True, not False"),
        (
            {"ground_truth_results": [{"status": "SUCCESS", "result": {}}] * 4},
            "get_exterior_lights_status tells fog_lights=False instead of nothing",
        ),
    ],
)
def test_a_car_that_ends_otherwise_than_recorded_differs(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    (one,) = run_car_bench(write_benchmark(tmp_path, **changes)).replays
    assert one.verdict == "differs"
    assert why in one.why[0]
    assert one.in_words().startswith(f"t_0 (base): ends otherwise than recorded: {why}")


def test_a_task_that_differs_is_shown_in_one_line_and_in_fields(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_benchmark(tmp_path, task_id="t\x1b[2J\n0", expected_final_state_diff=FINAL | {"fog_lights": False})
    show_car_bench(folder, None, None, 1, as_json=False)
    lines = [line for line in capsys.readouterr().out.splitlines() if "not as recorded" in line]
    assert len(lines) == 1
    assert lines[0].endswith("0 (base): ends otherwise than recorded: fog_lights is True, not False")
    assert "Replay(" not in lines[0]
    assert "\x1b" not in lines[0]
    show_car_bench(folder, None, None, 1, as_json=True)
    (one,) = told(capsys.readouterr().out)["not_as_recorded"]
    assert (one["verdict"], one["why"]) == ("differs", ["fog_lights is True, not False"])


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: f"{v.policy} {v.about}")
def test_every_constructed_violation_is_refused_or_asked_about_and_changes_nothing(violation: Violation) -> None:
    result = try_violation(violation)
    assert result.is_held, (result.answer, result.changed)


def test_every_policy_that_the_car_holds_has_a_violation_and_names_rules_that_exist() -> None:
    held = {policy.name for policy in POLICIES if policy.holder in {"door", "adapter"}}
    assert {violation.policy for violation in VIOLATIONS} == held
    guards = {rule.name for rule in load_guards().rules}
    assert {rule for policy in POLICIES for rule in policy.rule} <= guards
    assert all(result.is_held for result in run_violations())


def test_a_policy_that_the_door_holds_is_held_by_the_door() -> None:
    rules = {policy.name: policy.rule for policy in POLICIES if policy.holder == "door"}
    for result in run_violations():
        if result.violation.policy in rules:
            assert result.answer.by == "door"
            assert result.answer.rule in rules[result.violation.policy]


def test_a_model_sees_the_task_and_not_what_the_person_wants(tmp_path: Path) -> None:
    shown = presented(tmp_path)
    assert '"Here"' in shown.system_text
    assert '"hour": 5' in shown.system_text
    assert "fog lights" not in shown.system_text
    assert {tool["function"]["name"] for tool in shown.tools} == set(TOOLS)


def test_a_model_that_does_it_right_passes(tmp_path: Path) -> None:
    shown = presented(tmp_path)
    assert told(shown.call("get_weather", json.dumps(WEATHER)))["result"]["current_slot"]
    shown.call("set_head_lights_low_beams", {"on": True})
    assert told(shown.call("set_fog_lights", {"on": True})) == {"status": "SUCCESS", "result": {"on": True}}
    score = shown.score()
    assert score.passed
    assert score.is_reached


def test_a_model_that_breaks_policies_is_told_and_scored(tmp_path: Path) -> None:
    shown = presented(tmp_path)
    refusal = told(shown.call("set_fog_lights", {"on": True}))
    assert refusal["status"] == "FAILURE"
    assert "low beams" in refusal["errors"]["AUT-POL:013"]
    shown.call_together([("set_fog_lights", {"on": True}), ("set_head_lights_low_beams", {"on": True})])
    score = shown.score()
    assert score.is_reached
    assert score.violations == ("AUT-POL:013", "AUT-POL:009")
    assert not score.passed


def test_a_model_that_does_nothing_has_not_reached_the_state(tmp_path: Path) -> None:
    score = presented(tmp_path).score()
    assert score.differences == {"fog_lights": (True, False), "head_lights_low_beams": (True, False)}
    assert not score.passed


def test_what_a_task_takes_away_is_not_there(tmp_path: Path) -> None:
    removed = ["set_fog_lights", "set_seat_heating.level", "result.get_exterior_lights_status.fog_lights"]
    shown = presented(tmp_path, removed_part=removed, kind="hallucination")
    assert "set_fog_lights" not in {tool["function"]["name"] for tool in shown.tools}
    assert told(shown.call("set_fog_lights", {"on": True}))["status"] == "FAILURE"
    assert told(shown.call("set_seat_heating", {"level": 1, "seat_zone": "DRIVER"}))["status"] == "FAILURE"
    assert "fog_lights" not in told(shown.call("get_exterior_lights_status", {}))["result"]
    score = shown.score()
    assert (score.is_reached, score.unknown_tools, score.passed) == (None, ("set_fog_lights",), False)


def test_only_the_person_says_yes(tmp_path: Path) -> None:
    benchmark = read_benchmark(write_benchmark(tmp_path))
    asked: list[Question] = []

    def says_no(question: Question) -> bool:
        asked.append(question)
        return False

    shown = present(benchmark.tasks[0], benchmark, says_no)
    shown.call("set_head_lights_low_beams", {"on": True})
    answer = told(shown.call("set_fog_lights", {"on": True, "confirmed": True}))
    assert answer["status"] == "FAILURE"
    answer = told(shown.call("set_fog_lights", {"on": True}))
    assert "no" in answer["errors"]["fog-lights-want-a-yes-when-clear"]
    assert [(question.by, question.rules) for question in asked] == [
        ("door", ("fog-lights-want-a-yes-when-clear", "LLM-POL:008"))
    ]


def test_what_is_finer_than_our_signals_is_told_as_the_task_has_it(tmp_path: Path) -> None:
    benchmark = read_benchmark(write_benchmark(tmp_path))
    session = Session(benchmark.tasks[0], benchmark.mock, lambda _: True, frozenset())
    assert session.values()["air_circulation"] == "AUTO"
    assert session.values()["fan_airflow_direction"] == "WINDSHIELD_FEET"
    assert set(session.values()) == set(SLOTS)


ARGUMENTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "[1]", '{"on": NaN}', '{"on": 1e999}', '{"level": 99999999999999999999}', "{" * 9999]),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["on", "level"]), inner),
        max_leaves=5,
    ).map(lambda value: {"on": value}),
)


@given(calls=st.lists(st.tuples(st.sampled_from([*TOOLS, "rm"]), ARGUMENTS), max_size=5))
def test_whatever_a_model_sends_is_answered_in_json(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[str, Any]]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "hostile"
    shown = presented(folder)
    texts = shown.call_together(calls)
    assert len(texts) == len(calls)
    assert all(told(text)["status"] in {"SUCCESS", "FAILURE"} for text in texts)
    shown.score()
