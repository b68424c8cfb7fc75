"""The 73 scenario tags of nuPlan as queries, of any motor vehicle instead of the ego only.

nuPlan publishes names and, of some tags, numbers (speeds of 9 m/s, distances of 8 m, lengths of 8 m, accelerations of
1.5 m/s²); the other numbers are ours. What our maps do not have is taken for what is nearest to it: a stop line without
a light for a stop sign, what lies beside the lanes for a pick-up area and a car park, things in the way for cones,
barriers and signs of a construction zone.
"""

from __future__ import annotations

from zhixing.dataloop.mining.named.building import (
    BIKE,
    LEAD,
    OTHER,
    PEDESTRIAN,
    THING,
    VEHICLE,
    Named,
    at_least,
    begins,
    between,
    every,
    fact,
    lasting,
    lately,
    less,
    more,
    no,
    some,
    soon,
    then,
    there_is,
    word,
)
from zhixing.datatypes.conditions import Condition, Role
from zhixing.datatypes.query import Query

_SOURCE = "nuPlan (Karnchanachari et al. 2024, Towards learning-based planning), scenario tags"
_NEAR_M, _AT_LINE_M = 8.0, 6.0
_STANDS = less("speed_mps", 0.5)
_MOVES = more("speed_mps", 0.5)
_GAINS = more("accel_mps2", 0.6)
_STOPPING = every(less("accel_mps2", -0.6), soon(_STANDS, 3.0), _MOVES)
_NEAR_LEAD = there_is(
    LEAD, fact("is_in_same_lane", "vehicle", "lead"), between("lane_ahead_m", 0.0, 25.0, "vehicle", "lead")
)
_FREE = more("lane_gap_m", 25.0)
_AT_LINE = between("to_stop_line_m", -1.0, _AT_LINE_M)
_LIGHT, _SIGN = every(_AT_LINE, fact("has_light")), every(_AT_LINE, no(fact("has_light")))
_AT_CROSSING = less("crossing_m", 4.0)
_IN_JUNCTION = fact("is_in_junction")
_LONG = Role(name="long", classes=VEHICLE.classes, min_length_m=8.0)


def _near(role: Role, most_m: float = _NEAR_M) -> Condition:
    return less("distance_m", most_m, "vehicle", role.name)


def _behind(role: Role, most_m: float = 10.0) -> Condition:
    return there_is(
        role, between("ahead_m", 0.0, most_m, "vehicle", role.name), between("left_m", -1.5, 1.5, "vehicle", role.name)
    )


def _crossed_by(role: Role) -> Condition:
    ahead = between("ahead_m", 0.0, 15.0, "vehicle", role.name)
    left, right = (between("left_m", *span, "vehicle", role.name) for span in ((0.0, 6.0), (-6.0, 0.0)))
    across = between("heading_apart_rad", 0.7, 2.5, "vehicle", role.name)
    return there_is(role, ahead, across, some(then(left, right, 3.0), then(right, left, 3.0)))


