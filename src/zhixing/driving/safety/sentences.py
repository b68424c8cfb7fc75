"""What the car says when the check has the last word."""

from __future__ import annotations

from functools import lru_cache

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Action, Decision
from zhixing.datatypes.tracks import RoadUser

WHO: dict[int, Localized] = {
    RoadUser.CAR: Localized("车辆", "the car", "dem Auto"),
    RoadUser.TRUCK: Localized("货车", "the truck", "dem Lkw"),
    RoadUser.BUS: Localized("公交车", "the bus", "dem Bus"),
    RoadUser.MOTORCYCLE: Localized("摩托车", "the motorcycle", "dem Motorrad"),
    RoadUser.EBIKE: Localized("电动车", "the e-bike", "dem E-Bike"),
    RoadUser.BICYCLE: Localized("自行车", "the bicycle", "dem Fahrrad"),
    RoadUser.TRICYCLE: Localized("三轮车", "the tricycle", "dem Lastendreirad"),
    RoadUser.PEDESTRIAN: Localized("行人", "the pedestrian", "dem Fußgänger"),
    RoadUser.OBJECT: Localized("障碍物", "the obstacle", "dem Hindernis"),
}
"""German in the dative, for "Abstand zu …", "neben …" and "mit …"."""
SOMEBODY = Localized("其他交通参与者", "another road user", "jemandem")

_PLAIN: dict[str, tuple[Action, Localized]] = {
    "safety-off-road": (
        "emergency-brake",
        Localized(
            "再往前会驶出道路，安全系统减速",
            "Braking so that we stay on the road.",
            "Ich bremse, damit wir auf der Straße bleiben.",
        ),
    ),
    "safety-kinematics": (
        "emergency-brake",
        Localized(
            "规划的动作车辆做不到，安全系统减速",
            "The car cannot drive what was planned, braking.",
            "So kann das Auto nicht fahren, ich bremse.",
        ),
    ),
    "safety-no-plan": (
        "emergency-brake",
        Localized(
            "规划没有结果，安全停车",
            "There is no plan to drive, stopping safely.",
            "Kein Fahrplan, ich halte sicher an.",
        ),
    ),
}


@lru_cache(maxsize=256)
def sentence(rule: str, road_user: int) -> tuple[Action, Localized]:
    """Return what the rule makes the car do, and the sentence for it.

    Args:
        rule: ``safety-longitudinal``, ``safety-lateral``, ``safety-ttc`` or one that concerns nobody.
        road_user: :class:`RoadUser` it is about; ignored by rules that concern nobody.

    Example:
        >>> sentence("safety-longitudinal", RoadUser.CAR)[1].zh
        '与前方车辆距离不足，安全系统减速'
    """
    who = WHO.get(road_user, SOMEBODY)
    match rule:
        case "safety-longitudinal":
            return "emergency-brake", Localized(
                f"与前方{who.zh}距离不足，安全系统减速",
                f"Too close to {who.en} ahead, braking.",
                f"Zu wenig Abstand zu {who.de} vorn, ich bremse.",
            )
        case "safety-lateral":
            return "emergency-brake", Localized(
                f"与旁边{who.zh}间距不足，安全系统减速",
                f"Too close beside {who.en}, braking.",
                f"Zu eng neben {who.de}, ich bremse.",
            )
        case "safety-ttc":
            return "emergency-brake", Localized(
                f"可能与{who.zh}相撞，安全系统减速",
                f"We could hit {who.en}, braking.",
                f"Ein Zusammenstoß mit {who.de} droht, ich bremse.",
            )
        case _:
            return _PLAIN[rule]


def explain_check(rule: str, road_user: int, object_id: int) -> Decision:
    """Return the decision of the check as data and as a sentence."""
    action, say = sentence(rule, road_user)
    return Decision(action=action, rule=rule, say=say, object_id=object_id)
