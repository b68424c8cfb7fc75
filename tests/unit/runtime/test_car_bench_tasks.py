"""Tasks from strangers: whatever a file holds, the answer is tasks or an error that says where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.errors import InputError
from zhixing.runtime.car_bench.outside import read_mock_data
from zhixing.runtime.car_bench.tasks import Tool, read_task, read_tasks, read_tools
from zhixing.runtime.car_bench.untrusted import parse_json, read_bytes, shown

TOOLS = {name: Tool(name=name, description=name, schema={}) for name in ("set_fan_speed", "get_weather")}
GOOD: dict[str, Any] = {
    "task_id": "base_7",
    "kind": "base",
    "actions": [{"name": "set_fan_speed", "kwargs": {"level": 2}}],
    "context_init_config": {
        "current_location": {"id": "l", "name": "L"},
        "current_datetime": {"year": 2025, "month": 2, "day": 3, "hour": 4, "minute": 5},
        "fan_speed": 1,
    },
    "ground_truth_results": [{"status": "SUCCESS", "result": {"level": 2}}],
    "expected_final_state_diff": {"fan_speed": 2},
    "removed_part": None,
}
PLACE = GOOD["context_init_config"]["current_location"]
MOMENT = GOOD["context_init_config"]["current_datetime"]


def write(folder: Path, *lines: str | bytes) -> Path:
    text = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    (folder / "tasks.jsonl").write_bytes(text)
    return folder


def context(**changes: Any) -> dict[str, Any]:
    return {"context_init_config": GOOD["context_init_config"] | changes}


def test_a_good_task_is_read(tmp_path: Path) -> None:
    (task,) = read_tasks(write(tmp_path, json.dumps(GOOD), ""), TOOLS)
    assert (task.task_id, task.location_id, task.moment) == ("base_7", "l", (2025, 2, 3, 4, 5))
    assert task.state == {"fan_speed": 1}
    assert task.final == {"fan_speed": 2}
    assert [call.name for call in task.calls] == ["set_fan_speed"]


def test_a_task_without_a_recording_is_read() -> None:
    content = {**GOOD, "ground_truth_results": None, "expected_final_state_diff": None}
    task = read_task(content, "line 1", TOOLS)
    assert (task.recorded, task.final) == ((), None)


@pytest.mark.parametrize(
    "changes",
    [
        {"task_id": 7},
        {"kind": None},
        {"instruction": 1},
        {"actions": None},
        {"actions": {"name": "set_fan_speed"}},
        {"actions": [7]},
        {"actions": [{"kwargs": {}}]},
        {"actions": [{"name": "open_the_pod_bay_doors", "kwargs": {}}]},
        {"actions": [{"name": "set_fan_speed", "kwargs": [2]}]},
        {"actions": [{"name": "set_fan_speed", "kwargs": {}}]},
        {"actions": [{"name": "set_fan_speed", "kwargs": {"level": 2, "seat": 1}}]},
        {"actions": [{"name": "set_fan_speed", "kwargs": {"level": "2"}}]},
        {"actions": [{"name": "set_fan_speed", "kwargs": {"level": 6}}]},
        {"actions": [{"name": "set_fan_speed", "kwargs": {"level": 1.5}}]},
        {"actions": [{"name": "set_fan_speed", "kwargs": {"level": True}}]},
        {"ground_truth_results": [1]},
        {"ground_truth_results": []} | {"ground_truth_results": [{}, {}]},
        {"ground_truth_results": {}},
        {"expected_final_state_diff": [1]},
        {"expected_final_state_diff": {"fan_speed": 99}},
        {"removed_part": "set_fan_speed"},
        {"removed_part": [1]},
        {"calendar_id": 1},
        {"context_init_config": None},
        {"context_init_config": {}},
        context(current_location={"id": "l"}),
        context(current_datetime=MOMENT | {"month": 13}),
        context(current_datetime=MOMENT | {"month": True}),
        context(current_datetime=MOMENT | {"hour": 1.0}),
        context(user_preferences=[1]),
        context(fan_speed="fast"),
        context(fog_lights=0),
        context(trunk_door_position="ajar"),
        context(ambient_light="BEIGE"),
        context(climate_temperature_driver=22.3),
    ],
)
def test_what_is_no_task_is_named_with_line_and_task(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"tasks\.jsonl line 2") as caught:
        read_tasks(write(tmp_path, json.dumps(GOOD), json.dumps({**GOOD, "task_id": "other"} | changes)), TOOLS)
    assert caught.value.hint
    assert "task_id" in changes or "task 'other'" in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        '{"task_id": NaN}',
        '{"task_id": -Infinity}',
        '{"task_id": 1e999}',
        '{"task_id": 1e40}',
        '{"task_id": 123456789012345678901234567890}',
        '{"task_id": "\\ud800"}',
        "[" * 100_000,
        b"\xff\xfe",
        '"' + "x" * 1_000_001 + '"',
    ],
    ids=shown,
)
def test_a_line_that_is_no_sane_json_is_named(tmp_path: Path, line: str | bytes) -> None:
    with pytest.raises(InputError, match=r"tasks\.jsonl line 1") as caught:
        read_tasks(write(tmp_path, line), TOOLS)
    assert len(str(caught.value)) <= 400


def test_a_task_that_comes_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2: task 'base_7' comes twice"):
        read_tasks(write(tmp_path, json.dumps(GOOD), json.dumps(GOOD)), TOOLS)


@pytest.mark.parametrize("read", [read_tools, read_mock_data, lambda folder: read_tasks(folder, TOOLS)])
def test_an_absent_file_is_named(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(InputError, match=r"cannot read .*: No such file"):
        read(tmp_path)


def test_a_folder_without_tasks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no tasks"):
        read_tasks(write(tmp_path, ""), TOOLS)
    with pytest.raises(InputError, match="cannot read"):
        read_bytes(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[7]",
        '[{"function": 1}]',
        '[{"function": {"name": "a", "description": "b"}}]',
        '[{"function": {"name": "a", "description": "b", "parameters": {"properties": 7}}}]',
        '[{"function": {"name": "a", "description": "b", "parameters": {"required": "x"}}}]',
        '[{"function": {"name": 1, "description": "b", "parameters": {}}}]',
        json.dumps([{"function": {"name": "a", "description": "b", "parameters": {}}}] * 2),
    ],
)
def test_what_is_no_tool_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "tools.json").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"tools\.json"):
        read_tools(tmp_path)


def test_a_tool_that_requires_confirmation_says_so_first() -> None:
    assert Tool(name="a", description="REQUIRES_CONFIRMATION, Opens it", schema={}).needs_yes
    assert not Tool(name="a", description="Opens it", schema={}).needs_yes


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(key=st.sampled_from([*GOOD, *GOOD["context_init_config"]]), value=JSON)
def test_any_field_may_hold_anything(key: str, value: Any) -> None:
    content = GOOD | {key: value} if key in GOOD else GOOD | context(**{key: value})
    try:
        task = read_task(parse_json(json.dumps(content), "line 1"), "line 1", TOOLS)
    except InputError as error:
        said = str(error)
    else:
        said = f"line 1 has {len(task.calls)} calls"
    assert said.startswith("line 1")
