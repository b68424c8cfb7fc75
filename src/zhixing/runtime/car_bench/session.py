"""One task in our car: every call goes through the benchmark's policies and then through the one door.

The person sits at the wheel and asks by way of an external agent, so the requests come from the driver's zone and
from an ``app``. What needs a yes is asked of the person, never of the agent. An answer says "done" only after the
vehicle has reported the new values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Literal

from zhixing.datatypes.signal import NeedsYes, Outcome, Refused, SetRequest, Value, Zone
from zhixing.datatypes.units import ns_from_s
from zhixing.errors import InputError, SignalError
from zhixing.runtime.cabin import VirtualCabin, make_cabin
from zhixing.runtime.car_bench.outside import MockData, Outside
from zhixing.runtime.car_bench.policies import Moment, Verdict, judge, rank
from zhixing.runtime.car_bench.state import SLOTS, CarValue, CarValues, signals_for, stand_in, told
from zhixing.runtime.car_bench.tasks import Task
from zhixing.runtime.car_bench.tools import READING_TOOLS, VEHICLE_TOOLS, Call, wanted_by

Asker = Literal["door", "adapter"]
Status = Literal["done", "refused", "declined", "unavailable", "wrong"]

_ZONE = Zone.DRIVER
_STEP_S, _READ_BACK_WITHIN_S = 0.1, 30.0
_RAIN, _RAIN_PERCENT = "Vehicle.Body.Raindetection.Intensity", 60
_CHARGE = "Vehicle.Powertrain.TractionBattery.StateOfCharge.Current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the person is asked before a call is carried out.

    Attributes:
        by: The door, or the adapter where the door does not ask.
        rules: Guards and policies that want the yes.
    """

    call: Call
    by: Asker
    rules: tuple[str, ...]
    text: str


Person = Callable[[Question], bool]
"""Who is asked; true is a yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a call.

    Attributes:
        status: ``done``; ``refused`` by a rule; ``declined`` by the person; ``unavailable``: nobody can do or tell
            it; ``wrong``: the call itself is broken.
        by: Who refused or asked, if anybody did.
        rule: Stable name of the rule or policy, or why it is unavailable.
    """

    call: Call
    status: Status
    by: Asker | None = None
    rule: str = ""
    say: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)

    def message(self) -> dict[str, Any]:
        """Return it in the benchmark's form."""
        if self.status == "done":
            return {"status": "SUCCESS", "result": dict(self.result)}
        return {"status": "FAILURE", "errors": {self.rule or self.status: self.say}}


