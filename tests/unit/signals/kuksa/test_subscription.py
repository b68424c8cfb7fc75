from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.datatypes.signal import Reading
from zhixing.errors import UnknownSignalError
from zhixing.signals.catalogue import parse_catalogue
from zhixing.signals.kuksa.subscription import Subscription
from zhixing.signals.readings import Readings

CATALOGUE = parse_catalogue({name: {"type": "sensor", "datatype": "int32"} for name in "ABC"})


def readings(**values: int) -> Readings:
    made = Readings(CATALOGUE, lambda: 0)
    for path, value in values.items():
        made.publish(path, value, 1)
    return made


def taken(subscription: Subscription) -> list[dict[str, Reading]]:
    """Return all that waits."""
    batches: list[dict[str, Reading]] = []
    while subscription._waiting:
        batch = asyncio.run(subscription.take())
        batches.append({path: value for path, (value, _) in batch.items()})
    return batches


def test_the_first_is_all_that_is_known() -> None:
    store = readings(A=1, B=2)
    assert taken(Subscription(store, ["A", "B", "C"])) == [{"A": 1, "B": 2}]


def test_changes_of_one_moment_come_together_and_the_newest_counts() -> None:
    store = readings(A=1)
    subscription = Subscription(store, ["A", "B"])
    taken(subscription)
    for value in range(5):
        store.publish("A", value + 10, 2)
        store.publish("B", value, 2)
    assert taken(subscription) == [{"A": 14, "B": 4}]


def test_with_a_buffer_older_values_are_kept_in_order() -> None:
    store = readings(A=1)
    subscription = Subscription(store, ["A"], buffer_size=3)
    taken(subscription)
    for value in range(10):
        store.publish("A", value + 10, 2)
    assert taken(subscription) == [{"A": 16}, {"A": 17}, {"A": 18}, {"A": 19}]


def test_however_many_signals_a_buffer_keeps_a_bounded_number_of_values() -> None:
    store = readings(A=1, B=2, C=3)
    subscription = Subscription(store, list("ABC"), buffer_size=1000)
    for value in range(4000):
        for path in "ABC":
            store.publish(path, value, 2)
    assert len(subscription._waiting) <= 1001
    assert sum(map(len, subscription._waiting)) == subscription._num_kept <= 10_000
    assert taken(subscription)[-1] == {"A": 3999, "B": 3999, "C": 3999}
    assert subscription._num_kept == 0


def test_an_unknown_path_watches_nothing() -> None:
    store = readings()
    with pytest.raises(UnknownSignalError):
        Subscription(store, ["A", "Z"])
    assert store._entries["A"].watchers == ()


def test_who_has_closed_hears_nothing() -> None:
    store = readings(A=1)
    subscription = Subscription(store, ["A"])
    subscription.close()
    store.publish("A", 2, 2)
    assert asyncio.run(subscription.take()) == {}
    assert store._entries["A"].watchers == ()


EVENTS = st.lists(st.one_of(st.tuples(st.sampled_from("ABC"), st.integers(0, 5)), st.just("take")), max_size=60)


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.integers(0, 4))
def test_whoever_takes_all_knows_the_newest_of_each_and_memory_is_bounded(events: list[Any], buffer_size: int) -> None:
    store = readings(A=0, B=0)
    subscription = Subscription(store, list("ABC"), buffer_size)
    seen: dict[str, Reading] = {}

    async def run() -> None:
        for event in events:
            if event == "take":
                if subscription._waiting:
                    seen.update({path: value for path, (value, _) in (await subscription.take()).items()})
            else:
                store.publish(event[0], event[1], 2)
            assert len(subscription._waiting) <= buffer_size + 1
        while subscription._waiting:
            seen.update({path: value for path, (value, _) in (await subscription.take()).items()})

    asyncio.run(run())
    assert seen == {path: store.value(path) for path in "ABC" if store.value(path) is not None}
