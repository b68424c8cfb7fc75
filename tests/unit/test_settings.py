from __future__ import annotations

from pathlib import Path

import pytest

from zhixing.errors import ConfigError
from zhixing.settings import load_settings


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    file = tmp_path / "zhixing.toml"
    file.write_text("[city]\nseed = 5\nnum_users = 5\n[serve]\nport = 5000\n", encoding="utf-8")
    settings = load_settings(
        file,
        environment={"ZHIXING_CITY__SEED": "6", "ZHIXING_CITY__NUM_USERS": "6"},
        flags={"city": {"num_users": 7, "seed": None}},
    )
    assert (settings.serve.port, settings.city.seed, settings.city.num_users) == (5000, 6, 7)
    assert settings.driver.planner == "sampling"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[city]\nsed = 5\n", "city.sed"),
        ("[town]\nseed = 5\n", "town"),
        ("city = 5\n", "expected a section"),
        ("[city]\nseed = 'x'\n", "city.seed"),
        ("[serve]\nport = 70000\n", "serve.port"),
        ("[city\n", "cannot be read"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "zhixing.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as caught:
        load_settings(file, environment={}, flags={"city": {"num_users": 3}})
    assert caught.value.hint


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path / "absent.toml", environment={})


def test_other_variables_of_the_environment_do_not_matter() -> None:
    assert load_settings(environment={"ZHIXING_DEBUG": "1", "CITY__SEED": "9"}).city.seed == 1


def test_the_city_is_one_section_with_its_map_and_its_traffic(tmp_path: Path) -> None:
    file = tmp_path / "zhixing.toml"
    file.write_text('[city]\nmap = "a.xodr"\nusers_per_km = 8\nshares = { car = 2, ebike = 1.5 }\n', encoding="utf-8")
    city = load_settings(file, {}).city
    assert (city.map, city.users_per_km, city.shares) == ("a.xodr", 8.0, {"car": 2.0, "ebike": 1.5})


@pytest.mark.parametrize("shares", ["{ horse = 1 }", "{ car = -1 }", "{ car = nan }", "3"])
def test_shares_of_unknown_classes_or_below_zero_are_refused(tmp_path: Path, shares: str) -> None:
    file = tmp_path / "zhixing.toml"
    file.write_text(f"[city]\nshares = {shares}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"city\.shares"):
        load_settings(file, {})
