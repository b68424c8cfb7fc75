"""Why the car does what it does, in one sentence a person would say."""

from __future__ import annotations

from functools import lru_cache

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Action, Decision
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.safety.sentences import WHO

AHEAD: dict[int, Localized] = {
    RoadUser.CAR: Localized("前车", "the car ahead", "dem Auto vorn"),
    RoadUser.TRUCK: Localized("前方货车", "the truck ahead", "dem Lkw vorn"),
    RoadUser.BUS: Localized("前方公交车", "the bus ahead", "dem Bus vorn"),
    RoadUser.MOTORCYCLE: Localized("前方摩托车", "the motorcycle ahead", "dem Motorrad vorn"),
    RoadUser.EBIKE: Localized("前方电动车", "the e-bike ahead", "dem E-Bike vorn"),
    RoadUser.BICYCLE: Localized("前方自行车", "the bicycle ahead", "dem Fahrrad vorn"),
    RoadUser.TRICYCLE: Localized("前方三轮车", "the tricycle ahead", "dem Lastendreirad vorn"),
    RoadUser.PEDESTRIAN: Localized("前方行人", "the pedestrian ahead", "dem Fußgänger vorn"),
    RoadUser.OBJECT: Localized("前方障碍物", "the obstacle ahead", "dem Hindernis vorn"),
}
"""German in the dative, for "Ich folge …" and "Vollbremsung vor …"."""
CROSSING: dict[int, Localized] = {
    RoadUser.CAR: Localized("横穿的车辆", "a crossing car", "ein querendes Auto"),
    RoadUser.TRUCK: Localized("横穿的货车", "a crossing truck", "einen querenden Lkw"),
    RoadUser.BUS: Localized("横穿的公交车", "a crossing bus", "einen querenden Bus"),
    RoadUser.MOTORCYCLE: Localized("横穿的摩托车", "a crossing motorcycle", "ein querendes Motorrad"),
    RoadUser.EBIKE: Localized("横穿的电动车", "a crossing e-bike", "ein querendes E-Bike"),
    RoadUser.BICYCLE: Localized("横穿的自行车", "a crossing bicycle", "ein querendes Fahrrad"),
    RoadUser.TRICYCLE: Localized("横穿的三轮车", "a crossing tricycle", "ein querendes Lastendreirad"),
    RoadUser.PEDESTRIAN: Localized("过街行人", "a crossing pedestrian", "einen querenden Fußgänger"),
    RoadUser.OBJECT: Localized("移动的障碍物", "a moving obstacle", "ein bewegtes Hindernis"),
}
"""German in the accusative, for "Ich lasse … durch"."""

BESIDE: dict[int, Localized] = {
    RoadUser.CAR: Localized("旁边的车", "the car beside us", "dem Auto neben uns"),
    RoadUser.TRUCK: Localized("旁边的货车", "the truck beside us", "dem Lkw neben uns"),
    RoadUser.BUS: Localized("旁边的公交车", "the bus beside us", "dem Bus neben uns"),
    RoadUser.MOTORCYCLE: Localized("旁边的摩托车", "the motorcycle beside us", "dem Motorrad neben uns"),
    RoadUser.EBIKE: Localized("旁边的电动车", "the e-bike beside us", "dem E-Bike neben uns"),
    RoadUser.BICYCLE: Localized("旁边的自行车", "the bicycle beside us", "dem Fahrrad neben uns"),
    RoadUser.TRICYCLE: Localized("旁边的三轮车", "the tricycle beside us", "dem Lastendreirad neben uns"),
    RoadUser.PEDESTRIAN: Localized("旁边的行人", "the pedestrian beside us", "dem Fußgänger neben uns"),
    RoadUser.OBJECT: Localized("旁边的障碍物", "the obstacle beside us", "dem Hindernis neben uns"),
}
"""German in the dative, for "Ich halte Abstand zu …"."""

