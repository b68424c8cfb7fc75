"""Laws of a bus: our bits are cantools' bits, what is sent is what is heard, and nothing that comes can harm."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import cantools
import pytest
from cantools.database.can.database import Database
from cantools.database.can.message import Message
from cantools.database.can.signal import Signal
from cantools.database.conversion import LinearConversion
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zhixing.datatypes.signal import Value
from zhixing.errors import ConfigError
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.values import INTEGER_RANGES
from zhixing.testing.can_car import CanCar
from zhixing.vehicle.can.dbc import layout_of
from zhixing.vehicle.can.layout import BitField, Protection
from zhixing.vehicle.can.opening import open_wiring
from zhixing.vehicle.can.protection import Judgement, Watch, seal
from zhixing.vehicle.can.sender import Sender
from zhixing.vehicle.can.wiring import Wire, Wiring, parse_wiring


@lru_cache
def wiring() -> Wiring:
    return open_wiring(load_catalogue())


@lru_cache
def database() -> Database:
    file = Path(str(resources.files("zhixing.vehicle.can") / "example.dbc"))
    return cantools.database.load_file(file)  # type: ignore[return-value]


LAYOUTS = {message.name: layout_of(message) for message in database().messages}
WIRES = (*wiring().status, *wiring().commands)


@pytest.mark.parametrize("name", sorted(wire.name for wire in {w.message.name: w.message for w in WIRES}.values()))
@settings(max_examples=40)
@given(data=st.data())
def test_our_bits_are_those_of_cantools(name: str, data: st.DataObject) -> None:
    message = database().get_message_by_name(name)
    payload = data.draw(st.binary(min_size=message.length, max_size=message.length))
    try:
        theirs: Any = message.decode(payload, decode_choices=False)
    except cantools.database.errors.DecodeError:
        assume(False)
    check(message, payload, theirs)


def check(message: Message, payload: bytes, theirs: dict[str, Any]) -> None:
    layout = layout_of(message)
    ours = {
        name: signal.raw_of(signal.field.read(payload)) * signal.scale + signal.offset
        for name, signal in layout.signals.items()
        if all(field.read(payload) in values for field, values in signal.selectors)
    }
    assert set(ours) == set(theirs)
    for name, value in ours.items():
        assert value == pytest.approx(theirs[name], rel=1e-9, abs=1e-12, nan_ok=True)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """One signal anywhere in a payload of any length."""
    length = draw(st.integers(1, 64))
    is_big = draw(st.booleans())
    first = draw(st.integers(0, 8 * length - 1))  # from the left, or from the right
    is_float = draw(st.booleans())
    room = 8 * length - first
    sizes = [size for size in (16, 32, 64) if size <= room]
    assume(sizes or not is_float)
    bits = draw(st.sampled_from(sizes)) if is_float else draw(st.integers(1, min(64, room)))
    start = first // 8 * 8 + 7 - first % 8 if is_big else first
    signal = Signal(
        "X",
        start,
        bits,
        "big_endian" if is_big else "little_endian",
        is_signed=draw(st.booleans()),
        conversion=LinearConversion(
            draw(st.sampled_from([1, 0.5, -0.1, 1e-7, 1000])), draw(st.sampled_from([0, -40, 12.5])), is_float=is_float
        ),
    )
    return Message(1, "M", length, [signal])


@given(message=messages(), data=st.data())
def test_any_layout_is_read_as_cantools_reads_it(message: Message, data: st.DataObject) -> None:
    payload = data.draw(st.binary(min_size=message.length, max_size=message.length))
    check(message, payload, message.decode(payload))  # type: ignore[arg-type]


@given(message=messages(), data=st.data())
def test_what_is_written_is_read_and_nothing_else_is_touched(message: Message, data: st.DataObject) -> None:
    signal = layout_of(message).signals["X"]
    payload = data.draw(st.binary(min_size=message.length, max_size=message.length))
    bits = data.draw(st.integers(0, signal.field.mask))
    written = signal.field.write(payload, bits)
    assert signal.field.read(written) == bits
    assert signal.field.write(written, signal.field.read(payload)) == payload
    raw = signal.raw_of(bits)
    if not math.isnan(raw):
        assert signal.bits_of(raw) == bits


WORDS = st.sampled_from(
    ["status", "commands", "constants", "timeout", "at", "scale", "values", "absent", "format", "max_rate_per_s", "rgb",
     "Vehicle.Speed", "MotionStatus.Speed", "Vehicle.{Speed,IsMoving}", "MotionStatus.{Speed,IsMoving}", "{", "cycles",
     "Vehicle.Body.Horn.IsActive", "LightCommand.Horn", "LightStatus.Horn", "MotionStatus.Checksum", ""]
)  # fmt: skip
CONTENT = st.recursive(
    st.one_of(WORDS, st.integers(), st.floats(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=12,
)


@given(content=st.dictionaries(WORDS, st.dictionaries(WORDS, CONTENT, max_size=4), max_size=4))
def test_any_mapping_is_read_or_an_error_of_ours(content: dict[str, object]) -> None:
    with contextlib.suppress(ConfigError):
        assert parse_wiring(content, LAYOUTS, load_catalogue()).status


def values(wire: Wire) -> st.SearchStrategy[Value]:
    """Return what the catalogue allows and the bus has room for."""
    leaf, signal = wire.leaf, wire.signal
    if leaf.allowed:
        return st.sampled_from(leaf.allowed)
    if leaf.datatype == "boolean":
        return st.booleans()
    if leaf.datatype == "string":
        return st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")
    low, high = INTEGER_RANGES.get(leaf.datatype, (-1e6, 1e6))
    low = max(limit for limit in (low, leaf.min, signal.minimum) if limit is not None)
    high = min(limit for limit in (high, leaf.max, signal.maximum) if limit is not None)
    if leaf.datatype in INTEGER_RANGES:
        return st.integers(math.ceil(low), math.floor(high))
    return st.floats(low, high, allow_nan=False)


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: f"{wire.message.name}-{wire.signal.name}")
def test_what_is_sent_is_what_is_heard_within_a_step_of_the_bus(wire: Wire) -> None:
    sent: list[bytes] = []

    @settings(max_examples=25)
    @given(value=values(wire))
    def law(value: Value) -> None:
        sent.clear()
        Sender((wire,), lambda path: value, lambda key, payload: sent.append(payload)).send_now(wire.message.name)
        (payload,) = sent
        assert all(field.read(payload) in some for field, some in wire.signal.selectors)
        raw = wire.signal.raw_of(wire.signal.field.read(payload))
        heard = wire.meaning.value_of(raw)
        assert raw != wire.absent
        if isinstance(value, float):
            assert heard == pytest.approx(value, abs=0.5 * abs(wire.signal.scale) + 1e-9)
        else:
            assert heard == value
        if wire.message.protection is not None:
            assert Watch(wire.message.protection).judge(payload) is Judgement.FINE

    law()


PROTECTIONS = st.builds(
    Protection,
    profile=st.sampled_from(["Profile1", "Xor"]),
    data_id=st.integers(0, 0xFFFF),
    checksum_name=st.just("Checksum"),
    checksum_byte=st.integers(0, 7),
    counter=st.just(None),
    num_counts=st.just(1),
    max_step=st.just(2),
)


@given(protection=PROTECTIONS, payload=st.binary(min_size=8, max_size=8), bit=st.integers(0, 63))
def test_a_checksum_notices_every_single_bit(protection: Protection, payload: bytes, bit: int) -> None:
    sealed = seal(protection, payload, 0)
    assert Watch(protection).judge(sealed) is Judgement.FINE
    turned = (int.from_bytes(sealed, "big") ^ 1 << bit).to_bytes(8, "big")
    assert Watch(protection).judge(turned) is Judgement.WRONG_CHECKSUM


@given(
    protection=PROTECTIONS.filter(lambda protection: protection.profile == "Profile1"),
    payload=st.binary(min_size=8, max_size=8),
    start=st.integers(0, 48),
    burst=st.integers(1, 255),
)
def test_a_crc_notices_every_burst_of_a_byte(protection: Protection, payload: bytes, start: int, burst: int) -> None:
    """The checksum comes first here, so that no burst reaches it and the data together."""
    first = replace(protection, checksum_byte=0)
    sealed = seal(first, payload, 0)
    turned = (int.from_bytes(sealed, "big") ^ burst << start).to_bytes(8, "big")
    assert Watch(first).judge(turned) is Judgement.WRONG_CHECKSUM


KEYS = st.one_of(st.sampled_from([wire.message.key for wire in WIRES]), st.integers(0, 2**32 - 1))


@given(frames=st.lists(st.tuples(KEYS, st.binary(max_size=64), st.integers(0, 2_000_000_000)), max_size=40))
def test_nothing_that_comes_over_a_bus_raises_or_passes_a_limit(frames: list[tuple[int, bytes, int]]) -> None:
    car = CAR
    for key, payload, wait_ns in frames:
        car.clock.time_ns += wait_ns
        car.line.other.send(key, payload)  # type: ignore[union-attr]
        car.devices._line.other.send(key, payload)  # type: ignore[attr-defined]
        car.devices.step(0.02)
        car.vehicle.step(0.02)
    for path in ("Vehicle.Speed", "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"):
        sample = car.store.sample(path)
        assert sample.value is None or car.store.check(path, sample.value) == sample.value
        assert sample.time_ns <= car.clock.time_ns


CAR = CanCar()


@given(
    field=st.builds(BitField, st.integers(0, 56), st.just(0xFF), is_big_endian=st.booleans()),
    counts=st.lists(st.integers(0, 14), max_size=30),
)
def test_a_counter_never_lets_the_same_frame_through_twice_in_a_row(field: BitField, counts: list[int]) -> None:
    watch = Watch(Protection(
        profile="Profile1", data_id=7, checksum_name="C", checksum_byte=0,
        counter=BitField(8, 0xF, is_big_endian=False), num_counts=15, max_step=2,
    ))  # fmt: skip
    before = None
    for count in counts:
        judgement = watch.judge(seal(watch._protection, field.write(bytes(8), 0x5A), count))
        assert judgement is not Judgement.WRONG_CHECKSUM
        if before == count:
            assert judgement is Judgement.WRONG_COUNTER
        before = count
