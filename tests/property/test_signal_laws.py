"""Laws of the door: whatever is asked, in whatever order, by whomever, and whatever the car does meanwhile."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from zhixing.datatypes.signal import Granted, Leaf, NeedsYes, Outcome, SetRequest, Source, Value, Zone
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import Circumstances, Forbid, Judgement, load_guards
from zhixing.signals.store import YES_WITHIN_S
from zhixing.signals.values import is_allowed
from zhixing.testing.exam_rules import BY_HAND_ONLY, DOORS, FORBIDDEN_WHILE_MOVING, GEAR, LIGHTS, STILL_WHILE_MOVING
from zhixing.testing.parked_car import ParkedCar, parked_state, single
from zhixing.vehicle.followers import lid_position

SPEED = "Vehicle.Speed"
WINDOWS = [f"{door}.Window.Position" for door in DOORS]
WIPERS = "Vehicle.Body.Windshield.Front.Wiping.Mode"
PEOPLE: list[Source] = ["voice", "touch", "suggestion", "app", "model"]

ACTUATORS = sorted(path for path in parked_state() if load_catalogue()[path].kind == "actuator")
GUARDED = sorted(
    {path for path, _ in FORBIDDEN_WHILE_MOVING} | STILL_WHILE_MOVING | BY_HAND_ONLY | set(WINDOWS)
    | {"Vehicle.Cabin.Sunroof.Position", "Vehicle.Body.Trunk.Rear.Position", f"{LIGHTS}.Beam.High.IsOn"}
)  # fmt: skip


def values_of(leaf: Leaf, *, beyond: bool = False) -> st.SearchStrategy[Value]:
    """Draw values of a signal's type, within its limits or also beyond them."""
    if leaf.datatype == "boolean":
        return st.booleans()
    if leaf.datatype == "string":
        return st.sampled_from([*(leaf.allowed or ("#FF0000", "#000000")), *(("nonsense", "") if beyond else ())])
    lowest = 0 if leaf.datatype.startswith("u") else -100
    low = lowest if leaf.min is None else math.ceil(leaf.min)
    high = 200 if leaf.max is None else math.floor(leaf.max)
    if beyond:
        low, high = max(low - 50, 0 if leaf.datatype.startswith("u") else -128), min(high + 50, 127)
    whole = st.integers(low, max(low, high))
    return whole.map(float) if leaf.datatype in {"float", "double"} else whole


def requests_for(paths: Sequence[str], *, beyond: bool = False) -> st.SearchStrategy[SetRequest]:
    return st.sampled_from(paths).flatmap(
        lambda path: st.builds(
            SetRequest,
            path=st.just(path),
            value=values_of(load_catalogue()[path], beyond=beyond),
            zone=st.sampled_from(list(Zone)),
            source=st.sampled_from(PEOPLE),
        )
    )


REQUEST = requests_for(GUARDED) | requests_for(ACTUATORS)
LID_POSITIONS = sorted({position for path in ACTUATORS if (position := lid_position(path))})
SWITCHES = ["Vehicle.Cabin.IsWindowChildLockEngaged", "Vehicle.Cabin.HVAC.IsAirConditioningActive"]
STATE_PATHS = [
    *WINDOWS, SPEED, GEAR, "Vehicle.Body.Raindetection.Intensity", "Vehicle.Cabin.Sunroof.Position",
    *SWITCHES, *(f"{door}.IsChildLockActive" for door in DOORS[2:]),
]  # fmt: skip
STATE = st.fixed_dictionaries(
    {path: values_of(load_catalogue()[path]) for path in STATE_PATHS}
    | {SPEED: st.sampled_from([0.0, 0.1, 50.0, 80.0, 80.1, 130.0]), GEAR: st.sampled_from([126, 127, 0, -1])}
)


def full(state: dict[str, Value]) -> dict[str, Value]:
    return parked_state() | state


def strictness(verdict: Judgement) -> int:
    return 0 if verdict is None else 2 if isinstance(verdict, Forbid) else 1


def judged(
    requests: Sequence[SetRequest], state: dict[str, Value], wanted: dict[str, Value] | None = None
) -> list[int]:
    return [strictness(verdict) for verdict in load_guards().judge(Circumstances(state, requests, {}, wanted or {}))]


def with_zone(request: SetRequest, zone: Zone | None) -> SetRequest:
    return SetRequest(path=request.path, value=request.value, zone=zone, source=request.source)