_PLAIN: dict[str, tuple[Action, Localized]] = {
    "free-road": ("cruise", Localized("前方畅通，正常行驶", "The road is clear.", "Freie Fahrt.")),
    "curve": ("cruise", Localized("前方弯道，减速通过", "Slowing for the curve.", "Langsamer durch die Kurve.")),
    "red-light": ("stop", Localized("红灯，停车等待", "Red light, waiting.", "Rote Ampel, ich warte.")),
    "yellow-light": ("stop", Localized("黄灯，准备停车", "Yellow light, stopping.", "Gelbe Ampel, ich halte an.")),
    "hidden": (
        "yield",
        Localized(
            "视线被挡住，慢行防有人冲出",
            "Someone could step out from behind there.",
            "Dahinter könnte jemand hervorkommen.",
        ),
    ),
    "goal": ("arrive", Localized("即将到达目的地", "Arriving.", "Wir sind gleich am Ziel.")),
    "lane-ends": (
        "yield",
        Localized("前方车道结束，等待并入", "The lane ends, waiting to merge.", "Die Spur endet, ich fädle mich ein."),
    ),
    "pull-over": (
        "stop",
        Localized("按你说的靠边停车", "Pulling over, as you asked.", "Ich fahre rechts ran, wie gewünscht."),
    ),
    "speed-wish": (
        "cruise",
        Localized("按你说的慢一点开", "Going slower, as you asked.", "Ich fahre langsamer, wie gewünscht."),
    ),
    "no-route": (
        "cruise",
        Localized(
            "地图上没有可走的路线，慢速开往目的地",
            "No mapped way there, going slowly.",
            "Keine Route auf der Karte, ich fahre langsam.",
        ),
    ),
}


@lru_cache(maxsize=256)
def sentence(rule: str, road_user: int) -> tuple[Action, Localized]:
    """Return what the rule makes the car do, and the sentence for it.

    Args:
        rule: ``follow``, ``queue``, ``yield``, ``right-of-way``, ``beside``, ``way-round``, ``overtake``,
            ``emergency`` or one that concerns nobody.
        road_user: :class:`RoadUser` it is about; ignored by rules that concern nobody.

    Example:
        >>> sentence("yield", RoadUser.EBIKE)[1].zh
        '为横穿的电动车让行'
    """
    match rule:
        case "follow":
            who = AHEAD[road_user]
            return "follow", Localized(f"跟随{who.zh}", f"Following {who.en}.", f"Ich folge {who.de}.")
        case "queue":
            who = AHEAD[road_user]
            return "stop", Localized(
                f"跟在{who.zh}后面排队等候", f"Waiting behind {who.en}.", f"Ich warte hinter {who.de}."
            )
        case "yield":
            who = CROSSING[road_user]
            return "yield", Localized(f"为{who.zh}让行", f"Giving way to {who.en}.", f"Ich lasse {who.de} durch.")
        case "right-of-way":
            who = WHO[road_user]
            return "yield", Localized(
                f"按规矩让{who.zh}先走", f"Giving {who.en} right of way.", f"Ich lasse {who.de} die Vorfahrt."
            )
        case "beside":
            who = BESIDE[road_user]
            return "yield", Localized(
                f"和{who.zh}保持距离", f"Keeping clear of {who.en}.", f"Ich halte Abstand zu {who.de}."
            )
        case "way-round":
            who = AHEAD[road_user]
            return "pass", Localized(f"借道绕过{who.zh}", f"Going round {who.en}.", f"Ich fahre an {who.de} vorbei.")
        case "overtake":
            who = AHEAD[road_user]
            return "pass", Localized(f"超过{who.zh}", f"Overtaking {who.en}.", f"Ich ziehe an {who.de} vorbei.")
        case "emergency":
            who = AHEAD[road_user]
            return "emergency-brake", Localized(
                f"紧急刹车，避免撞上{who.zh}", f"Braking hard for {who.en}.", f"Vollbremsung vor {who.de}."
            )
        case _:
            return _PLAIN[rule]


def explain(rule: str, road_user: int, object_id: int, weighs: str = "", cost: float = 0.0) -> Decision:
    """Return the decision as data and as a sentence; see :class:`Decision` for what is weighed."""
    action, say = sentence(rule, road_user)
    return Decision(action=action, rule=rule, say=say, object_id=object_id, weighs=weighs, cost=cost)
