from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.errors import InputError
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.kuksa.wildcards import pattern_of

ROOF = "Vehicle.Cabin.Sunroof"
SHADE = [f"{ROOF}.Shade.Position", f"{ROOF}.Shade.Switch"]
OWN = [f"{ROOF}.Position", f"{ROOF}.Switch"]
PATHS = st.sampled_from(sorted(load_catalogue()))


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("", [*OWN, *SHADE, "Vehicle.Speed"]),
        ("Vehicle", [*OWN, *SHADE, "Vehicle.Speed"]),
        (ROOF, [*OWN, *SHADE]),
        (f"{ROOF}.**", [*OWN, *SHADE]),
        (f"{ROOF}.*", OWN),
        (f"{ROOF}.*.Position", SHADE[:1]),
        ("**.Sunroof.*.Position", SHADE[:1]),
        ("*.*.*.*.Position", SHADE[:1]),
        (f"{ROOF}.**.Position", [OWN[0], SHADE[0]]),
        ("**.Sunroof", []),
        ("**.Sunroof.**", [*OWN, *SHADE]),
        ("*.Sunroof", []),
        ("Sunroof", []),
        ("Vehicle.Cabin.Sun", []),
    ],
)
def test_wildcards_mean_what_the_databrokers_page_says(pattern: str, meant: list[str]) -> None:
    paths = [*OWN, *SHADE, "Vehicle.Speed"]
    assert [path for path in paths if pattern_of(pattern).fullmatch(path)] == meant


@pytest.mark.parametrize(
    "path", ["Vehicle..Speed", ".", "Vehicle.", "Vehicle.Sp eed", "Vehicle.***", "a*", "x" * 251, "(a+)+", "**.a" * 5]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(InputError):
        pattern_of(path)


@given(PATHS, st.data())
def test_a_path_is_meant_by_itself_its_branches_and_any_part_of_it_as_a_star(path: str, data: st.DataObject) -> None:
    parts = path.split(".")
    assert pattern_of(path).fullmatch(path)
    assert pattern_of(".".join(parts[: data.draw(st.integers(1, len(parts)))])).fullmatch(path)
    starred = [data.draw(st.sampled_from([part, "*"])) for part in parts]
    assert pattern_of(".".join(starred)).fullmatch(path)
    place = data.draw(st.integers(0, len(parts) - 1))
    assert pattern_of(".".join([*parts[:place], "**", *parts[place:]])).fullmatch(path)


@pytest.mark.parametrize("part", ["**.*", "*", "**", "**.Position", "*.**.*", "**.*.*.*", "**.e"])
def test_a_pattern_made_to_take_long_does_not(countings: Callable[..., float], part: str) -> None:
    pattern = pattern_of(".".join([part] * min(4, 249 // (len(part) + 1))) + ".X")
    catalogue = load_catalogue()
    assert countings(lambda: [pattern.fullmatch(path) for path in catalogue], 100.0) < 100.0
