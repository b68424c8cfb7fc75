"""What can be measured of road users: names, how many roles each takes, in which unit. How is the engine's matter.

A name ends in its unit, as everywhere; a name without one is a fact (yes or no) or one of several words.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Form = Literal["quantity", "fact", "word"]

UNITS = MappingProxyType(
    {
        "m": "m",
        "mps": "m/s",
        "mps2": "m/s²",
        "mps3": "m/s³",
        "s": "s",
        "rad": "rad",
        "radps": "rad/s",
        "share": "1",
    }
)
"""What the last part of a name means."""

TURNS = ("left", "right", "straight", "u-turn")
LIGHTS = ("off", "red", "yellow", "green", "flashing-yellow")
"""In the order of :class:`zhixing.datatypes.lights.Light`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The signature of one measure.

    Attributes:
        name: Ends in its unit if it is a quantity.
        num_roles: How many road users it is about; the first is the one that asks, where two are not alike.
        words: The words it can be, in the order of their numbers in the engine; empty unless it is one of several.
        needs_road: Undefined in drives without a road.
        needs_lights: Undefined in drives without lights.
    """

    name: str
    num_roles: int
    words: tuple[str, ...] = ()
    needs_road: bool = False
    needs_lights: bool = False

    @property
    def form(self) -> Form:
        """Whether it is a quantity, a fact or one of several words."""
        if self.words:
            return "word"
        return "quantity" if self.unit else "fact"

    @property
    def unit(self) -> str:
        """Unit of a quantity, empty for everything else.

        Example:
            >>> MEASURES["speed_mps"].unit, MEASURES["is_standing"].unit
            ('m/s', '')
        """
        return UNITS.get(self.name.rpartition("_")[2], "")


_ALL = (
    # motion of one
    Measure("is_there", 1),
    Measure("seen_for_s", 1),
    Measure("length_m", 1),
    Measure("width_m", 1),
    Measure("speed_mps", 1),
    Measure("is_standing", 1),
    Measure("accel_mps2", 1),
    Measure("jerk_mps3", 1),
    Measure("sideways_mps", 1),
    Measure("yaw_rate_radps", 1),
    Measure("turned_rad", 1),
    Measure("turned_lately_rad", 1),
    Measure("lateral_accel_mps2", 1),
    Measure("lateral_jerk_mps3", 1),
    Measure("stopping_m", 1),
    Measure("travelled_m", 1),
    # where two are to each other
    Measure("distance_m", 2),
    Measure("centre_distance_m", 2),
    Measure("ahead_m", 2),
    Measure("left_m", 2),
    Measure("heading_apart_rad", 2),
    Measure("heading_left_rad", 2),
    Measure("bearing_rad", 2),
    Measure("closing_mps", 2),
    Measure("faster_mps", 2),
    # how near two come to a collision
    Measure("touches", 2),
    Measure("gap_ahead_m", 2),
    Measure("headway_s", 2),
    Measure("ttc_ahead_s", 2),
    Measure("needed_decel_mps2", 2),
    Measure("ttc_s", 2),
    Measure("pet_s", 2),
    Measure("brake_threat_share", 2),
    Measure("closest_m", 2),
    Measure("closest_in_s", 2),
    Measure("brake_in_s", 2),
    Measure("steer_threat_share", 2),
    Measure("worst_ttc_s", 2),
    Measure("needed_lateral_accel_mps2", 2),
    Measure("steer_in_s", 2),
    Measure("react_in_s", 2),
    Measure("safety_decel_mps2", 2),
    Measure("stopping_share", 2),
    Measure("rss_margin_m", 2),
    Measure("delta_v_mps", 2),
    # on the map
    Measure("is_on_driving_lane", 1, needs_road=True),
    Measure("is_on_biking_lane", 1, needs_road=True),
    Measure("is_on_sidewalk", 1, needs_road=True),
    Measure("is_on_crossing", 1, needs_road=True),
    Measure("is_in_junction", 1, needs_road=True),
    Measure("is_in_roundabout", 1, needs_road=True),
    Measure("is_in_waiting_area", 1, needs_road=True),
    Measure("lane_offset_m", 1, needs_road=True),
    Measure("lane_width_m", 1, needs_road=True),
    Measure("lane_apart_rad", 1, needs_road=True),
    Measure("lane_sideways_mps", 1, needs_road=True),
    Measure("is_wrong_way", 1, needs_road=True),
    Measure("over_limit_mps", 1, needs_road=True),
    Measure("changes_lane_left", 1, needs_road=True),
    Measure("changes_lane_right", 1, needs_road=True),
    Measure("to_stop_line_m", 1, needs_road=True),
    Measure("crosses_stop_line", 1, needs_road=True),
    Measure("to_lane_end_m", 1, needs_road=True),
    Measure("lane_gap_m", 1, needs_road=True),
    Measure("turn", 1, TURNS, needs_road=True),
    Measure("next_turn", 1, TURNS, needs_road=True),
    # near what is on the map
    Measure("crossing_m", 1, needs_road=True),
    Measure("crossing_in_s", 1, needs_road=True),
    Measure("junction_m", 1, needs_road=True),
    Measure("is_beside_lanes", 1, needs_road=True),
    # where two are to each other on the map
    Measure("is_in_same_lane", 2, needs_road=True),
    Measure("is_in_left_lane", 2, needs_road=True),
    Measure("is_in_right_lane", 2, needs_road=True),
    Measure("lane_ahead_m", 2, needs_road=True),
    # lights of one's own movement
    Measure("light", 1, LIGHTS, needs_road=True, needs_lights=True),
    Measure("light_age_s", 1, needs_road=True, needs_lights=True),
    Measure("light_changes_in_s", 1, needs_road=True, needs_lights=True),
    Measure("ran_red", 1, needs_road=True, needs_lights=True),
    Measure("has_light", 1, needs_road=True),
    # sight
    Measure("seen_share", 2),
    Measure("is_in_the_dark", 1),
)

MEASURES = MappingProxyType({measure.name: measure for measure in _ALL})
"""Every measure by its name."""
