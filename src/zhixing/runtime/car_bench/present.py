"""A task of CAR-bench for a language model: system text, tools, calls, and what is judged afterwards.

::

    presented = present(task, benchmark, person)
    # hand presented.system_text and presented.tools to the model, then for every call it makes:
    text = presented.call(name, arguments)
    # and when the conversation is over:
    presented.score()

Calls that the model makes in one reply belong together: hand them to :meth:`Presented.call_together`. The model never
confirms anything; whom it drives for is asked by the car (``person``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from zhixing.errors import InputError
from zhixing.runtime.car_bench.replay import Benchmark
from zhixing.runtime.car_bench.session import Answer, Person, Session
from zhixing.runtime.car_bench.state import CarValue
from zhixing.runtime.car_bench.tasks import Task
from zhixing.runtime.car_bench.tools import Call
from zhixing.runtime.car_bench.untrusted import an_object, parse_json, shown

_PLACE = "{{placeholder_location_based_on_task_context_init_config}}"
_MOMENT = "{{placeholder_datetime_based_on_task_context_init_config}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a language model did in one task.

    Attributes:
        is_reached: Whether the vehicle's final state is the ground truth's. None where the state cannot tell: in
            hallucination tasks, where the right thing is to say what is not possible, and without a recorded state.
        differences: Value to (wanted, is).
        violations: Policies that the model broke, one for each breach; the car refused it or noted it.
        refused_by_door: Guards that refused a call.
        unknown_tools: Names it called that it was not given.
    """

    task_id: str
    kind: str
    is_reached: bool | None
    differences: Mapping[str, tuple[CarValue, CarValue]]
    violations: tuple[str, ...]
    refused_by_door: tuple[str, ...]
    unknown_tools: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether it reached what can be judged and broke no policy."""
        return self.is_reached is not False and not self.violations and not self.unknown_tools


class Presented:
    """A task, as a language model meets it.

    Args:
        task: Whose car and whose ground truth.
        benchmark: The rest of the folder.
        person: Who is asked for a yes.
    """

    def __init__(self, task: Task, benchmark: Benchmark, person: Person) -> None:
        moment = dict(zip(("year", "month", "day", "hour", "minute"), task.moment, strict=True))
        place = task.context.get("current_location", {"id": task.location_id, "name": task.location})
        self.system_text = benchmark.policy.replace(_PLACE, json.dumps(place)).replace(_MOMENT, json.dumps(moment))
        self.tools = [
            _without(dict(tool.schema), task.removed)
            for name, tool in benchmark.tools.items()
            if name not in task.removed
        ]
        self._parameters = {tool["function"]["name"]: _properties(tool) for tool in self.tools}
        self._task = task
        self._session = Session(task, benchmark.mock, person, benchmark.needs_yes)
        self._answers: list[Answer] = []
        self._unknown: list[str] = []

    def call(self, name: str, arguments: Mapping[str, Any] | str) -> str:
        """Carry out one call and return what the model is told, as JSON; never raises, whatever the model sent."""
        return self.call_together([(name, arguments)])[0]

    def call_together(self, calls: Sequence[tuple[str, Mapping[str, Any] | str]]) -> tuple[str, ...]:
        """Carry out the calls of one reply; one answer for each, in their order."""
        read = [self._read(name, arguments) for name, arguments in calls]
        answers = iter(self._session.call_together([call for call in read if isinstance(call, Call)]))
        texts = []
        for call in read:
            if isinstance(call, InputError):
                message: dict[str, Any] = {"status": "FAILURE", "errors": {"wrong": str(call)}}
            else:
                answer = next(answers)
                self._answers.append(answer)
                message = _taken_away(answer, self._task.removed)
            texts.append(json.dumps(message, ensure_ascii=False))
        return tuple(texts)

    def score(self) -> Score:
        """Return how it went so far."""
        final = self._task.final
        now = self._session.values()
        wanted = {} if final is None else {**self._task.state, **final}
        differences = {name: (value, now[name]) for name, value in wanted.items() if now[name] != value}
        is_judged = final is not None and self._task.kind != "hallucination"
        refused = [answer for answer in self._answers if answer.status == "refused"]
        return Score(
            task_id=self._task.task_id,
            kind=self._task.kind,
            is_reached=not differences if is_judged else None,
            differences=differences if is_judged else {},
            violations=(
                *(answer.rule for answer in refused if answer.by == "adapter"),
                *(note.policy for note in self._session.notes),
            ),
            refused_by_door=tuple(answer.rule for answer in refused if answer.by == "door"),
            unknown_tools=tuple(self._unknown),
        )

    def _read(self, name: str, arguments: Mapping[str, Any] | str) -> Call | InputError:
        if name not in self._parameters:
            self._unknown.append(str(name)[:100])
            return InputError(f"no tool is called {shown(name)}")
        try:
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            call = Call(name, an_object(parse_json(text.strip() or "{}", name), name))
        except InputError as error:
            return error
        except (TypeError, ValueError, RecursionError) as error:
            return InputError(f"{name}: {error}")
        unknown = set(call.arguments) - self._parameters[name]
        return InputError(f"{name} takes no {shown(min(unknown))}") if unknown else call


def present(task: Task, benchmark: Benchmark, person: Person = lambda _: True) -> Presented:
    """Return a task for a language model.

    Args:
        task: One of ``benchmark.tasks``.
        benchmark: From :func:`zhixing.runtime.car_bench.replay.read_benchmark`.
        person: Who is asked for a yes; by default one who says yes.

    Raises:
        InputError: The task's car is in a state that no car can be in.
    """
    return Presented(task, benchmark, person)


def _properties(tool: Mapping[str, Any]) -> set[str]:
    return set(tool["function"]["parameters"].get("properties", {}))


def _without(schema: dict[str, Any], removed: Sequence[str]) -> dict[str, Any]:
    """Return a tool without the parameters that a task takes away (``tool.parameter``)."""
    schema = deepcopy(schema)
    parameters = schema["function"]["parameters"]
    for part in removed:
        tool, _, parameter = part.partition(".")
        if tool == schema["function"]["name"] and parameter in parameters.get("properties", {}):
            del parameters["properties"][parameter]
            parameters["required"] = [name for name in parameters.get("required", []) if name != parameter]
    return schema


def _taken_away(answer: Answer, removed: Sequence[str]) -> dict[str, Any]:
    """Return the message without the parts that a task takes away (``result.tool.part.part``)."""
    message = deepcopy(answer.message())
    for part in removed:
        head, _, rest = part.partition(".")
        tool, _, path = rest.partition(".")
        if head == "result" and tool == answer.call.name and path:
            *way, last = path.split(".")
            branch = message.get("result")
            for step in way:
                branch = branch.get(step) if isinstance(branch, dict) else None
            if isinstance(branch, dict):
                branch.pop(last, None)
    return message
