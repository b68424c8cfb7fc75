"""Somebody changes lanes closely ahead at speed."""

from __future__ import annotations

from dataclasses import replace

from zhixing.datatypes.localized import Localized
from zhixing.simulation.patterns.casting import EGO_SPEED
from zhixing.simulation.patterns.cutting_in import CutIn
from zhixing.simulation.patterns.pattern import Parameter, Pattern

_CUT_IN = CutIn(
    name="cut-in-at-speed",
    limit_kmh=80.0,
    ego_x_m=30.0,
    begins_s=1.0,
    lasts_s=12.0,
    gap_tolerance_m=5.0,
    speed_tolerance_mps=6.0,
)


PATTERN = Pattern(
    name="cut-in-at-speed",
    title=Localized("快速车流中近距离切入", "Cut-in at speed", "Knappes Einscheren"),
    sentence=Localized(
        "车流较快时，旁车近距离切入到本车前面。",
        "In fast traffic a car from the next lane cuts in closely ahead.",
        "Bei flüssigem Verkehr schert ein Auto knapp vor dem eigenen Fahrzeug ein.",
    ),
    parameters=(
        replace(EGO_SPEED, low=11.0, high=18.0, usual=14.0, source="ours: 40 to 65 km/h on urban arterials"),
        Parameter(
            name="gap_m",
            low=5.0,
            high=25.0,
            usual=12.0,
            meaning=Localized("切入时的车距", "Gap when it begins", "Abstand zu Beginn"),
            source="UN R157, annex 4, appendix 3: cut-ins within 60 m; the nearer half of them",
        ),
        Parameter(
            name="slower_mps",
            low=0.0,
            high=4.0,
            usual=1.5,
            meaning=Localized("切入车比本车慢多少", "How much slower it is", "Wie viel langsamer es ist"),
            source="ours",
        ),
        Parameter(
            name="slide_mps",
            low=0.7,
            high=1.8,
            usual=1.0,
            meaning=Localized("横向速度", "Speed sideways", "Quertempo"),
            source="UN R157, annex 4, appendix 3: lateral speeds up to 3 m/s; Toledo and Zohar 2007: 0.7 in the mean",
        ),
    ),
    stage=_CUT_IN.staging,
    find=_CUT_IN.query,
    finds={"car": "ego", "cutter": "cutter"},
)
