"""What holds for every signal program, whatever its times, offsets and the hour."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhixing.datatypes.lights import Light
from zhixing.datatypes.shapes import IntArray
from zhixing.datatypes.units import ns_from_s
from zhixing.simulation.crossroads_program import Extras, day_program
from zhixing.simulation.signal_clock import SignalClock
from zhixing.simulation.signal_program import Plan, Program, Stage

EXTRAS = Extras(
    left_waits=((12, 0), (15, 1), (18, 2), (21, 3)),
    straight_waits=((13, 0), (16, 1), (19, 2), (22, 3)),
    right_arrows=((14, 0), (17, 1), (20, 2), (23, 3)),
)
CONFLICTS = [
    *((s, t) for s in (0, 2, 4, 6) for t in (1, 3, 5, 7)),  # the cross street
    *((s, t) for s in (0, 2) for t in (4, 6)),  # straight on against left turns
    *((s, t) for s in (1, 3) for t in (5, 7)),
    *((s, 8 + s) for s in range(4)),  # people cross an arm while its own traffic waits
    *((4 + (s + 2) % 4, 8 + (s + 1) % 4) for s in range(4)),  # left turns leave over another arm
    *((14 + 3 * s, 8 + s) for s in range(4)),  # right arrows: the zebra of the arm and of the next one
    *((14 + 3 * s, 8 + (s + 1) % 4) for s in range(4)),
    *((12 + 3 * s, 8 + s) for s in range(4)),  # ways into waiting areas lead over the zebra of the arm
    *((13 + 3 * s, 8 + s) for s in range(4)),
]
hours = st.floats(0.0, 23.99)
times_s = st.floats(0.0, 200_000.0)
laws = settings(max_examples=60, deadline=None, derandomize=True)


def shown_from(clock: SignalClock, time_s: float, seconds: float, step_s: float = 0.5) -> IntArray:
    return np.stack([clock.at(ns_from_s(time_s + t)) for t in np.arange(0.0, seconds, step_s)])


def crossroads(seed: int, offset_s: float, hour: float) -> SignalClock:
    return SignalClock([day_program(EXTRAS, np.random.default_rng(seed))], np.array([offset_s]), hour)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Three groups of vehicles and one of people; two plans, of which the second may flash."""

    def stages() -> tuple[Stage, ...]:
        greens = draw(st.lists(st.floats(7.0, 60.0), min_size=3, max_size=3))
        both = draw(st.booleans())
        return (
            Stage(green=(0, 2) if both else (0,), green_s=greens[0], walk=(3,), walk_s=6.0),
            Stage(green=(1,), green_s=greens[1], yellow_s=draw(st.floats(3.0, 5.0))),
            Stage(green=(2,), green_s=greens[2], all_red_s=draw(st.floats(0.5, 4.0))),
        )

    second = draw(st.booleans())
    first_hour, later = draw(st.floats(0.0, 10.0)), draw(st.floats(1.01, 12.0))
    return Program(
        num_groups=4,
        plans=(
            Plan(name="one", stages=stages(), countdown_s=draw(st.sampled_from((0.0, 9.0, np.inf)))),
            Plan(name="two", stages=stages() if second else ()),
        ),
        from_hour=(first_hour, first_hour + later),
        walks=(3,),
        displays=(0, 1),
    )


@laws
@example(seed=2, offset_s=3.0, hour=22.99, time_s=0.0)
@example(seed=2, offset_s=3.0, hour=5.99, time_s=0.0)
@given(seed=st.integers(0, 20), offset_s=st.floats(0.0, 84.0), hour=hours, time_s=times_s)
def test_groups_that_conflict_are_never_let_in_together(seed: int, offset_s: float, hour: float, time_s: float) -> None:
    shown = shown_from(crossroads(seed, offset_s, hour), time_s, 240.0)
    goes = np.isin(shown, (Light.GREEN, Light.YELLOW))
    for one, two in CONFLICTS:
        assert not (goes[:, one] & goes[:, two]).any(), (one, two)


