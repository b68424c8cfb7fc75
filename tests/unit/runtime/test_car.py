from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from zhixing.errors import InputError, PluginError, RecordingError
from zhixing.formats.mcap_files import read_drive
from zhixing.runtime.car import Car
from zhixing.runtime.drive import drive
from zhixing.settings import CityConfig, DriverConfig, Settings

TEMPERATURE = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"
SMALL = Settings(city=CityConfig(seed=5, num_users=25))


@pytest.fixture(scope="module")
def car() -> Car:
    car = Car(SMALL)
    for _ in range(20):
        car.step()
    return car


def ask(car: Car, **message: Any) -> list[dict[str, Any]]:
    return car.handle({"id": "1", "zone": "driver", **message})


def test_everything_a_screen_is_told_is_json_without_nan(car: Car) -> None:
    _, signals = car.signals_message(-1)
    for message in (car.hello(), car.road_message(), car.frame(), signals):
        json.loads(json.dumps(message, allow_nan=False))


def test_the_frame_shows_the_ego_and_everybody_around_it(car: Car) -> None:
    frame = car.frame()
    assert frame["ego"]["speed"] > 0.0
    assert 10 <= len(frame["users"]) <= 25
    assert {len(user) for user in frame["users"]} == {8}
    assert set(frame["decision"]["say"]) == {"zh", "en", "de"}
    assert len(frame["plan"]) > 5


def test_the_cabin_knows_how_fast_the_car_drives(car: Car) -> None:
    _, signals = car.signals_message(-1)
    assert signals is not None
    assert signals["values"]["Vehicle.Speed"] == pytest.approx(car.frame()["ego"]["speed"] * 3.6, abs=0.06)


def test_a_touch_is_granted_and_read_back(car: Car) -> None:
    (answer,) = ask(car, type="set", path=TEMPERATURE, value=25.5)
    assert answer["kind"] == "granted"
    revision, signals = car.signals_message(-1)
    assert signals is not None
    assert signals["targets"][TEMPERATURE] == 25.5
    car.step()
    _, changes = car.signals_message(revision)
    assert changes is not None
    assert changes["values"][TEMPERATURE] == 25.5
    assert changes["targets"][TEMPERATURE] is None


def test_a_refusal_carries_its_sentence_in_three_languages(car: Car) -> None:
    (answer,) = ask(car, type="set", path="Vehicle.Cabin.Door.Row1.DriverSide.IsOpen", value=True)
    assert answer["kind"] == "refused"
    assert all(answer["say"][lang] for lang in ("zh", "en", "de"))


def test_a_question_is_confirmed_by_its_token(car: Car) -> None:
    (question,) = ask(car, type="set", path="Vehicle.Body.Lights.Beam.High.IsOn", value=True)
    assert question["kind"] == "needs_yes"
    (unknown,) = ask(car, type="confirm", token="guess")  # noqa: S106
    assert (unknown["type"], "not open" in unknown["message"]) == ("error", True)
    (answer,) = ask(car, type="confirm", token=question["token"])
    assert answer["kind"] == "granted"


@pytest.mark.parametrize(
    "message",
    [
        {"type": "set", "path": "Vehicle.Warp", "value": 1},
        {"type": "set", "path": "Vehicle.Speed", "value": 1},
        {"type": "set", "path": TEMPERATURE, "value": "hot"},
        {"type": "set", "path": TEMPERATURE, "value": float("nan")},
        {"type": "reboot"},
        {"type": "say", "text": ["a"]},
        {},
    ],
)
def test_garbage_gets_an_error_and_the_car_drives_on(car: Car, message: dict[str, Any]) -> None:
    (answer,) = car.handle(message)
    assert answer["type"] == "error"
    assert answer["hint"]
    before = car.frame()["t"]
    car.step()
    assert car.frame()["t"] > before


