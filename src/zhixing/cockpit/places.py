"""Who sits where: from the places that people name to the places that a device has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zhixing.datatypes.signal import Zone

_ROWS = {"front": ("driver", "passenger"), "rear": ("rear_left", "rear_right", "rear_middle")}
_ALIASES = {
    "front_left": "driver",
    "front_right": "passenger",
    "front_middle": "passenger",
    "middle": "rear_middle",
}
_OPPOSITE = {"driver": "passenger", "passenger": "driver", "rear_left": "rear_right", "rear_right": "rear_left"}
_BEHIND = {"driver": "rear_left", "passenger": "rear_right", "rear_left": "rear_left", "rear_right": "rear_right"}
_LEFT = ("driver", "rear_left")
_RIGHT = ("passenger", "rear_right")


def seats(places: Sequence[str], zone: Zone, *, is_all: bool = False) -> tuple[str, ...]:
    """Return the seats that places mean when somebody says them.

    Args:
        places: As in :class:`zhixing.datatypes.dialogue.Intent`.
        zone: Who says it.
        is_all: Whether "all" was said with it: "all windows on the left".

    Example:
        >>> seats(("right",), Zone.DRIVER), seats(("rear",), Zone.DRIVER)
        (('passenger',), ('rear_left', 'rear_right', 'rear_middle'))
    """
    found: list[str] = []
    for place in places:
        match place:
            case "front" | "rear":
                found.extend(_ROWS[place])
            case "left" | "right":
                side = _LEFT if place == "left" else _RIGHT
                found.extend(side if is_all else (side[zone in (Zone.REAR_LEFT, Zone.REAR_RIGHT)],))
            case "own":
                found.append(zone.value)
            case "other":
                found.append(_OPPOSITE[zone.value])
            case "behind":
                found.append(_BEHIND[zone.value])
            case _:
                found.append(_ALIASES.get(place, place))
    return tuple(dict.fromkeys(found))


def opposite(places: Iterable[str]) -> tuple[str, ...]:
    """Return the other side of the same row.

    Example:
        >>> opposite(("driver",))
        ('passenger',)
    """
    return tuple(_OPPOSITE.get(place, place) for place in places)


def beside(places: Sequence[str], last_places: Sequence[str]) -> tuple[str, ...]:
    """Return a side that was said alone in the row that was spoken of before.

    Example:
        >>> beside(("right",), ("rear_left",)), beside(("right",), ("driver",)), beside(("rear",), ("driver",))
        (('rear_right',), ('passenger',), ('rear',))
    """
    if len(places) != 1 or places[0] not in ("left", "right") or not last_places:
        return tuple(places)
    side = _LEFT if places[0] == "left" else _RIGHT
    return (side[all(place.startswith("rear") for place in last_places)],)


def resolve(
    places: Sequence[str], zone: Zone, scheme: Mapping[str, str], default: str, *, is_all: bool
) -> tuple[str, ...]:
    """Return the places of a device that are meant, in the scheme's order; empty where it has none there.

    Args:
        places: As said.
        zone: Who says it.
        scheme: The places that the device has.
        default: Where, when nothing is said: ``own``, ``all`` or a place.
        is_all: Whether "all" was said.
    """
    if "front" in scheme:
        rows = [row for row in ("front", "rear") if any(place.startswith(row) for place in places)]
        return tuple(rows) or (tuple(scheme) if is_all else (default,))
    if not places:
        if is_all or default == "all":
            return tuple(scheme)
        return tuple(place for place in (zone.value if default == "own" else default,) if place in scheme)
    wanted = seats(places, zone, is_all=is_all)
    if set(scheme) == {"driver", "passenger"}:  # mirrors: only sides count
        wanted = tuple("driver" if seat in _LEFT else "passenger" for seat in wanted)
    return tuple(place for place in scheme if place in wanted)