@laws
@example(seed=2, offset_s=3.0, hour=22.99, time_s=0.0)
@given(seed=st.integers(0, 20), offset_s=st.floats(0.0, 84.0), hour=hours, time_s=times_s)
def test_every_group_gets_green_unless_yellow_flashes(seed: int, offset_s: float, hour: float, time_s: float) -> None:
    shown = shown_from(crossroads(seed, offset_s, hour), time_s, 300.0)
    flashes = (shown == Light.FLASHING_YELLOW).any()
    assert flashes or (shown == Light.GREEN).any(axis=0).all()


@laws
@given(programs(), st.floats(0.0, 60.0), hours, times_s)
def test_what_is_left_of_a_light_is_what_the_light_then_keeps_to(
    program: Program, offset_s: float, hour: float, time_s: float
) -> None:
    clock = SignalClock([program], np.array([offset_s]), hour)
    # A moment of the day anywhere, and one shortly before a plan changes.
    for hour_then in (None, *program.from_hour):
        at_s = time_s if hour_then is None else ((hour_then - hour) % 24.0) * 3600.0 - 30.0 + time_s % 120.0
        if at_s < 0.0:
            continue
        now, left_s = clock.at(ns_from_s(at_s)), clock.remaining_s(ns_from_s(at_s))
        for group in range(4):
            assert left_s[group] > 0.0
            for share in (0.25, 0.75):
                assert clock.at(ns_from_s(at_s + share * float(left_s[group])))[group] == now[group]
            assert clock.at(ns_from_s(at_s + float(left_s[group]) + 0.01))[group] != now[group]


@laws
@given(programs(), st.floats(0.0, 60.0), hours, times_s)
def test_green_ends_with_yellow_and_never_comes_after_it(
    program: Program, offset_s: float, hour: float, time_s: float
) -> None:
    shown = shown_from(SignalClock([program], np.array([offset_s]), hour), time_s, 200.0, 0.25)[:, :3]
    before, after = shown[:-1], shown[1:]
    changes = before != after
    assert not (changes & (before == Light.GREEN) & ~np.isin(after, (Light.YELLOW,))).any()
    assert not (changes & (before == Light.YELLOW) & (after != Light.RED)).any() or not program.plans[1].stages


@laws
@given(st.integers(0, 9), hours, times_s)
def test_many_worlds_at_once_show_what_each_shows_alone(seed: int, hour: float, time_s: float) -> None:
    program = day_program(EXTRAS, np.random.default_rng(seed))
    offsets_s = np.random.default_rng(seed).uniform(0.0, 84.0, (5, 2))
    together = SignalClock([program, program], offsets_s, hour)
    assert together.at(ns_from_s(time_s)).shape == (5, 48)
    for world in range(5):
        alone = SignalClock([program, program], offsets_s[world], hour)
        assert np.array_equal(together.at(ns_from_s(time_s))[world], alone.at(ns_from_s(time_s)))
        assert np.array_equal(together.remaining_s(ns_from_s(time_s))[world], alone.remaining_s(ns_from_s(time_s)))
        assert np.array_equal(
            together.countdown_s(ns_from_s(time_s))[world], alone.countdown_s(ns_from_s(time_s)), equal_nan=True
        )


@laws
@given(programs(), st.floats(0.0, 60.0), hours, times_s)
def test_a_countdown_counts_what_is_left_in_whole_seconds(
    program: Program, offset_s: float, hour: float, time_s: float
) -> None:
    clock, time_ns = SignalClock([program], np.array([offset_s]), hour), ns_from_s(time_s)
    shown, left_s, counted_s = clock.at(time_ns), clock.remaining_s(time_ns), clock.countdown_s(time_ns)
    lit = np.isfinite(counted_s)
    assert np.array_equal(counted_s[lit], np.ceil(left_s[lit]))
    assert np.isin(shown[lit], (Light.RED, Light.GREEN)).all()
    assert not lit[2:].any()
