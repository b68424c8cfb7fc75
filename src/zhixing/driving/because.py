"""Why the car did something, as a part of a sentence about what it did: "I braked | to give way to a crossing bus"."""

from __future__ import annotations

from zhixing.datatypes.driving_account import Cause
from zhixing.datatypes.localized import Localized
from zhixing.datatypes.plan import Decision
from zhixing.driving.explain import AHEAD, BESIDE, CROSSING
from zhixing.driving.safety.sentences import SOMEBODY, WHO

_AHEAD: dict[str, Localized] = {
    "follow": Localized("要和{zh}保持距离", " to keep my distance from {en}", ", um Abstand zu {de} zu halten"),
    "queue": Localized("要跟在{zh}后面排队", " to wait behind {en}", ", um hinter {de} zu warten"),
    "way-round": Localized("要借道绕过{zh}", " to go round {en}", ", um an {de} vorbeizufahren"),
    "overtake": Localized("要超过{zh}", " to overtake {en}", ", um an {de} vorbeizuziehen"),
    "emergency": Localized("要避免撞上{zh}", " to avoid hitting {en}", ", um nicht mit {de} zusammenzustoßen"),
}
_CHECK: dict[str, Localized] = {
    "safety-longitudinal": Localized(
        "离前面的{zh}太近，安全系统介入", ": the safety check kept us clear of {en} ahead",
        ": die Sicherheitsprüfung hat Abstand zu {de} vorn gehalten",
    ),
    "safety-lateral": Localized(
        "和旁边的{zh}靠得太近，安全系统介入", ": the safety check kept us clear of {en} beside us",
        ": die Sicherheitsprüfung hat Abstand zu {de} neben uns gehalten",
    ),
    "safety-ttc": Localized(
        "可能会撞上{zh}，安全系统介入", ": the safety check saw that we could hit {en}",
        ": die Sicherheitsprüfung sah einen Zusammenstoß mit {de} kommen",
    ),
}  # fmt: skip
_NOBODY: dict[str, Localized] = {
    "free-road": Localized(
        "前面没有人挡着，只是调整一下车速", ": nobody was in the way, I only adjusted the speed",
        ": niemand war im Weg, ich habe nur das Tempo angepasst",
    ),
    "curve": Localized("前面是弯道", " for the curve", ", weil eine Kurve kommt"),
    "red-light": Localized("前面是红灯", " for the red light", ": rote Ampel"),
    "yellow-light": Localized("前面的灯变黄了", " for the yellow light", ": gelbe Ampel"),
    "hidden": Localized(
        "视线被挡住了，怕有人突然冲出来", " because somebody could have stepped out from behind what stands there",
        ", weil jemand hinter dem, was da steht, hätte hervorkommen können",
    ),
    "goal": Localized("快到目的地了", " because we are arriving", ", weil wir gleich am Ziel sind"),
    "lane-ends": Localized(
        "前面车道到头了，要等着并过去", " to merge, as the lane ends", ", um mich einzufädeln, weil die Spur endet"
    ),
    "no-route": Localized(
        "地图上没有能走的路线", ": the map has no way there", ", weil die Karte dort keine Route hat"
    ),
    "pull-over": Localized(
        "你让我靠边停车", " because you asked me to pull over", ", weil ich rechts ranfahren sollte"
    ),
    "speed-wish": Localized(
        "你让我别开太快", " because you asked for less speed", ", weil ich langsamer fahren sollte"
    ),
    "safety-off-road": Localized(
        "再往前会开出路面，安全系统介入", ": the safety check kept us on the road",
        ": die Sicherheitsprüfung hat uns auf der Straße gehalten",
    ),
    "safety-kinematics": Localized(
        "原来的打算车做不到，安全系统介入", ": the safety check saw that the car could not drive what was planned",
        ": die Sicherheitsprüfung sah, dass das Auto so nicht fahren kann",
    ),
    "safety-no-plan": Localized(
        "没有算出怎么走，安全系统让车停下", ": there was no plan, so the safety check stopped the car",
        ": es gab keinen Fahrplan, da hat die Sicherheitsprüfung gehalten",
    ),
    "planner-failed": Localized(
        "没有算出怎么走，为了安全先停", ": there was no plan, so I stopped for safety",
        ": es gab keinen Fahrplan, da habe ich sicher gehalten",
    ),
}  # fmt: skip


def cause_of(decision: Decision, road_user: int | None) -> Cause:
    """Return a decision with the words that tell it beside a deed; of a rule not known here, its own sentence.

    Args:
        decision: Of a planner or of the check.
        road_user: :class:`RoadUser` that it is about; None for nobody, or where that one is not to be seen.

    Example:
        >>> from zhixing.datatypes.tracks import RoadUser
        >>> from zhixing.driving.explain import explain
        >>> cause_of(explain("yield", RoadUser.EBIKE, 17), RoadUser.EBIKE).because.en
        ' to give way to a crossing e-bike'
    """
    return Cause(decision=decision, because=_because(decision, road_user))


def _because(decision: Decision, road_user: int | None) -> Localized:
    rule = decision.rule
    if rule in _NOBODY:
        return _NOBODY[rule]
    if rule in _CHECK:
        return _filled(_CHECK[rule], SOMEBODY if road_user is None else WHO.get(road_user, SOMEBODY))
    if road_user is not None and rule in _AHEAD:
        return _filled(_AHEAD[rule], AHEAD[road_user])
    if road_user is not None and rule == "right-of-way":
        who = WHO[road_user]
        return Localized(
            f"按规矩要让{who.zh}先走", f" to give {who.en} right of way", f", um {who.de} die Vorfahrt zu lassen"
        )
    if road_user is not None and rule == "beside":
        who = BESIDE[road_user]
        return Localized(f"要和{who.zh}保持距离", f" to keep clear of {who.en}", f", um Abstand zu {who.de} zu halten")
    if road_user is not None and rule == "yield":
        who = CROSSING[road_user]
        return Localized(f"为{who.zh}让行", f" to give way to {who.en}", f", um {who.de} durchzulassen")
    say = decision.say
    return Localized(f"{say.zh.rstrip('。')}", f". The reason: “{say.en}”", f". Der Grund: „{say.de}“")


def _filled(template: Localized, who: Localized) -> Localized:
    return Localized(template.zh.format(zh=who.zh), template.en.format(en=who.en), template.de.format(de=who.de))
