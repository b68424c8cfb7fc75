"""A DBC becomes layouts, cycle times and protection; what contradicts itself is an error that says where."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path

import cantools
import pytest

from zhixing.errors import ConfigError
from zhixing.vehicle.can.dbc import load_dbc
from zhixing.vehicle.can.layout import EXTENDED, BitField, MessageLayout

Dbc = Callable[..., Mapping[str, MessageLayout]]
HEAD = 'VERSION ""\nNS_ :\nBS_:\nBU_: A B\n'
SEALED = """
BO_ 10 M: 8 A
 SG_ Sum : 0|8@1+ (1,0) [0|255] "" B
 SG_ Count : 8|4@1+ (1,0) [0|15] "" B
 SG_ X : 16|8@1+ (1,0) [0|255] "" B
"""
ROLES = 'BA_ "SignalRole" SG_ 10 Sum 2;\nBA_ "SignalRole" SG_ 10 Count 1;\n'


def example() -> Mapping[str, MessageLayout]:
    return load_dbc(Path(str(resources.files("zhixing.vehicle.can") / "example.dbc")))


def test_the_example_is_a_whole_car() -> None:
    messages = example()
    assert 40 <= len(messages) <= 50
    assert {message.protection.profile for message in messages.values() if message.protection} == {"Profile1", "Xor"}
    assert any(message.key & EXTENDED for message in messages.values())
    assert any(message.num_variants > 1 for message in messages.values())
    assert any(message.cycle_s is None for message in messages.values())
    assert {signal.field.is_big_endian for message in messages.values() for signal in message.signals.values()} == {
        True,
        False,
    }


def test_cycle_times_start_values_and_labels_are_read() -> None:
    messages = example()
    assert messages["MotionStatus"].cycle_s == 0.02
    assert messages["ConvenienceCommand"].cycle_s is None
    assert messages["WindowCommand"].signals["FrontLeft"].start == 127
    assert messages["DriveModeStatus"].signals["Mode"].labels[2] == "ECONOMY"


def test_big_and_little_endian_signals_find_their_bits(dbc: Dbc) -> None:
    signals = dbc('BO_ 1 M: 8 A\n SG_ Little : 4|12@1+ (1,0) [0|0] "" B\n SG_ Big : 23|16@0- (1,0) [0|0] "" B\n')[
        "M"
    ].signals
    payload = bytes((0x30, 0x12, 0xFF, 0xFE, 0, 0, 0, 0))
    assert signals["Little"].field.read(payload) == 0x123
    assert signals["Big"].raw_of(signals["Big"].field.read(payload)) == -2
    assert signals["Big"].minimum is None


def test_protection_is_read(dbc: Dbc) -> None:
    more = ROLES + 'BA_ "E2EProfile" BO_ 10 1;\nBA_ "E2EDataId" BO_ 10 291;\nBA_ "E2EMaxDeltaCounter" BO_ 10 3;\n'
    protection = dbc(SEALED, more)["M"].protection
    assert protection is not None
    assert (protection.profile, protection.data_id, protection.max_step) == ("Profile1", 291, 3)
    assert (protection.checksum_byte, protection.counter) == (0, BitField(8, 15, is_big_endian=False))


def test_a_message_without_the_attributes_is_unprotected(dbc: Dbc) -> None:
    assert dbc(SEALED)["M"].protection is None


@pytest.mark.parametrize(
    ("messages", "more", "says"),
    [
        (SEALED, 'BA_ "E2EProfile" BO_ 10 1;\n', "one Checksum"),
        (SEALED, ROLES + 'BA_ "E2EProfile" BO_ 10 7;\n', "E2EProfile 7 is unknown"),
        (SEALED, 'BA_ "SignalRole" SG_ 10 Sum 2;\nBA_ "E2EProfile" BO_ 10 1;\n', "counter of 4 bits"),
        (SEALED.replace("0|8@1", "4|4@1"), ROLES + 'BA_ "E2EProfile" BO_ 10 2;\n', "one whole byte"),
        (SEALED + SEALED.replace("M:", "N:"), "", "one identifier"),
        (SEALED + SEALED.replace("10 M", "11 M"), "", "or name to M and M"),
        (SEALED, ROLES + 'BA_ "E2EProfile" BO_ 10 1;\nBA_ "E2EDataId" BO_ 10 70000;\n', "out of range"),
        (SEALED, ROLES + 'BA_ "E2EProfile" BO_ 10 1;\nBA_ "E2EMaxDeltaCounter" BO_ 10 15;\n', "out of range"),
        (SEALED.replace('(1,0) [0|255] "" B\n SG_ C', '(0,0) [0|255] "" B\n SG_ C'), "", "scale"),
        ('BO_ 1 M: 2 A\n SG_ X : 12|8@1+ (1,0) [0|0] "" B\n', "", "contradicts itself"),
        ("", "", "no messages"),
        ("BO_ one", "", "cannot be read|contradicts itself"),
    ],
)
def test_what_contradicts_itself_is_said(dbc: Dbc, messages: str, more: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        dbc(messages, more)
    assert caught.value.hint


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"\x7fELF" * 50, b"BO_ " * 1000, b'{"a": 1}'])
def test_a_file_that_is_no_dbc_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "strange.dbc"
    file.write_bytes(content)
    with pytest.raises(ConfigError):
        load_dbc(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "cp1252"])
def test_labels_come_in_any_code_page(tmp_path: Path, encoding: str) -> None:
    label = "Übergang Süd" if encoding == "cp1252" else "自动许可\u4e57"  # the last byte is a backslash in GB 18030
    file = tmp_path / "labels.dbc"
    file.write_bytes(f'{HEAD}{SEALED}VAL_ 10 X 1 "{label}" ;\n'.encode(encoding))
    assert load_dbc(file)["M"].signals["X"].labels == {1: label}


def test_nested_multiplexers_are_cantools_s(dbc: Dbc, tmp_path: Path) -> None:
    text = """
