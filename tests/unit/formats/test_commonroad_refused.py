"""CommonRoad files that make no sense: every one is an error of the caller, with a hint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zhixing.errors import InputError, MapError, ScenarioError
from zhixing.formats.commonroad import is_commonroad, read_commonroad
from zhixing.testing.commonroad_files import NEW_STREET, OLD_STREET, goal, lanelet, new, old, problem


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text[: len(text) // 2], "no complete XML"),
        (lambda text: text.replace("<commonRoad", '<!DOCTYPE a [<!ENTITY b "c">]><commonRoad', 1), "document type"),
        (lambda text: text.replace("commonRoad ", "other ").replace("/commonRoad", "/other"), "not CommonRoad"),
        (lambda text: text.replace("2018b", "1999z"), "of version 1999z"),
        (lambda text: text.replace('timeStepSize="0.1"', 'timeStepSize="nan"'), "no finite number"),
        (lambda text: text.replace('timeStepSize="0.1"', 'timeStepSize="0"'), "time steps of 0.0 s"),
        (lambda text: text.replace("planningProblem", "nothing"), "0 planning problems"),
        (lambda text: text.replace("</commonRoad>", problem(goal()) + "</commonRoad>"), "2 planning problems"),
        (lambda text: text.replace("goalState", "nothing"), "no goalState"),
        (lambda text: text.replace("<x>60.0</x>", "<x>nan</x>"), "no finite number"),
        (lambda text: text.replace("<x>60.0</x>", "<x>1e300</x>"), "no finite number"),
        (lambda text: text.replace("<exact>7</exact>", "<exact>6</exact>"), "goes back in time"),
        (lambda text: text.replace("<exact>7</exact>", "<exact>4</exact>"), "goes back in time"),
        (lambda text: text.replace("<length>4.5</length>", "<length>-4.5</length>"), "length of -4.5 m"),
        (lambda text: text.replace("<length>4.5</length>", ""), "lacks length"),
        (lambda text: text.replace("trajectory", "occupancySet"), "set of places"),
        (lambda text: text.replace('id="21"', 'id="20"'), "no id of its own"),
        (lambda text: text.replace('id="21"', 'id="x"'), "no id of its own"),
        (lambda text: text.replace("<intervalStart>40<", "<intervalStart>60<"), "before it starts"),
        (lambda text: text.replace("<intervalEnd>50<", "<intervalEnd>1e7<"), "starts at 0.0 s"),
        (lambda text: text.replace("<exact>10.0</exact>", "<exact>-3</exact>"), "starts at -3.0 m/s"),
    ],
)
def test_what_makes_no_sense_is_refused(write: Callable[[str], Path], edit: Callable[[str], str], said: str) -> None:
    text = edit(old())
    assert text != old()
    with pytest.raises(ScenarioError, match=said) as caught:
        read_commonroad(write(text))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("street", "said"),
    [
        ("", "no lane to drive on"),
        (OLD_STREET.replace('lanelet id="2"', 'lanelet id="1"'), "same id"),
        (OLD_STREET.replace("12.5", "inf"), "no finite number"),
        (OLD_STREET.replace("<x>50.0</x>", "<x>nan</x>", 1), "no finite number"),
        (OLD_STREET.replace("leftBound", "upperBound"), "leftBound of lanelet 1 has 0 points"),
        (lanelet(1, (0, 0), (1e-4, 0)), "no length"),
        (lanelet(1, (0, 0), (9, 0), "<laneletType>sidewalk</laneletType>"), "no lane to drive on"),
    ],
)
def test_a_map_that_makes_no_sense_is_refused(write: Callable[[str], Path], street: str, said: str) -> None:
    with pytest.raises(MapError, match=said) as caught:
        read_commonroad(write(old(street)))
    assert caught.value.hint


def test_a_goal_on_a_lanelet_that_is_not_there_is_refused(write: Callable[[str], Path]) -> None:
    with pytest.raises(ScenarioError, match="lanelet '99', which is not there"):
        read_commonroad(write(old(task=problem(goal('<lanelet ref="99"/>')))))


def test_a_lane_that_a_cut_map_continues_outside_ends(write: Callable[[str], Path]) -> None:
    assert read_commonroad(write(old())).road.successors[3] == ()


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_file_is_an_error_of_the_caller(write: Callable[[str], Path], share: float) -> None:
    text = new(NEW_STREET)
    with pytest.raises(InputError):
        read_commonroad(write(text[: int(share * len(text))]))


def test_other_files_are_no_commonroad(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<html/>", "utf-8")
    assert not is_commonroad(tmp_path / "a.xml")
    assert not is_commonroad(tmp_path / "absent.xml")
