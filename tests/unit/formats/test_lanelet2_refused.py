"""Lanelet2 maps that make no sense: every one is an error of the caller, which says where, with a hint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zhixing.errors import InputError, MapError
from zhixing.formats.geodetic import GeoPoint
from zhixing.formats.lanelet2 import read_lanelet2
from zhixing.testing.lanelet2_files import LIGHT, Crossroads

SPEED = '<relation id="302">{}<tag k="type" v="regulatory_element"/><tag k="subtype" v="speed_limit"/></relation>'
LEFT = '<member type="way" ref="102" role="left"/>'


def written(folder: Path, text: str) -> Path:
    path = folder / "broken.osm"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda text: text[: len(text) // 2], "no complete XML"),
        (lambda text: text.replace("<osm", '<!DOCTYPE a [<!ENTITY b "c">]><osm', 1), "document type"),
        (lambda text: text.replace("<osm ", "<map ").replace("/osm>", "/map>"), "'map' file"),
        (lambda text: text.replace('<node id="12"', '<node id="11"'), "a node has the id '11'"),
        (lambda text: text.replace('<way id="102"', '<way id=""'), "a way has the id ''"),
        (lambda text: text.replace('<relation id="2"', '<relation id="1"'), "a relation has the id '1'"),
        (lambda text: text.replace('v="50.0"', 'v="nan"', 1), "node 21 has local_x 'nan'"),
        (lambda text: text.replace('v="50.0"', 'v="1e99"', 1), "node 21 has local_x '1e99'"),
        (lambda text: text.replace("local_y", "local_z", 1), "node 11 lacks local_x or local_y"),
        (lambda text: text.replace('<nd ref="22"/>', '<nd ref="99"/>', 1), "way 102 has node '99', which is not there"),
        (lambda text: text.replace(LEFT, ""), "lanelet 1 has 0 left bounds"),
        (lambda text: text.replace(LEFT, 2 * LEFT), "lanelet 1 has 2 left bounds"),
        (lambda text: text.replace(LEFT, LEFT.replace("102", "999")), "lanelet 1 has the left bound 999, which is not"),
        (lambda text: text.replace(LEFT, LEFT.replace("102", "101")), "lanelet 1 has no width"),
        (lambda text: text.replace('v="lanelet"', 'v="area"'), "no lane to drive on"),
        (lambda text: text.replace('v="road"', 'v="walkway"'), "no lane to drive on"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, edit: Callable[[str], str], said: str) -> None:
    text = edit(Crossroads().text())
    assert text != Crossroads().text()
    with pytest.raises(MapError, match=said) as caught:
        read_lanelet2(written(tmp_path, text))
    assert caught.value.hint
    assert "broken" in str(caught.value)


@pytest.mark.parametrize(
    ("crossroads", "said"),
    [
        (Crossroads(ways={101: (11,)}), "lanelet 1: way 101 has 1 points"),
        (Crossroads(ways={101: ()}), "lanelet 1: way 101 has 0 points"),
        (Crossroads(ways={101: (11, 11), 102: (12, 12)}), "lanelet 1 has no"),
        (Crossroads(tags={1: {"speed_limit": "fast"}}), "relation 1 has the speed limit 'fast'"),
        (Crossroads(tags={1: {"speed_limit": "0"}}), "relation 1 has the speed limit '0'"),
        (Crossroads(more=SPEED.format("")), "speed limit 302 says no speed"),
        (Crossroads(more=SPEED.format('<tag k="sign_type" v="no"/>')), "relation 302 has the speed limit 'no'"),
        (Crossroads(nodes={41: (9e6, 0.0)}), "10 lanelets, 9,000 km long"),
        (Crossroads(is_geographic=True, nodes={41: (1e7, 0.0)}), r"node 41 has lon|node 41 lies|node \d+ lies"),
        (Crossroads(is_geographic=True, nodes={41: (0.0, 1e8)}), "node 41 has lat"),
    ],
)
def test_a_lanelet_that_makes_no_sense_is_refused(tmp_path: Path, crossroads: Crossroads, said: str) -> None:
    with pytest.raises(MapError, match=said) as caught:
        read_lanelet2(written(tmp_path, crossroads.text()))
    assert caught.value.hint
    assert "broken" in str(caught.value)


def test_an_origin_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="from the origin of the map"):
        read_lanelet2(written(tmp_path, Crossroads(is_geographic=True).text()), GeoPoint(31.2, 121.5))


def test_a_file_that_is_absent_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.osm", tmp_path):
        with pytest.raises(MapError) as caught:
            read_lanelet2(path)
        assert caught.value.hint


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_file_is_an_error_of_the_caller(tmp_path: Path, share: float) -> None:
    text = Crossroads(more=LIGHT).text()
    with pytest.raises(InputError):
        read_lanelet2(written(tmp_path, text[: int(share * len(text))]))


def test_elements_that_point_nowhere_bind_nobody(tmp_path: Path) -> None:
    crossroads = Crossroads(elements={1: [999]}, more=LIGHT.replace('ref="151"', 'ref="998"'))
    assert read_lanelet2(written(tmp_path, crossroads.text())).num_light_groups == 0