def every_guarded_request() -> list[SetRequest]:
    """Return requests for the ends and the middle of every guarded signal, from every seat."""
    found = []
    for path, zone in itertools.product([*GUARDED, f"{LIGHTS}.Fog.Rear.IsOn", WIPERS], Zone):
        leaf = load_catalogue()[path]
        values: Sequence[Value] = leaf.allowed or (True, False)
        if leaf.max is not None:
            values = [-30, 0, 20, 60, 100] if leaf.min == -100 else [0, 20, 60, 100]
        found += [SetRequest(path=path, value=value, zone=zone, source="voice") for value in values]
    return found


EVERY = every_guarded_request()


def judged_alone(requests: Sequence[SetRequest], state: dict[str, Value]) -> list[int]:
    return [judged([request], state)[0] for request in requests]


def freed(requests: Sequence[SetRequest], before: list[int], after: list[int]) -> list[SetRequest]:
    return [request for request, one, other in zip(requests, before, after, strict=True) if other < one]


@given(STATE, st.floats(0.1, 200.0))
def test_driving_off_never_frees_anything(state: dict[str, Value], speed_kmh: float) -> None:
    requests = [request for request in EVERY if request.path != GEAR]  # driving off is itself a change of gear
    parked = judged_alone(requests, full(state | {SPEED: 0.0, GEAR: 126}))
    moving = judged_alone(requests, full(state | {SPEED: speed_kmh, GEAR: 127}))
    assert not freed(requests, parked, moving)


@given(REQUEST, STATE)
def test_who_sits_nowhere_may_do_no_more_than_every_seat(request: SetRequest, state: dict[str, Value]) -> None:
    strictest = max(judged_alone([with_zone(request, zone) for zone in Zone], full(state)))
    assert judged_alone([with_zone(request, None)], full(state))[0] >= strictest


@given(REQUEST, STATE)
def test_another_program_is_never_asked_anything(request: SetRequest, state: dict[str, Value]) -> None:
    assume(not request.path.endswith(".Window.IsOpen"))  # nothing moves it
    car = ParkedCar()
    car.vehicle.set_state(state)
    (asked,) = judged([with_zone(request, None)], dict(car.store.snapshot()))
    outcome = car.ask(request.path, request.value, None, "network")
    assert outcome.kind == ("granted" if asked == 0 else "refused")
    assert not car.store._questions


@given(STATE, st.sets(st.sampled_from(STATE_PATHS), min_size=1))
def test_not_knowing_never_frees_anything(state: dict[str, Value], lost: set[str]) -> None:
    known = full(state)
    absent = {path: value for path, value in known.items() if path not in lost}
    broken: dict[str, Value] = known | dict.fromkeys(lost, math.nan)
    expected = judged_alone(EVERY, known)
    assert not freed(EVERY, expected, judged_alone(EVERY, absent))
    assert not freed(EVERY, expected, judged_alone(EVERY, broken))


@given(STATE)
def test_nobody_may_more_than_the_driver(state: dict[str, Value]) -> None:
    mine = [request for request in EVERY if request.zone is Zone.DRIVER]
    driver = judged_alone(mine, full(state))
    for zone in Zone:
        theirs = judged_alone([with_zone(request, zone) for request in mine], full(state))
        assert not freed(mine, driver, theirs)


@pytest.mark.parametrize("motion", [{SPEED: 3.0}, {GEAR: 127}, {GEAR: 0}, {GEAR: -1}], ids=str)
def test_what_the_exam_forbids_is_forbidden_to_everybody(motion: dict[str, Value]) -> None:
    pairs = {*FORBIDDEN_WHILE_MOVING, *((path, 30) for path in STILL_WHILE_MOVING)}
    for (path, value), zone, source in itertools.product(sorted(pairs, key=str), Zone, PEOPLE):
        car = ParkedCar()
        car.vehicle.set_state(motion if not isinstance(value, bool) else {path: not value} | motion)
        assert car.ask(path, value, zone, source).kind == "refused", (path, zone, source)


@pytest.mark.parametrize("path", sorted(BY_HAND_ONLY))
def test_gear_and_parking_brake_are_nobodys_wish_even_when_parked(path: str) -> None:
    for zone, source in itertools.product(Zone, PEOPLE):
        assert ParkedCar().ask(path, False if path != GEAR else 127, zone, source).kind == "refused"


