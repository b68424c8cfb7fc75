"""The tasks of CAR-bench: a car, what a person wants of it, and the calls that a perfect assistant makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhixing.errors import InputError
from zhixing.runtime.car_bench.state import SLOTS, CarValues, check_value
from zhixing.runtime.car_bench.tools import Call, wanted_by
from zhixing.runtime.car_bench.untrusted import a_list, a_text, an_object, parse_json, read_bytes, read_objects, shown

_HINT = "Compare the line with the published tasks."
_MOMENT = (("year", 1, 9999), ("month", 1, 12), ("day", 1, 31), ("hour", 0, 23), ("minute", 0, 59))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task.

    Attributes:
        task_id: As published, e.g. ``base_0``.
        kind: ``base``, ``hallucination`` (something that is needed is taken away) or ``disambiguation``.
        instruction: What the simulated person wants; never shown to the assistant.
        location_id: Where the car is.
        location: Its name.
        moment: Year, month, day, hour and minute.
        calendar_id: Whose calendar.
        context: All that the task says about its car, as published.
        state: The vehicle's part of it.
        calls: The ground truth, in order.
        recorded: What the benchmark's own tools answered to these calls; empty if nobody recorded it.
        final: Values of the vehicle that differ at the end of the ground truth, None if nobody recorded it.
        removed: Tools, parameters and parts of results that a hallucination task takes away.
    """

    task_id: str
    kind: str
    instruction: str = ""
    location_id: str
    location: str
    moment: tuple[int, int, int, int, int]
    calendar_id: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    state: CarValues
    calls: Sequence[Call]
    recorded: Sequence[Mapping[str, Any]] = ()
    final: CarValues | None = None
    removed: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool as a language model sees it.

    Attributes:
        schema: In the form of an OpenAI-compatible ``tools`` entry.
    """

    name: str
    description: str
    schema: Mapping[str, Any]

    @property
    def needs_yes(self) -> bool:
        """Whether the benchmark's policy LLM-POL:004 wants the person's yes before every call."""
        return self.description.startswith("REQUIRES_CONFIRMATION")


def read_tools(folder: Path) -> dict[str, Tool]:
    """Return the tools of the benchmark by name.

    Raises:
        InputError: The file cannot be read or describes no tools.
    """
    path = folder / "tools.json"
    tools: dict[str, Tool] = {}
    for number, entry in enumerate(a_list(parse_json(read_bytes(path), path.name), path.name)):
        where = f"{path.name} entry {number}"
        schema = an_object(entry, where)
        function = an_object(schema.get("function"), where)
        parameters = an_object(function.get("parameters"), where)
        an_object(parameters.get("properties", {}), where)
        a_list(parameters.get("required", []), where)
        name = a_text(function.get("name"), where)
        if name in tools:
            raise InputError(f"{where}: {shown(name)} comes twice", hint="Keep one of them.")
        tools[name] = Tool(name=name, description=a_text(function.get("description"), where), schema=schema)
    return tools


def read_tasks(folder: Path, tools: Mapping[str, Tool]) -> tuple[Task, ...]:
    """Return the tasks of a folder.

    Raises:
        InputError: The file cannot be read, or a line is no task; the message names line and task.
    """
    path = folder / "tasks.jsonl"
    tasks: dict[str, Task] = {}
    for where, content in read_objects(path):
        task = read_task(content, where, tools)
        if task.task_id in tasks:
            raise InputError(f"{where}: task {shown(task.task_id)} comes twice", hint="Keep one of them.")
        tasks[task.task_id] = task
    if not tasks:
        raise InputError(f"{path} has no tasks", hint="Give one JSON object a line.")
    return tuple(tasks.values())


def read_task(content: Mapping[str, Any], where: str, tools: Mapping[str, Tool]) -> Task:
    """Return the task of one line.

    Args:
        content: What the line says.
        where: What the message names.
        tools: The only ones that a call may name.

    Raises:
        InputError: It is no task.
    """
    task_id = a_text(content.get("task_id"), f"{where}: task_id")
    where = f"{where}, task {shown(task_id)}"
    context = an_object(content.get("context_init_config"), f"{where}: context_init_config")
    place = an_object(context.get("current_location"), f"{where}: current_location")
    an_object(context.get("user_preferences", {}), f"{where}: user_preferences")
    recorded = content.get("ground_truth_results")
    final = content.get("expected_final_state_diff")
    calls = tuple(
        _read_call(call, f"{where}, action {number}", tools)
        for number, call in enumerate(a_list(content.get("actions"), f"{where}: actions"))
    )
    answers = tuple(
        an_object(answer, f"{where}: ground_truth_results")
        for answer in a_list([] if recorded is None else recorded, f"{where}: ground_truth_results")
    )
    if answers and len(answers) != len(calls):
        raise InputError(f"{where}: {len(calls)} actions but {len(answers)} results", hint=_HINT)
    return Task(
        task_id=task_id,
        kind=a_text(content.get("kind"), f"{where}: kind"),
        instruction=a_text(content.get("instruction", ""), f"{where}: instruction"),
        location_id=a_text(place.get("id"), f"{where}: current_location"),
        location=a_text(place.get("name"), f"{where}: current_location"),
        moment=_read_moment(an_object(context.get("current_datetime"), f"{where}: current_datetime"), where),
        calendar_id=a_text(content.get("calendar_id", ""), f"{where}: calendar_id"),
        context=context,
        state=_vehicle_part(context, where),
        calls=calls,
        recorded=answers,
        final=None if final is None else _vehicle_part(an_object(final, f"{where}: final state"), where),
        removed=tuple(
            a_text(part, f"{where}: removed_part")
            for part in a_list(content.get("removed_part") or [], f"{where}: removed_part")
        ),
    )


def _read_call(content: object, where: str, tools: Mapping[str, Tool]) -> Call:
    action = an_object(content, where)
    name = a_text(action.get("name"), where)
    if name not in tools:
        raise InputError(f"{where}: no tool is called {shown(name)}", hint="Compare it with tools.json.")
    call = Call(name, an_object(action.get("kwargs"), where))
    wanted_by(call, where)
    return call


def _read_moment(content: Mapping[str, Any], where: str) -> tuple[int, int, int, int, int]:
    numbers = []
    for name, low, high in _MOMENT:
        number = content.get(name)
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
            raise InputError(f"{where}: current_datetime: {shown(number)} is no {name}", hint=_HINT)
        numbers.append(number)
    year, month, day, hour, minute = numbers
    return year, month, day, hour, minute


def _vehicle_part(content: Mapping[str, Any], where: str) -> CarValues:
    return {name: check_value(name, content[name], where) for name in SLOTS if name in content}
