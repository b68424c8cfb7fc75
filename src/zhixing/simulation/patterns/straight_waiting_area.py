"""Cars that go straight on wait within the junction while the cross street turns left (直行待行区)."""

from __future__ import annotations

from zhixing.datatypes.localized import Localized
from zhixing.simulation.city_crossroads import Layout, left_group
from zhixing.simulation.patterns.pattern import Parameter, Pattern
from zhixing.simulation.patterns.sites import NORTH
from zhixing.simulation.patterns.waiting_in import WaitingArea

_AREA = WaitingArea(
    name="straight-waiting-area",
    turn="straight",
    layout=Layout(straight_waits=True),
    lane=1,
    opens_with=left_group(0, NORTH),
    lasts_s=30.0,
)

PATTERN = Pattern(
    name="straight-waiting-area",
    title=Localized("直行待行区", "Straight-on waiting area", "Wartefläche für Geradeausfahrer"),
    sentence=Localized(
        "横向左转放行时，直行车辆驶入待行区，等直行绿灯。",
        "While the cross street turns left, cars that go straight on wait within the junction for their green.",
        "Während der Querverkehr links abbiegt, warten Geradeausfahrer in der Kreuzung auf ihr Grün.",
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