@given(st.lists(REQUEST, min_size=1, max_size=6, unique_by=lambda request: request.path), STATE)
def test_asking_for_more_at_once_never_frees_anything(requests: list[SetRequest], state: dict[str, Value]) -> None:
    """Of different signals, for of two wishes about one the later one is what will be; and without shutting windows,
    which is not asking for more."""
    requests = [request for request in requests if request.path not in WINDOWS or request.value != 0]
    alone = [judged([request], full(state))[0] for request in requests]
    together = judged(requests, full(state))
    assert all(one <= all_ for one, all_ in zip(alone, together, strict=True))


def test_who_opens_one_window_and_shuts_another_at_speed_does_not_want_all_open() -> None:
    first, second, *_ = WINDOWS
    at_speed: dict[str, Value] = {**dict.fromkeys(WINDOWS, 50), SPEED: 130.0, first: 0}
    state = full(at_speed)
    opening = SetRequest(path=first, value=50, zone=Zone.DRIVER, source="voice")
    shutting = SetRequest(path=second, value=0, zone=Zone.DRIVER, source="voice")
    assert judged([opening], state) == [1]
    assert judged([opening, shutting], state) == [0, 0]


@given(STATE, st.sampled_from(SWITCHES), st.sampled_from(list(Zone)))
def test_what_is_switched_on_meanwhile_or_in_the_same_breath_counts(
    state: dict[str, Value], switch: str, zone: Zone
) -> None:
    others = [request for request in EVERY if request.path != switch]
    expected = judged_alone(others, full(state | {switch: True}))
    switching = SetRequest(path=switch, value=True, zone=zone, source="voice")
    assert not freed(others, expected, [judged([switching, request], full(state))[1] for request in others])
    assert not freed(others, expected, [judged([request], full(state), {switch: True})[0] for request in others])


@given(STATE, st.sampled_from(SWITCHES))
def test_what_is_switched_off_meanwhile_frees_nothing_yet(state: dict[str, Value], switch: str) -> None:
    assert judged_alone(EVERY, full(state)) == [judged([r], full(state), {switch: False})[0] for r in EVERY]


@given(REQUEST, STATE)
def test_the_way_a_wish_comes_by_makes_no_difference(request: SetRequest, state: dict[str, Value]) -> None:
    by_source = {
        judged([SetRequest(path=request.path, value=request.value, zone=request.zone, source=s)], full(state))[0]
        for s in PEOPLE
    }
    assert len(by_source) == 1


@given(st.lists(REQUEST, min_size=2, max_size=4), STATE)
def test_the_order_of_a_batch_makes_no_difference(requests: list[SetRequest], state: dict[str, Value]) -> None:
    expected = dict(zip(map(id, requests), judged(requests, full(state)), strict=True))
    for order in itertools.islice(itertools.permutations(requests), 6):
        assert judged(order, full(state)) == [expected[id(request)] for request in order]


@given(st.sampled_from(WINDOWS), st.integers(0, 100), st.integers(0, 100), STATE, st.sampled_from(list(Zone)))
def test_closing_a_window_is_always_free(path: str, now: int, wanted: int, state: dict[str, Value], zone: Zone) -> None:
    assume(wanted <= now)
    request = SetRequest(path=path, value=wanted, zone=zone, source="voice")
    assert judged([request], full(state | {path: now})) == [0]


