"""How each class of road user moves, in numbers, and where the numbers are from.

Everybody follows whoever is in front by the intelligent driver model (IDM), with parameters of its own class. Cars,
trucks and buses change lanes by MOBIL and shift within their lane; two-wheelers and tricycles choose their place across
the lane freely (sub-lane movement); pedestrians are moved by social forces.

Sources:
    [TK13] Treiber and Kesting, Traffic Flow Dynamics (2013), table 11.2 (IDM, city traffic), ch. 14 (MOBIL).
    [L08] Lin, He, Tan and He, Comparison study on operating speeds of electric bicycles and bicycles: experience from
        field investigation in Kunming, TRR 2048 (2008): means of 21.9 and 14.8 km/h.
    [HM95] Helbing and Molnar, Social force model for pedestrian dynamics (1995): 1.34 m/s, deviation 0.26, 0.5 s.
    [TZ07] Toledo and Zohar, Modeling duration of lane changes, TRR 1999 (2007): mean of 4.6 s.
    [X22] Xu et al., SinD (2022), facts of one record of 20 minutes in Tianjin: 46 % of motorcycles and e-bikes, 39 % of
        bicycles, 27 % of tricycles and 1 % of cars that passed a light passed it at red; sizes, shares, how long
        everybody stayed. Half of them met a red, so of those who met one nearly all of the two-wheelers ran it: most
        not as they came (e-bikes that ran one straight on stayed 6 s longer in the median than those that met none).
    [W12] Wu, Yao and Zhang, The red-light running behavior of electric bike riders and cyclists at urban intersections
        in China (2012): 56 % of 451 that met a red at three crossroads of Beijing ran it. The crossroads of [X22] is
        wilder; its own rates hold where it is simulated (``simulation.seeded_site``).
    measured: on the first halves of recordings by ``zhixing bench realism``, which prints the second halves; what was
        measured and how well it is met stands in docs/benchmarks.md.
    Where nothing is named the value is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from zhixing.datatypes.road import LaneKind
from zhixing.datatypes.tracks import RoadUser


class Mind(IntEnum):
    """Who decides how somebody moves."""

    NOBODY = 0
    """It stays where it is."""
    OUTSIDE = 1
    """Somebody else puts it where it is: the ego."""
    DRIVES = 2
    RIDES = 3
    WALKS = 4


class Heeds(IntFlag):
    """What somebody takes notice of."""

    NOTHING = 0
    LIGHTS = 1
    FRONT = 2
    """Whoever is in front of it."""
    COMERS = 4
    """Whoever will come onto its path."""
    PLACES = 8
    """Where across its way there is more room: it shifts."""
    ON_ITS_WAY = 15
    """All of these: whoever keeps to a route."""
    LANES = 16
    """Where another lane is quicker: it changes lanes."""
    ALL = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class UserModel:
    """How one class of road user moves.

    Attributes:
        road_user: The class.
        mind: Which model moves it.
        share: Of all road users around the ego in the built-in city.
        lane_kinds: Where it appears.
        size_m: Mean length and width.
        speed_mps: Mean and standard deviation of the speed on a free road.
        accel_mps2: Greatest acceleration.
        brake_mps2: Comfortable deceleration.
        headway_s: Time gap behind a leader.
        gap_m: Gap at standstill.
        side_gap_m: Gap kept to the side while passing.
        roam_mps: How fast it moves sideways at most.
        spread_m: It keeps up to this far beside the middle of its lane.
        red_rate: Share of the reds it meets that it would run: who waits first does not where green comes before.
        dash_rate: Share of these that it runs as it comes; at the others it waits first until its patience ends.
        courtesy: Share of those who have the right of way and cannot force it (people on foot, two-wheelers going
            straight on) that it lets go first.
        politeness: Weight of others' losses in its own lane changes.
        patience_s: After so long a wait it takes smaller gaps, and what is not its right.
    """

    road_user: RoadUser
    mind: Mind
    share: float
    lane_kinds: tuple[LaneKind, ...]
    size_m: tuple[float, float]
    speed_mps: tuple[float, float]
    accel_mps2: float
    brake_mps2: float
    headway_s: float
    gap_m: float
    side_gap_m: float
    roam_mps: float
    spread_m: float
    red_rate: float
    courtesy: float
    politeness: float = 0.0
    patience_s: float = 6.0
    dash_rate: float = 1.0


_CARS = (LaneKind.DRIVING,)
_BIKES = (LaneKind.BIKING,)
_WALKS = (LaneKind.SIDEWALK, LaneKind.CROSSING)
MODELS: tuple[UserModel, ...] = (
    # measured: share and size in SinD; speed: of five settings the nearest to stays in SinD and speeds in ApolloScape;
    # acceleration by starts in SinD and SECTION (p90 of 1.1 and 1.6 m/s²); headway by gaps in the merge (0.9 to 1.2 s
    # at 2 to 9 m/s)
    UserModel(  # brake, gap: [TK13]; sideways: [TZ07]; red: [X22]
        road_user=RoadUser.CAR, mind=Mind.DRIVES, share=0.37, lane_kinds=_CARS, size_m=(4.5, 1.78),
        speed_mps=(14.0, 3.0), accel_mps2=1.4, brake_mps2=2.0, headway_s=1.0, gap_m=2.0, side_gap_m=0.5, roam_mps=1.0,
        spread_m=0.2, red_rate=0.01, courtesy=0.7, politeness=0.2,
    ),
    UserModel(
        road_user=RoadUser.TRUCK, mind=Mind.DRIVES, share=0.01, lane_kinds=_CARS, size_m=(8.0, 2.4),
        speed_mps=(11.5, 1.0), accel_mps2=1.0, brake_mps2=1.5, headway_s=1.5, gap_m=2.5, side_gap_m=0.6, roam_mps=0.6,
        spread_m=0.1, red_rate=0.01, courtesy=0.6, politeness=0.2, patience_s=9.0,
    ),
    UserModel(
        road_user=RoadUser.BUS, mind=Mind.DRIVES, share=0.01, lane_kinds=_CARS, size_m=(11.5, 2.5),
        speed_mps=(11.0, 1.0), accel_mps2=1.0, brake_mps2=1.5, headway_s=1.5, gap_m=2.5, side_gap_m=0.6, roam_mps=0.6,
        spread_m=0.1, red_rate=0.0, courtesy=0.8, politeness=0.3, patience_s=9.0,
    ),
    # measured: dash rates by how long those stayed in SinD who ran a red, to the nearest of five settings
    UserModel(  # measured: share, size, and speed by stays, in SinD ([L08] says 6.1 m/s); red: [W12]
        road_user=RoadUser.EBIKE, mind=Mind.RIDES, share=0.26, lane_kinds=_BIKES, size_m=(1.74, 0.77),
        speed_mps=(6.9, 1.4), accel_mps2=1.5, brake_mps2=2.0, headway_s=0.6, gap_m=0.6, side_gap_m=0.35, roam_mps=1.0,
        spread_m=0.75, red_rate=0.56, dash_rate=0.5, courtesy=0.3, patience_s=3.0,
    ),
    UserModel(  # speed: [L08], and by stays in SinD; measured: share, size in SinD; red: [W12]
        road_user=RoadUser.BICYCLE, mind=Mind.RIDES, share=0.2, lane_kinds=_BIKES, size_m=(1.61, 0.67),
        speed_mps=(4.1, 0.7), accel_mps2=1.0, brake_mps2=2.0, headway_s=0.6, gap_m=0.6, side_gap_m=0.35, roam_mps=0.8,
        spread_m=0.75, red_rate=0.56, dash_rate=0.8, courtesy=0.4, patience_s=4.0,
    ),
    UserModel(  # measured: share, size, red rate (22 that passed a light) in SinD
        road_user=RoadUser.TRICYCLE, mind=Mind.RIDES, share=0.05, lane_kinds=_BIKES, size_m=(2.5, 1.12),
        speed_mps=(4.5, 0.6), accel_mps2=0.9, brake_mps2=1.5, headway_s=1.0, gap_m=0.8, side_gap_m=0.4, roam_mps=0.6,
        spread_m=0.3, red_rate=0.5, dash_rate=0.5, courtesy=0.3, patience_s=4.0,
    ),
    # measured: share in SinD; red rate: 9 of 21 crossings in two cities began at red (95 %: 0.24 to 0.63), and with 0.6
    # the low end of that is met
    UserModel(  # speed: [HM95], and 1.1 to 1.4 m/s in three cities of SinD
        road_user=RoadUser.PEDESTRIAN, mind=Mind.WALKS, share=0.1, lane_kinds=_WALKS, size_m=(0.5, 0.55),
        speed_mps=(1.34, 0.26), accel_mps2=1.5, brake_mps2=2.0, headway_s=0.4, gap_m=0.4, side_gap_m=0.2, roam_mps=0.8,
        spread_m=0.45, red_rate=0.6, courtesy=1.0, patience_s=15.0,
    ),
)  # fmt: skip

MODEL_OF = {model.road_user: model for model in MODELS}