_TURNS = some(word("turn", "left"), word("turn", "right"))
_ONCOMING = there_is(OTHER, more("heading_apart_rad", 2.6, "vehicle", "other"), _near(OTHER, 40.0))
_CHANGES = some(fact("changes_lane_left"), fact("changes_lane_right"))
_TAGS: tuple[tuple[str, str, Condition], ...] = (
    ("accelerating-at-crosswalk", "speeds up at a crossing", every(_GAINS, _AT_CROSSING)),
    ("accelerating-at-stop-sign", "speeds up at a stop line without a light", every(_GAINS, _SIGN)),
    ("accelerating-at-stop-sign-no-crosswalk", "the same where no crossing is near",
     every(_GAINS, _SIGN, more("crossing_m", 8.0))),
    ("accelerating-at-traffic-light", "speeds up at a light", every(_GAINS, _LIGHT)),
    ("accelerating-at-traffic-light-with-lead", "the same behind somebody", every(_GAINS, _LIGHT, _NEAR_LEAD)),
    ("accelerating-at-traffic-light-without-lead", "the same behind nobody", every(_GAINS, _LIGHT, _FREE)),
    ("behind-bike", "is behind a two-wheeler", _behind(BIKE)),
    ("behind-long-vehicle", "is behind somebody of 8 m or longer", _behind(_LONG, 20.0)),
    ("behind-pedestrian-on-driveable", "is behind somebody on foot on a lane",
     there_is(PEDESTRIAN, between("ahead_m", 0.0, 10.0, "vehicle", "pedestrian"),
              between("left_m", -1.5, 1.5, "vehicle", "pedestrian"), fact("is_on_driving_lane", "pedestrian"))),
    ("behind-pedestrian-on-pickup-dropoff", "is behind somebody on foot beside the lanes",
     there_is(PEDESTRIAN, between("ahead_m", 0.0, 10.0, "vehicle", "pedestrian"),
              between("left_m", -3.0, 3.0, "vehicle", "pedestrian"), fact("is_beside_lanes", "pedestrian"))),
    ("changing-lane", "changes lanes", _CHANGES),
    ("changing-lane-to-left", "changes to the left lane", fact("changes_lane_left")),
    ("changing-lane-to-right", "changes to the right lane", fact("changes_lane_right")),
    ("changing-lane-with-lead", "changes lanes behind somebody", every(_CHANGES, lately(_NEAR_LEAD, 2.0))),
    ("changing-lane-with-trail", "changes lanes before somebody",
     every(_CHANGES, there_is(OTHER, between("lane_ahead_m", -25.0, 0.0, "vehicle", "other")))),
    ("crossed-by-bike", "a two-wheeler crosses its way", _crossed_by(BIKE)),
    ("crossed-by-vehicle", "a motor vehicle crosses its way", _crossed_by(LEAD)),
    ("following-lane-with-lead", "goes on behind somebody",
     every(more("speed_mps", 3.5), less("lane_gap_m", 20.0), no(_IN_JUNCTION))),
    ("following-lane-with-slow-lead", "goes on behind somebody slower",
     every(more("speed_mps", 3.5), there_is(
         LEAD, fact("is_in_same_lane", "vehicle", "lead"), between("lane_ahead_m", 0.0, 30.0, "vehicle", "lead"),
         more("faster_mps", 1.5, "vehicle", "lead")))),
    ("following-lane-without-lead", "goes on behind nobody", every(more("speed_mps", 3.5), more("lane_gap_m", 40.0),
                                                                  no(_IN_JUNCTION))),
    ("high-lateral-acceleration", "lateral acceleration above 1.5 m/s²",
     some(more("lateral_accel_mps2", 1.5), less("lateral_accel_mps2", -1.5))),
    ("high-magnitude-jerk", "jerk above 2 m/s³", some(more("jerk_mps3", 2.0), less("jerk_mps3", -2.0))),
    ("high-magnitude-speed", "faster than 9 m/s", more("speed_mps", 9.0)),
    ("low-magnitude-speed", "goes 0.3 to 1.2 m/s", between("speed_mps", 0.3, 1.2)),
    ("medium-magnitude-speed", "goes 1.2 to 9 m/s", between("speed_mps", 1.2, 9.0)),
    ("near-barrier-on-driveable", "a thing stands on a lane within 8 m",
     there_is(THING, _near(THING), fact("is_on_driving_lane", "thing"))),
    ("near-construction-zone-sign", "a thing stands within 15 m", there_is(THING, _near(THING, 15.0))),
    ("near-high-speed-vehicle", "somebody faster than 9 m/s within 10 m",
     there_is(LEAD, _near(LEAD, 10.0), more("speed_mps", 9.0, "lead"))),
    ("near-long-vehicle", "somebody of 8 m or longer within 8 m", there_is(_LONG, _near(_LONG))),
    ("near-multiple-bikes", "three two-wheelers within 8 m", at_least(3, BIKE, _near(BIKE))),
    ("near-multiple-pedestrians", "three on foot within 8 m", at_least(3, PEDESTRIAN, _near(PEDESTRIAN))),
    ("near-multiple-vehicles", "six motor vehicles within 8 m, in motion", every(more("speed_mps", 0.5),
                                                                                at_least(6, LEAD, _near(LEAD)))),
    ("near-pedestrian-at-pickup-dropoff", "somebody on foot beside the lanes within 8 m",
     there_is(PEDESTRIAN, _near(PEDESTRIAN), fact("is_beside_lanes", "pedestrian"))),
    ("near-pedestrian-on-crosswalk", "somebody on a crossing within 8 m",
     there_is(PEDESTRIAN, _near(PEDESTRIAN), fact("is_on_crossing", "pedestrian"))),
    ("near-pedestrian-on-crosswalk-with-ego", "both on a crossing, within 8 m",
     every(_AT_CROSSING, there_is(PEDESTRIAN, _near(PEDESTRIAN), fact("is_on_crossing", "pedestrian")))),
    ("near-trafficcone-on-driveable", "a thing on a lane within 5 m",
     there_is(THING, _near(THING, 5.0), fact("is_on_driving_lane", "thing"))),
    ("on-all-way-stop-intersection", "in a junction without a light, others wait at its lines",
     every(_IN_JUNCTION, no(fact("has_light")), there_is(
         OTHER, _near(OTHER, 30.0), between("to_stop_line_m", -1.0, 3.0, "other"), less("speed_mps", 0.5, "other")))),
    ("on-carpark", "stands beside the lanes", every(fact("is_beside_lanes"), _STANDS)),
    ("on-intersection", "in a junction", _IN_JUNCTION),
    ("on-pickup-dropoff", "beside the lanes", fact("is_beside_lanes")),
    ("on-stopline-crosswalk", "at a stop line before a crossing", every(_AT_LINE, _AT_CROSSING)),
    ("on-stopline-stop-sign", "at a stop line without a light", _SIGN),
    ("on-stopline-traffic-light", "at the stop line of a light", _LIGHT),
    ("on-traffic-light-intersection", "in a junction with lights", every(_IN_JUNCTION, fact("has_light"))),
    ("starting-high-speed-turn", "begins to turn faster than 5 m/s", every(begins(_TURNS), more("speed_mps", 5.0))),
    ("starting-left-turn", "begins to turn left", begins(word("turn", "left"))),
    ("starting-low-speed-turn", "begins to turn slower than 5 m/s", every(begins(_TURNS), less("speed_mps", 5.0))),
    ("starting-protected-cross-turn", "begins to turn left at green, nobody oncoming",
     every(begins(word("turn", "left")), word("light", "green"), no(_ONCOMING))),
    ("starting-protected-noncross-turn", "begins to turn right at green",
     every(begins(word("turn", "right")), word("light", "green"))),
    ("starting-right-turn", "begins to turn right", begins(word("turn", "right"))),
    ("starting-straight-stop-sign-intersection-traversal", "begins to cross a junction without a light",
     every(begins(word("turn", "straight")), no(fact("has_light")))),
    ("starting-straight-traffic-light-intersection-traversal", "begins to cross a junction with a light",
     every(begins(word("turn", "straight")), fact("has_light"))),
    ("starting-u-turn", "begins to turn back", begins(word("turn", "u-turn"))),
    ("starting-unprotected-cross-turn", "begins to turn left before oncoming traffic",
     every(begins(word("turn", "left")), _ONCOMING)),
    ("starting-unprotected-noncross-turn", "begins to turn right, not at green",
     every(begins(word("turn", "right")), no(word("light", "green")))),
    ("stationary", "stands for 1 s", lasting(_STANDS, 1.0)),
    ("stationary-at-crosswalk", "stands at a crossing", lasting(every(_STANDS, _AT_CROSSING), 1.0)),
    ("stationary-at-traffic-light-with-lead", "stands at a light behind somebody",
     lasting(every(_STANDS, between("to_stop_line_m", -1.0, 40.0), fact("has_light"), less("lane_gap_m", 8.0)), 1.0)),
    ("stationary-at-traffic-light-without-lead", "stands at a light as the first",
     lasting(every(_STANDS, _LIGHT, more("lane_gap_m", 8.0)), 1.0)),
    ("stationary-in-traffic", "stands among six motor vehicles within 8 m",
     lasting(every(_STANDS, at_least(6, LEAD, _near(LEAD))), 1.0)),
    ("stopping-at-crosswalk", "comes to a stop at a crossing", every(_STOPPING, less("crossing_m", 8.0))),
    ("stopping-at-stop-sign-no-crosswalk", "comes to a stop at a line without light and crossing",
     every(_STOPPING, between("to_stop_line_m", -1.0, 15.0), no(fact("has_light")), more("crossing_m", 8.0))),
    ("stopping-at-stop-sign-with-lead", "comes to a stop at a line without a light, behind somebody",
     every(_STOPPING, between("to_stop_line_m", -1.0, 30.0), no(fact("has_light")), _NEAR_LEAD)),
    ("stopping-at-stop-sign-without-lead", "comes to a stop at a line without a light, behind nobody",
     every(_STOPPING, between("to_stop_line_m", -1.0, 15.0), no(fact("has_light")), _FREE)),
    ("stopping-at-traffic-light-with-lead", "comes to a stop at a light behind somebody",
     every(_STOPPING, between("to_stop_line_m", -1.0, 40.0), fact("has_light"), _NEAR_LEAD)),
    ("stopping-at-traffic-light-without-lead", "comes to a stop at a light as the first",
     every(_STOPPING, between("to_stop_line_m", -1.0, 20.0), fact("has_light"), _FREE)),
    ("stopping-with-lead", "comes to a stop close behind somebody", every(_STOPPING, less("lane_gap_m", 6.0))),
    ("traversing-crosswalk", "drives over a crossing", every(fact("is_on_crossing"), _MOVES)),
    ("traversing-intersection", "drives through a junction", every(_IN_JUNCTION, _MOVES)),
    ("traversing-narrow-lane", "drives on a lane narrower than 2.8 m", every(less("lane_width_m", 2.8), _MOVES)),
    ("traversing-pickup-dropoff", "drives beside the lanes", every(fact("is_beside_lanes"), _MOVES)),
    ("traversing-traffic-light-intersection", "drives through a junction with lights",
     every(_IN_JUNCTION, fact("has_light"), _MOVES)),
    ("waiting-for-pedestrian-to-cross", "slow or standing while somebody within 8 m crosses before it",
     every(less("speed_mps", 2.0), there_is(
         PEDESTRIAN, _near(PEDESTRIAN, 10.0), between("ahead_m", 0.0, 12.0, "vehicle", "pedestrian"),
         between("heading_apart_rad", 0.7, 2.5, "vehicle", "pedestrian"), more("speed_mps", 0.4, "pedestrian")))),
)  # fmt: skip

NUPLAN = tuple(
    Named(
        query=Query(name=f"nuplan-{tag}", roles=(VEHICLE,), condition=condition, join_s=0.3),
        meaning=f"A motor vehicle: {meaning}.",
        source=f"{_SOURCE}: {tag.replace('-', '_')}",
    )
    for tag, meaning, condition in _TAGS
)
"""All tags in alphabetical order."""
