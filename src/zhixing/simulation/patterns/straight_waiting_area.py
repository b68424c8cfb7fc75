"""Cars that go straight on wait within the junction while the cross street turns left (直行待行区)."""

from __future__ import annotations

from zhixing.datatypes.localized import Localized
from zhixing.simulation.city_crossroads import Layout, left_group
from zhixing.simulation.patterns.pattern import Pattern
from zhixing.simulation.patterns.sites import NORTH
from zhixing.simulation.patterns.waiting_in import PARAMETERS, WaitingArea

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
    title=Localized("直行待行区", "Straight-on waiting area", "Aufstellfläche für Geradeausfahrer"),
    sentence=Localized(
        "横向左转放行时，直行车辆驶入待行区，等直行绿灯。",
        "While the cross street turns left, cars that go straight on wait within the junction for their green.",
        "Während der Querverkehr links abbiegt, fahren Geradeausfahrer in die Kreuzung vor und warten.",
    ),
    parameters=PARAMETERS,
    stage=_AREA.staging,
    find=_AREA.query,
    finds={"waits": "waits"},
)