BO_ 5 N: 8 A
 SG_ Outer M : 0|2@1+ (1,0) [0|0] "" B
 SG_ Inner m1M : 2|2@1+ (1,0) [0|0] "" B
 SG_ Deep m2 : 8|8@1+ (1,0) [0|0] "" B
 SG_ Flat m0 : 8|16@1+ (1,0) [0|0] "" B
 SG_ Both m3 : 32|8@1+ (1,0) [0|0] "" B
"""
    values = "SG_MUL_VAL_ 5 Inner Outer 1-1;\nSG_MUL_VAL_ 5 Deep Inner 2-2;\nSG_MUL_VAL_ 5 Flat Outer 0-0;\n"
    layout = dbc(text, values + "SG_MUL_VAL_ 5 Both Outer 2-3;\n")["N"]
    message = cantools.database.load_string((tmp_path / "own.dbc").read_text()).get_message_by_name("N")  # type: ignore[union-attr]
    for selector in range(16):
        payload = bytes((selector, *range(1, 8)))
        ours = {
            name: signal.field.read(payload)
            for name, signal in layout.signals.items()
            if all(field.read(payload) in some for field, some in signal.selectors)
        }
        try:
            theirs = message.decode(payload)
        except cantools.database.errors.DecodeError:
            continue
        assert ours == theirs


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.dbc"):
        load_dbc(tmp_path / "missing.dbc")


def test_a_spoiled_dbc_is_an_error_or_read_and_nothing_else(tmp_path: Path) -> None:
    lines = (resources.files("zhixing.vehicle.can") / "example.dbc").read_bytes().split(b"\n")
    whole = b"\n".join(lines[:30] + [line for line in lines if line.startswith(b"BA_DEF")])
    rng = random.Random(3)
    file = tmp_path / "spoiled.dbc"
    for _ in range(100):
        spoiled = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            spoiled[rng.randrange(len(spoiled))] = rng.choice(b'0123456789-M@|,.()[]"; {}:xX\x00\xff')
        file.write_bytes(spoiled)
        with contextlib.suppress(ConfigError):
            assert load_dbc(file)