@given(requests_for(ACTUATORS, beyond=True), STATE)
@example(
    SetRequest(path=WINDOWS[0], value=101, zone=Zone.DRIVER, source="touch"), {SPEED: 0.0, GEAR: 126}
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_nothing_outside_the_limits_becomes_a_target_even_for_the_car_itself(
    request: SetRequest, state: dict[str, Value]
) -> None:
    assume(not is_allowed(load_catalogue()[request.path], request.value))
    car = ParkedCar()
    car.vehicle.set_state(state)
    for source in (request.source, "system"):
        outcome = car.ask(request.path, request.value, request.zone, source)
        assert outcome.kind == "refused"
        assert outcome.rule == "catalogue-limits"
        assert car.store.target(request.path) is None


class Door(RuleBasedStateMachine):
    """People ask, answer and wait while the car drives, stops and moves its motors."""

    def __init__(self) -> None:
        super().__init__()
        self.car = ParkedCar()
        self.questions: dict[str, NeedsYes] = {}
        self.spent: set[str] = set()
        self.answers = 0
        first = self.car.store.changes_since(-1)
        self.revision, self.seen = first.revision, dict(first.values)
        self.seen_targets: dict[str, Value | None] = {}

    @initialize(state=STATE)
    def starts(self, state: dict[str, Value]) -> None:
        self.car.vehicle.set_state(state)

    @rule(speed_kmh=st.sampled_from([0.0, 0.2, 60.0, 120.0]))
    def drives(self, speed_kmh: float) -> None:
        self.car.vehicle.set_state({SPEED: speed_kmh, GEAR: 127 if speed_kmh else 126})

    @rule(seconds=st.sampled_from([0.1, 1.0, 5.0]))
    def waits(self, seconds: float) -> None:
        self.car.clock.time_ns += round(seconds * 1e9)
        self.car.vehicle.step(seconds)

    @rule(requests=st.lists(REQUEST, min_size=1, max_size=5), zone=st.sampled_from(list(Zone)))
    def asks(self, requests: list[SetRequest], zone: Zone) -> None:
        before = self.wanted()
        self.heard(self.car.store.request_all([with_zone(request, zone) for request in requests]), before)

    @precondition(lambda self: self.questions)
    @rule(data=st.data(), zone=st.sampled_from(list(Zone)))
    def says_yes(self, data: st.DataObject, zone: Zone) -> None:
        token = data.draw(st.sampled_from(sorted(self.questions)))
        question, before = self.questions[token], self.wanted()
        outcomes = self.car.store.confirm(token, zone)
        if zone is not question.request.zone or self.car.clock() > question.expires_ns or token in self.spent:
            assert outcomes == ()
            assert self.wanted() == before
        if zone is question.request.zone:
            self.spent.add(token)
        self.heard(outcomes, before)

    @precondition(lambda self: self.questions)
    @rule(data=st.data(), zone=st.sampled_from(list(Zone)))
    def says_no(self, data: st.DataObject, zone: Zone) -> None:
        token = data.draw(st.sampled_from(sorted(self.questions)))
        self.car.store.deny(token, zone)
        if zone is self.questions[token].request.zone:
            self.spent.add(token)

    @rule()
    def lets_questions_grow_old(self) -> None:
        self.car.clock.time_ns += round((YES_WITHIN_S + 1.0) * 1e9)

    def heard(self, outcomes: tuple[Outcome, ...], before: dict[str, Value]) -> None:
        self.answers += len(outcomes)
        self.questions |= {o.token: o for o in outcomes if isinstance(o, NeedsYes)}
        granted = {o.request.path for o in outcomes if isinstance(o, Granted)}
        granted |= {position for path in granted if (position := lid_position(path))}  # the lid's motor
        changed = {path for path, value in self.wanted().items() if value != before[path]}
        assert changed <= granted
        if self.car.number(SPEED) > 0.0:
            after = self.wanted()
            assert not {(path, after[path]) for path in changed} & FORBIDDEN_WHILE_MOVING
            assert not changed & STILL_WHILE_MOVING
        assert not changed & BY_HAND_ONLY

    def wanted(self) -> dict[str, Value]:
        """Return what every actuator is or is about to be."""
        store = self.car.store
        targets = {path: store.target(path) for path in ACTUATORS}
        return {p: single(store.value(p)) if target is None else target for p, target in targets.items()}

    @invariant()
    def everything_is_within_its_limits(self) -> None:
        for path, leaf in self.car.store.catalogue.items():
            value = self.car.store.value(path)
            assert value is None or is_allowed(leaf, value)
            target = self.car.store.target(path)
            assert target is None or is_allowed(leaf, target)

    @invariant()
    def who_follows_the_changes_knows_everything(self) -> None:
        changes = self.car.store.changes_since(self.revision)
        self.revision = changes.revision
        self.seen |= changes.values
        self.seen_targets |= changes.targets
        assert {p: value for p, value in self.seen.items() if not isinstance(value, tuple)} == self.car.store.snapshot()
        assert {p: t for p, t in self.seen_targets.items() if t is not None} == {
            p: t for p in ACTUATORS if (t := self.car.store.target(p)) is not None
        }

    @invariant()
    def every_decision_is_on_record(self) -> None:
        assert len(self.car.store.audit) >= min(self.answers, self.car.store.audit.maxlen or 0)

    @invariant()
    def nothing_forbidden_is_still_wanted_while_the_car_drives(self) -> None:
        if self.car.number(SPEED) > 0.0:
            targets = {(path, self.car.store.target(path)) for path in ACTUATORS}
            assert not targets & FORBIDDEN_WHILE_MOVING
            assert not {path for path, target in targets if target is not None} & STILL_WHILE_MOVING
            for path in LID_POSITIONS:
                assert float(self.car.store.target(path) or 0) <= self.car.number(path), path


TestDoor = Door.TestCase
TestDoor.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