def test_a_sentence_is_heard_done_and_told_to_everybody(car: Car) -> None:
    ask(car, type="say", text="把温度调到二十度")
    for _ in range(5):
        car.step()
    turns = [message for message in car.take_broadcasts() if message["type"] == "turn"]
    assert turns[-1]["outcome"] == "done"
    assert len({turn["turn"] for turn in turns}) == 1
    assert car.take_broadcasts() == []


def test_the_same_seed_gives_the_same_recording_byte_for_byte(tmp_path: Path) -> None:
    reports = [drive(SMALL, 0.2, tmp_path / name) for name in ("one.mcap", "two.mcap")]
    assert (tmp_path / "one.mcap").read_bytes() == (tmp_path / "two.mcap").read_bytes()
    assert reports[0].distance_km == reports[1].distance_km > 0.0
    assert read_drive(tmp_path / "one.mcap").tracks.num_steps == 120


def test_another_seed_gives_another_recording(tmp_path: Path) -> None:
    other = Settings(city=CityConfig(seed=6, num_users=25))
    drive(SMALL, 0.05, tmp_path / "one.mcap")
    drive(other, 0.05, tmp_path / "two.mcap")
    assert (tmp_path / "one.mcap").read_bytes() != (tmp_path / "two.mcap").read_bytes()


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[float] = []
    drive(SMALL, 0.2, tmp_path / "x.mcap", told.append)
    assert told == sorted(told)
    assert told[0] == 0.0
    assert told[-1] < 1.0


@pytest.mark.parametrize("minutes", [0.0, -1.0, float("nan"), float("inf"), 1e9])
def test_a_drive_of_no_sensible_length_is_refused(tmp_path: Path, minutes: float) -> None:
    with pytest.raises(InputError, match="minutes"):
        drive(SMALL, minutes, tmp_path / "x.mcap")
    assert not (tmp_path / "x.mcap").exists()


def test_an_unknown_planner_is_named() -> None:
    with pytest.raises(PluginError, match="no planner is called 'nobody'"):
        Car(Settings(driver=DriverConfig(planner="nobody")))


def test_turns_that_overlap_keep_their_own_numbers(car: Car) -> None:
    for name, text, zone in (("A", "打开副驾车窗", "passenger"), ("B", "打开天窗", "driver")):
        car.handle({"type": "say", "id": name, "text": text, "lang": "zh", "zone": zone})
    told = car.take_broadcasts()
    for _ in range(80):
        car.step()
        told += car.take_broadcasts()
    turns = [(turn["turn"] - told[0]["turn"], turn["id"], turn["outcome"]) for turn in told]
    assert turns[:2] == [(0, "A", "working"), (1, "B", "working")]
    assert sorted(turns[2:]) == [(0, "A", "done"), (1, "B", "done")]
    assert {turn["id"]: turn["text"] for turn in told} == {"A": "打开副驾车窗", "B": "打开天窗"}


def test_every_turn_comes_to_an_end_however_many_are_open(car: Car) -> None:
    for k in range(40):
        car.handle(
            {"type": "say", "id": str(k), "text": f"把副驾车窗开到百分之{20 + k}", "lang": "zh", "zone": "driver"}
        )
    told = car.take_broadcasts()
    for _ in range(120):
        car.step()
        told += car.take_broadcasts()
    ended = {turn["id"] for turn in told if turn["outcome"] != "working"}
    assert ended == {str(k) for k in range(40)}


def test_a_full_disk_ends_the_recording_and_not_the_drive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    recorded = Car(SMALL, record=tmp_path / "drive.mcap")
    recorded.step()
    monkeypatch.setattr("mcap.writer.Writer.add_message", full)
    for _ in range(5):
        recorded.step()
    (told,) = recorded.take_broadcasts()
    assert (told["type"], "No space left" in told["message"]) == ("error", True)
    assert recorded.frame()["t"] > 0.5
    recorded.close()
    with pytest.raises(RecordingError, match="No space left"):
        drive(SMALL, 0.05, tmp_path / "again.mcap")