class Session:
    """Our car in the state of a task.

    Args:
        task: Whose car.
        mock: The benchmark's data, for everything but the car.
        person: Who is asked for a yes.
        needs_yes: Names of the tools that require confirmation.
        speed_kmh: How fast the car drives; the benchmark does not say, so it is parked.

    Raises:
        InputError: The task's car is in a state that no car can be in.
    """

    def __init__(self, task: Task, mock: MockData, person: Person, needs_yes: Set[str], speed_kmh: float = 0.0) -> None:
        self.cabin = make_cabin()
        self.questions: list[Question] = []
        self.notes: list[Verdict] = []
        self._person = person
        self._needs_yes = needs_yes
        self._outside = Outside(task, mock)
        self._condition = mock.condition(task)
        self._called: set[str] = set()
        self._finer = _put(self.cabin, task, self._condition, speed_kmh)

    def values(self) -> dict[str, CarValue]:
        """Return the state of the car as the benchmark has it."""
        signals = self.cabin.store.snapshot()
        return {name: self._finer[name] if name in self._finer else told(name, signals) for name in SLOTS}

    def call(self, call: Call) -> Answer:
        """Carry out one call; see :meth:`call_together`."""
        return self.call_together((call,))[0]

    def call_together(self, calls: Sequence[Call]) -> tuple[Answer, ...]:
        """Carry out calls that belong together, and return one answer for each, in the order of the calls.

        Whatever a call holds, the answer is a value: an agent may be wrong, the car goes on. Companions are done
        before what needs them; calls of one tool keep their order.
        """
        wishes = [self._understood(call) for call in calls]
        latest: dict[str, int] = {}
        for call, wish in zip(calls, wishes, strict=True):
            if isinstance(wish, dict):
                latest[call.name] = max(latest.get(call.name, 0), rank(wish))
        answers: dict[int, Answer] = {}
        moved: set[str] = set()
        for number in sorted(range(len(calls)), key=lambda number: latest.get(calls[number].name, 0)):
            call, wish = calls[number], wishes[number]
            if isinstance(wish, InputError):
                answers[number] = Answer(call=call, status="wrong", say=f"{wish} {wish.hint}".strip())
            elif wish is None:
                answers[number] = self._tell(call)
            else:
                answers[number] = self._change(call, wish, moved)
                moved |= set(wish) if answers[number].status == "done" else set()
            self._called.add(call.name)
        return tuple(answers[number] for number in range(len(calls)))

    def _understood(self, call: Call) -> dict[str, CarValue] | InputError | None:
        try:
            return wanted_by(call, "call")
        except InputError as error:
            return error

    def _tell(self, call: Call) -> Answer:
        if call.name in READING_TOOLS:
            names, beside = READING_TOOLS[call.name]
            values = self.values()
            return Answer(call=call, status="done", result={**beside, **{name: values[name] for name in names}})
        if call.name in self._needs_yes and not self._ask(call, "adapter", ("LLM-POL:004",), "Is that really wanted?"):
            return Answer(call=call, status="declined", by="adapter", rule="LLM-POL:004", say=_NO)
        result = self._outside.answer(call)
        if result is None:
            return Answer(call=call, status="unavailable", rule="no-such-function", say="This car cannot tell that.")
        return Answer(call=call, status="done", result=result)

    def _change(self, call: Call, wanted: CarValues, moved: Set[str]) -> Answer:
        # 1. which signals
        requests = self._requests(wanted)
        if requests is None:
            return Answer(call=call, status="unavailable", rule="no-such-value", say="This car has no such setting.")
        # 2. the benchmark's policies
        now = Moment(self.values(), moved, self._condition, self._called)
        verdicts = judge(wanted, now, needs_yes=call.name in self._needs_yes)
        if verdicts and verdicts[0].kind == "refuse":
            return Answer(call=call, status="refused", by="adapter", rule=verdicts[0].policy, say=verdicts[0].say)
        self.notes += [verdict for verdict in verdicts if verdict.kind == "note"]
        # 3. the door
        answer = self._through_the_door(call, requests, [verdict for verdict in verdicts if verdict.kind == "ask"])
        if answer is not None:
            return answer
        # 4. read back
        if not self._is_done(requests):
            return Answer(call=call, status="unavailable", rule="not-reported", say="The vehicle did not do it.")
        for name in wanted:
            self._finer.pop(name, None)
        return Answer(call=call, status="done", result=dict(call.arguments))

    def _requests(self, wanted: CarValues) -> tuple[SetRequest, ...] | None:
        requests: list[SetRequest] = []
        for name, value in wanted.items():
            signals = signals_for(name, value, self.cabin.store.catalogue)
            if signals is None:
                return None
            requests += [SetRequest(path=p, value=v, zone=_ZONE, source="app") for p, v in signals.items()]
        return tuple(requests)

    def _through_the_door(self, call: Call, requests: Sequence[SetRequest], asking: list[Verdict]) -> Answer | None:
        """Ask for all requests, with the person's yes where one is wanted; return None if all are granted.

        What the door asks about goes first, so that nothing is done before a yes. Its question stands for the
        policies' own.
        """
        store = self.cabin.store
        policies = tuple(verdict.policy for verdict in asking)
        pending = store.needing_yes(requests)
        outcomes: tuple[Outcome, ...] = store.request_all(pending)
        question = next((outcome for outcome in outcomes if isinstance(outcome, NeedsYes)), None)
        if question is not None:
            if not self._ask(call, "door", (question.rule, *policies), question.ask.en):
                store.deny(question.token, _ZONE)
                return Answer(call=call, status="declined", by="door", rule=question.rule, say=_NO)
            outcomes = store.confirm(question.token, _ZONE)
            if not outcomes:
                return Answer(call=call, status="declined", by="door", rule=question.rule, say="The yes came too late.")
        elif policies and not self._ask(call, "adapter", policies, " ".join(verdict.say for verdict in asking)):
            return Answer(call=call, status="declined", by="adapter", rule=policies[0], say=_NO)
        outcomes += store.request_all([request for request in requests if request not in pending])
        refusal = next((outcome for outcome in outcomes if isinstance(outcome, Refused)), None)
        if refusal is None:
            return None
        return Answer(call=call, status="refused", by="door", rule=refusal.rule, say=refusal.say.en)

    def _ask(self, call: Call, by: Asker, rules: tuple[str, ...], text: str) -> bool:
        question = Question(call=call, by=by, rules=rules, text=text)
        self.questions.append(question)
        return self._person(question)

    def _is_done(self, requests: Sequence[SetRequest]) -> bool:
        """Let time pass until the vehicle reports what was granted; return whether it did in time."""
        store = self.cabin.store
        deadline_ns = self.cabin.clock() + ns_from_s(_READ_BACK_WITHIN_S)
        while any(store.target(request.path) is not None for request in requests):
            if self.cabin.clock() >= deadline_ns:
                return False
            self.cabin.step(_STEP_S)
        return all(store.value(request.path) == request.value for request in requests)


_NO = "The person said no. Nothing was changed."


def changes_the_vehicle(call: Call) -> bool:
    """Return whether a call is one that changes the vehicle."""
    return call.name in VEHICLE_TOOLS


def _put(cabin: VirtualCabin, task: Task, condition: str, speed_kmh: float) -> dict[str, CarValue]:
    """Put the car into the task's state; return the task's values that our signals cannot tell as finely."""
    state: dict[str, Value] = {"Vehicle.Speed": speed_kmh, _RAIN: _RAIN_PERCENT if "rain" in condition else 0}
    finer: dict[str, CarValue] = {}
    for name, value in task.state.items():
        signals = signals_for(name, value, cabin.store.catalogue)
        if signals is None:
            finer[name] = value
            signals = signals_for(name, stand_in(name, value), cabin.store.catalogue) or {}
        state.update(signals)
    charge_percent = task.context.get("state_of_charge")
    if isinstance(charge_percent, int | float):
        state[_CHARGE] = charge_percent
    try:
        cabin.vehicle.set_state(state)
    except SignalError as error:
        raise InputError(f"task {task.task_id}: {error}", hint="Correct its context_init_config.") from error
    return finer
