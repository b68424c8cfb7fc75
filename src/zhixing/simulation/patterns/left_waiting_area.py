"""Cars that turn left wait within the junction until their own light lets them go (左转待转区)."""

from __future__ import annotations

from zhixing.datatypes.localized import Localized
from zhixing.simulation.city_crossroads import Layout, straight_group
from zhixing.simulation.patterns.pattern import Parameter, Pattern
from zhixing.simulation.patterns.sites import WEST
from zhixing.simulation.patterns.waiting_in import WaitingArea

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
    title=Localized("左转待转区", "Left-turn waiting area", "Wartefläche für Linksabbieger"),
    sentence=Localized(
        "直行绿灯亮起后，左转车辆驶入待转区，等左转灯亮再走。",
        "While straight traffic has green, cars that turn left drive into the junction and wait for their arrow.",
        "Während der Geradeausverkehr Grün hat, warten Linksabbieger in der Kreuzung auf ihren Pfeil.",
    ),
    parameters=(
        Parameter(
            name="waits_mps",
            low=4.0,
            high=9.0,
            usual=6.0,
            meaning=Localized("驶近速度", "Speed of approach", "Tempo bei der Annäherung"),
            source="ours",
        ),
        Parameter(
            name="away_m",
            low=20.0,
            high=60.0,
            usual=35.0,
            meaning=Localized("起始时距停止线", "How far from the line it begins", "Wie weit vor der Linie es beginnt"),
            source="ours",
        ),
        Parameter(
            name="opens_s",
            low=1.0,
            high=5.0,
            usual=2.0,
            meaning=Localized("待行信号亮起的时刻", "When the area opens", "Wann die Fläche frei wird"),
            source="ours",
        ),
    ),
    stage=_AREA.staging,
    find=_AREA.query,
    finds={"waits": "waits"},
)
