"""The functions of RefAV as queries: those over objects; the others are the algebra itself.

``get_objects_of_category`` and ``is_category`` are the classes of a role, ``scenario_and``, ``scenario_or`` and
``scenario_not`` are ``all-of``, ``any-of`` and ``not``, ``reverse_relationship`` is the order of the roles.
"""

from __future__ import annotations

from zhixing.dataloop.mining.named.building import (
    OTHER,
    Named,
    at_least,
    between,
    every,
    fact,
    lasting,
    less,
    more,
    no,
    some,
    then,
    word,
)
from zhixing.datatypes.conditions import Condition, Role
from zhixing.datatypes.query import Query

_SOURCE = "RefAV (Davidson et al. 2025, Towards planning-centric scenario mining)"
_SUBJECT = Role(name="subject")
_SECTOR_RAD = 0.785
_NEAR_M = 50.0


def _is_at(direction: str) -> Condition:
    """Return where the other is: ahead, behind, left or right, in a quarter of the plane each."""
    low, high = {"forward": (-_SECTOR_RAD, _SECTOR_RAD), "left": (_SECTOR_RAD, 3 * _SECTOR_RAD),
                 "right": (-3 * _SECTOR_RAD, -_SECTOR_RAD)}.get(direction, (0.0, 0.0))  # fmt: skip
    near = less("distance_m", _NEAR_M, "subject", "other")
    if direction == "backward":
        back = some(more("bearing_rad", 3 * _SECTOR_RAD, "subject", "other"),
                    less("bearing_rad", -3 * _SECTOR_RAD, "subject", "other"))  # fmt: skip
        return every(near, back)
    return every(near, between("bearing_rad", low, high, "subject", "other"))


