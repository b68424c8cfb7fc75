"""Lanelet2 files to read and to break: two lanes to the east that cross a street to the north."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]

NODES: dict[int, Point] = {
    11: (0.0, 0.0), 12: (0.0, 3.5), 13: (0.0, 7.0),
    21: (50.0, 0.0), 22: (50.0, 3.5), 23: (50.0, 7.0),
    31: (70.0, 0.0), 32: (70.0, 3.5), 33: (70.0, 7.0),
    41: (120.0, 0.0), 42: (120.0, 3.5), 43: (120.0, 7.0),
    51: (56.0, -30.0), 52: (60.0, -30.0), 53: (56.0, -3.0), 54: (60.0, -3.0),
    55: (56.0, 10.0), 56: (60.0, 10.0), 57: (56.0, 40.0), 58: (60.0, 40.0),
    61: (49.0, 0.0), 62: (49.0, 7.0), 63: (55.0, 7.0), 64: (58.5, 4.5),
    71: (45.0, -2.0), 72: (45.0, 9.0), 73: (48.0, -2.0), 74: (48.0, 9.0),
}  # fmt: skip
"""Metres east and north."""

WAYS: dict[int, tuple[int, ...]] = {
    101: (11, 21), 102: (12, 22), 103: (13, 23),
    111: (21, 31), 112: (22, 32), 113: (23, 33),
    121: (31, 41), 122: (32, 42), 123: (33, 43),
    131: (51, 53), 132: (52, 54), 133: (53, 55), 134: (54, 56), 135: (55, 57), 136: (56, 58),
    141: (23, 63, 55), 142: (22, 64, 56),
    151: (61, 62), 161: (71, 72), 162: (73, 74),
}  # fmt: skip

LANELETS: dict[int, tuple[int, int]] = {
    1: (102, 101), 2: (103, 102), 3: (112, 111), 4: (113, 112), 5: (122, 121), 6: (123, 122),
    7: (131, 132), 8: (133, 134), 9: (135, 136), 10: (141, 142),
}  # fmt: skip
"""Left and right bound of each. 1, 3, 5 and 2, 4, 6 lead east, 7, 8, 9 north; 10 turns left from 2 into 9."""

LIGHT = (
    '<relation id="300"><member type="way" ref="151" role="ref_line"/>'
    '<tag k="type" v="regulatory_element"/><tag k="subtype" v="traffic_light"/></relation>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossroads:
    """A file to be written, with what differs from the plain one.

    Attributes:
        nodes: Places that are new or elsewhere.
        ways: Ways that are new or run otherwise.
        way_tags: Of ways, by their ids.
        tags: Of lanelets, by their ids; they add to the plain ones.
        elements: Regulatory elements that bind lanelets, by the lanelets' ids.
        more: Further elements.
        is_geographic: Whether places are latitude and longitude, close to zero, instead of ``local_x`` and ``local_y``.
    """

    nodes: Mapping[int, Point] = field(default_factory=dict)
    ways: Mapping[int, Sequence[int]] = field(default_factory=dict)
    way_tags: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    tags: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    elements: Mapping[int, Sequence[int]] = field(default_factory=dict)
    more: str = ""
    is_geographic: bool = False

    def text(self) -> str:
        """Return the file."""
        nodes = "".join(self._node(name, *xy) for name, xy in {**NODES, **self.nodes}.items())
        ways = "".join(self._way(name, refs) for name, refs in {**WAYS, **self.ways}.items())
        lanelets = "".join(self._lanelet(name, *bounds) for name, bounds in LANELETS.items())
        return f'<?xml version="1.0"?><osm version="0.6">{nodes}{ways}{lanelets}{self.more}</osm>'

    def _node(self, name: int, x_m: float, y_m: float) -> str:
        if self.is_geographic:
            return f'<node id="{name}" lat="{y_m / 110682.6948}" lon="{x_m / 111428.7121}"/>'
        return f'<node id="{name}" lat="" lon="">{_tags({"local_x": str(x_m), "local_y": str(y_m)})}</node>'

    def _way(self, name: int, refs: Sequence[int]) -> str:
        plain = {"type": "stop_line" if name == 151 else "line_thin"}
        nds = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        return f'<way id="{name}">{nds}{_tags({**plain, **self.way_tags.get(name, {})})}</way>'

    def _lanelet(self, name: int, left: int, right: int) -> str:
        plain = {"type": "lanelet", "subtype": "road", "one_way": "yes"}
        bound = "".join(
            f'<member type="relation" ref="{ref}" role="regulatory_element"/>' for ref in self.elements.get(name, ())
        )
        return (
            f'<relation id="{name}"><member type="way" ref="{left}" role="left"/>'
            f'<member type="way" ref="{right}" role="right"/>{bound}'
            f"{_tags({**plain, **self.tags.get(name, {})})}</relation>"
        )


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
