"""Cars that turn left wait within the junction until their own light lets them go (左转待转区)."""

from __future__ import annotations

from zhixing.datatypes.localized import Localized
from zhixing.simulation.city_crossroads import Layout, straight_group
from zhixing.simulation.patterns.pattern import Pattern
from zhixing.simulation.patterns.sites import WEST
from zhixing.simulation.patterns.waiting_in import PARAMETERS, WaitingArea

_AREA = WaitingArea(
    name="left-waiting-area",
    turn="left",
    layout=Layout(left_waits=True),
    lane=0,
    opens_with=straight_group(0, WEST),
    lasts_s=42.0,
)

PATTERN = Pattern(
    name="left-waiting-area",
    title=Localized("左转待转区", "Left-turn waiting area", "Aufstellfläche für Linksabbieger"),
    sentence=Localized(
        "直行绿灯亮起后，左转车辆驶入待转区，等左转灯亮再走。",
        "While straight traffic has green, cars that turn left drive into the junction and wait for their arrow.",
        "Während der Geradeausverkehr Grün hat, fahren Linksabbieger in die Kreuzung vor und warten.",
    ),
    parameters=PARAMETERS,
    stage=_AREA.staging,
    find=_AREA.query,
    finds={"waits": "waits"},
)