_CROSSED = every(
    between("ahead_m", 0.0, 10.0, "subject", "other"),
    some(
        then(between("left_m", 0.0, 5.0, "subject", "other"), between("left_m", -5.0, 0.0, "subject", "other"), 3.0),
        then(between("left_m", -5.0, 0.0, "subject", "other"), between("left_m", 0.0, 5.0, "subject", "other"), 3.0),
    ),
)
_ONE: tuple[tuple[str, str, Condition], ...] = (
    ("turning", "turns in a junction, or by 45 degrees and more in 8 s",
     some(word("turn", "left", "right", "u-turn", of="subject"), more("turned_lately_rad", 0.785, "subject"),
          less("turned_lately_rad", -0.785, "subject"))),
    ("turning-left", "the same to the left", some(word("turn", "left", of="subject"),
                                                more("turned_lately_rad", 0.785, "subject"))),
    ("turning-right", "the same to the right", some(word("turn", "right", of="subject"),
                                                  less("turned_lately_rad", -0.785, "subject"))),
    ("changing-lanes", "changes lanes", some(fact("changes_lane_left", "subject"),
                                           fact("changes_lane_right", "subject"))),
    ("has-lateral-acceleration", "lateral acceleration above 1 m/s²",
     some(more("lateral_accel_mps2", 1.0, "subject"), less("lateral_accel_mps2", -1.0, "subject"))),
    ("accelerating", "accelerates by 0.65 m/s² and more", more("accel_mps2", 0.65, "subject")),
    ("has-velocity", "is faster than 0.5 m/s", more("speed_mps", 0.5, "subject")),
    ("stationary", "stands for 2 s", lasting(less("speed_mps", 0.5, "subject"), 2.0)),
    ("at-pedestrian-crossing", "is within 1 m of a crossing", less("crossing_m", 1.0, "subject")),
    ("on-lane-type-vehicle", "is on a lane for cars", fact("is_on_driving_lane", "subject")),
    ("on-lane-type-bike", "is on a lane for bikes", fact("is_on_biking_lane", "subject")),
    ("near-intersection", "is within 5 m of a junction", less("junction_m", 5.0, "subject")),
    ("on-intersection", "is in a junction", fact("is_in_junction", "subject")),
    ("at-stop-sign", "is at a stop line without a light",
     every(between("to_stop_line_m", -1.0, 10.0, "subject"), no(fact("has_light", "subject")))),
    ("in-drivable-area", "is on a lane for cars or in a junction",
     some(fact("is_on_driving_lane", "subject"), fact("is_in_junction", "subject"))),
    ("on-road", "is on a lane for cars or bikes",
     some(fact("is_on_driving_lane", "subject"), fact("is_on_biking_lane", "subject"))),
    ("near-objects", "at least one is within 10 m", at_least(1, OTHER, less("distance_m", 10.0, "subject", "other"))),
    *((f"has-objects-in-relative-direction-{direction}", f"at least one is within 50 m, {direction}",
       at_least(1, OTHER, _is_at(direction))) for direction in ("forward", "backward", "left", "right")),
)  # fmt: skip
_TWO: tuple[tuple[str, str, Condition], ...] = (
    *((f"get-objects-in-relative-direction-{direction}", f"the other is within 50 m, {direction}", _is_at(direction))
      for direction in ("forward", "backward", "left", "right")),
    ("facing-toward", "has the other within 22.5 degrees of its heading, within 50 m",
     every(between("bearing_rad", -0.393, 0.393, "subject", "other"), less("distance_m", _NEAR_M, "subject", "other"))),
    ("heading-toward", "moves towards the other, within 50 m",
     every(between("bearing_rad", -0.393, 0.393, "subject", "other"), less("distance_m", _NEAR_M, "subject", "other"),
           more("speed_mps", 0.5, "subject"), more("closing_mps", 0.0, "subject", "other"))),
    ("heading-in-relative-direction-to-same", "heads the same way as the other",
     every(less("heading_apart_rad", _SECTOR_RAD, "subject", "other"),
           less("distance_m", _NEAR_M, "subject", "other"))),
    ("heading-in-relative-direction-to-opposite", "heads the opposite way of the other",
     every(more("heading_apart_rad", 3 * _SECTOR_RAD, "subject", "other"),
           less("distance_m", _NEAR_M, "subject", "other"))),
    ("heading-in-relative-direction-to-perpendicular", "heads across the other's way",
     every(between("heading_apart_rad", _SECTOR_RAD, 3 * _SECTOR_RAD, "subject", "other"),
           less("distance_m", _NEAR_M, "subject", "other"))),
    ("being-crossed-by", "the other crosses the line ahead of it within 10 m", _CROSSED),
    ("following", "follows the other on its lane within 40 m",
     every(between("lane_ahead_m", 0.0, 40.0, "subject", "other"), more("speed_mps", 0.5, "subject"),
           less("heading_apart_rad", _SECTOR_RAD, "subject", "other"))),
    ("in-same-lane", "is in the lane of the other", fact("is_in_same_lane", "subject", "other")),
    ("on-relative-side-of-road-same", "both are on lanes that run the same way, within 50 m",
     every(less("heading_apart_rad", _SECTOR_RAD, "subject", "other"), less("lane_apart_rad", _SECTOR_RAD, "subject"),
           less("lane_apart_rad", _SECTOR_RAD, "other"), less("distance_m", _NEAR_M, "subject", "other"))),
    ("on-relative-side-of-road-opposite", "they are on lanes that run opposite ways, within 50 m",
     every(more("heading_apart_rad", 3 * _SECTOR_RAD, "subject", "other"),
           less("lane_apart_rad", _SECTOR_RAD, "subject"), less("lane_apart_rad", _SECTOR_RAD, "other"),
           less("distance_m", _NEAR_M, "subject", "other"))),
)  # fmt: skip

REFAV = tuple(
    Named(
        query=Query(name=f"refav-{name}", roles=roles, condition=condition),
        meaning=f"Somebody: {meaning}.",
        source=f"{_SOURCE}: {name.replace('-', '_')}",
    )
    for functions, roles in ((_ONE, (_SUBJECT,)), (_TWO, (_SUBJECT, OTHER)))
    for name, meaning, condition in functions
)
"""All functions over objects, one query for each of their directions."""
