"""OpenStreetMap XML: nodes in a metric frame, ways and relations, checked as far as every map needs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from zhixing.datatypes.shapes import FloatArray
from zhixing.errors import MapError
from zhixing.formats.geodetic import MAX_LATITUDE_DEG, GeoPoint, xy_from_geodetic_m
from zhixing.formats.xml_files import parse_xml

_MAX_ELEMENTS = 500_000
_MAX_LOCAL_M = 1e7
_AT_NULL_ISLAND_DEG = 0.1
_FARTHEST_DEG = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class OsmWay:
    """A line.

    Attributes:
        way_id: Unique among the ways.
        node_ids: In the order they are drawn.
        xy_m: (points, 2)
        tags: What is said of it.
    """

    way_id: str
    node_ids: tuple[str, ...]
    xy_m: FloatArray
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class OsmRelation:
    """Things that belong together.

    Attributes:
        relation_id: Unique among the relations.
        members: (type, id, role) of each: ``way``, ``relation`` or ``node``.
        tags: What is said of it.
    """

    relation_id: str
    members: tuple[tuple[str, str, str], ...]
    tags: dict[str, str]

    def refs(self, role: str, kind: str = "way") -> tuple[str, ...]:
        """Return the ids of the members of one type in one role."""
        return tuple(ref for type_, ref, its_role in self.members if type_ == kind and its_role == role)


@dataclass(frozen=True, slots=True, eq=False)
class OsmMap:
    """What a file holds.

    Attributes:
        name: Of the file.
        ways: By id.
        relations: By id.
    """

    name: str
    ways: dict[str, OsmWay]
    relations: dict[str, OsmRelation]


def read_osm(path: Path, origin: GeoPoint | None = None) -> OsmMap:
    """Return the ways and relations of a file in a local metric frame; what its editor marked as deleted is left out.

    Where every node has the tags ``local_x`` and ``local_y``, these are the frame. Otherwise latitude and longitude are
    projected, see :func:`zhixing.formats.geodetic.xy_from_geodetic_m`.

    Args:
        path: The file.
        origin: Where the projected frame has its zero. None is latitude and longitude 0 for maps that lie there, as
            those of recordings in a frame of their own do, and the middle of the map for all others.

    Raises:
        MapError: The file cannot be read, an element has no id or another's, a coordinate is none, or a way has a node
            that is not there.
    """
    root = parse_xml(path, MapError)
    if root.tag != "osm":
        raise MapError(f"{path.name} is a {root.tag[:40]!r} file, not OpenStreetMap", hint="Give an .osm file.")
    if len(root) > _MAX_ELEMENTS:
        raise MapError(
            f"{path.name} has {len(root):,} elements", hint=f"Cut out at most {_MAX_ELEMENTS:,} nodes and ways."
        )
    nodes = _by_id(path.name, root, "node")
    xy_m = dict(zip(nodes, _places(path.name, nodes, origin), strict=True))
    ways = {name: _way(path.name, name, way, xy_m) for name, way in _by_id(path.name, root, "way").items()}
    relations = {
        name: OsmRelation(
            name,
            tuple((m.get("type", ""), m.get("ref", ""), m.get("role", "")) for m in relation.iterfind("member")),
            _tags(relation),
        )
        for name, relation in _by_id(path.name, root, "relation").items()
    }
    return OsmMap(path.stem, ways, relations)


def _by_id(name: str, root: Element, kind: str) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for element in root.iterfind(kind):
        if element.get("action") == "delete":
            continue
        element_id = element.get("id", "").strip()
        if not element_id or element_id in found:
            raise MapError(f"{name}: a {kind} has the id {element_id[:40]!r}", hint="Give each an id of its own.")
        found[element_id] = element
    return found


def _tags(element: Element) -> dict[str, str]:
    return {tag.get("k", ""): tag.get("v", "").strip() for tag in element.iterfind("tag")}


def _places(name: str, nodes: dict[str, Element], origin: GeoPoint | None) -> FloatArray:
    local = {key: tags for key, node in nodes.items() if "local_x" in (tags := _tags(node)) and "local_y" in tags}
    if not nodes:
        return np.zeros((0, 2))
    if len(local) == len(nodes):
        return np.array(
            [
                [_coordinate(name, key, tags, axis, _MAX_LOCAL_M) for axis in ("local_x", "local_y")]
                for key, tags in local.items()
            ]
        )
    if local:
        lacking = next(key for key in nodes if key not in local)
        raise MapError(
            f"{name}: node {lacking[:40]} lacks local_x or local_y, which others have", hint="Give all or none."
        )
    degrees = np.array(
        [
            [
                _coordinate(name, key, node.attrib, "lat", MAX_LATITUDE_DEG),
                _coordinate(name, key, node.attrib, "lon", 180),
            ]
            for key, node in nodes.items()
        ]
    )
    if origin is None:
        is_at_zero = np.abs(degrees).max() < _AT_NULL_ISLAND_DEG
        middle = np.zeros(2) if is_at_zero else 0.5 * (degrees.min(axis=0) + degrees.max(axis=0))
        origin = GeoPoint(*middle.tolist())
    away = np.abs(degrees - [origin.latitude_deg, origin.longitude_deg]).max(axis=1)
    if not away.max() <= _FARTHEST_DEG:
        far = list(nodes)[int(away.argmax())]
        raise MapError(
            f"{name}: node {far[:40]} lies {away.max():.1f}° from the origin of the map",
            hint="Drop the node, or give another origin.",
        )
    return xy_from_geodetic_m(degrees[:, 0], degrees[:, 1], origin)


def _coordinate(name: str, node_id: str, values: dict[str, str], axis: str, most: float) -> float:
    text = values.get(axis, "")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) <= most:
        raise MapError(
            f"{name}: node {node_id[:40]} has {axis} {text[:40]!r}", hint=f"It must be a number within ±{most:g}."
        )
    return value


def _way(name: str, way_id: str, way: Element, xy_m: dict[str, FloatArray]) -> OsmWay:
    node_ids = tuple(nd.get("ref", "") for nd in way.iterfind("nd"))
    missing = next((node for node in node_ids if node not in xy_m), None)
    if missing is not None:
        raise MapError(
            f"{name}: way {way_id[:40]} has node {missing[:40]!r}, which is not there", hint="Fetch the whole map."
        )
    xy = np.array([xy_m[node] for node in node_ids]).reshape(-1, 2)
    return OsmWay(way_id, node_ids, xy, _tags(way))
