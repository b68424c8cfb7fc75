"""In a slow queue somebody pushes in from the next lane (加塞)."""

from __future__ import annotations

from dataclasses import replace

from zhixing.datatypes.localized import Localized
from zhixing.simulation.patterns.casting import EGO_SPEED
from zhixing.simulation.patterns.cutting_in import CutIn
from zhixing.simulation.patterns.pattern import Parameter, Pattern

_CUT_IN = CutIn(
    name="queue-cut-in",
    limit_kmh=50.0,
    ego_x_m=60.0,
    begins_s=2.0,
    lasts_s=18.0,
    gap_tolerance_m=3.0,
    speed_tolerance_mps=6.0,
)


PATTERN = Pattern(
    name="queue-cut-in",
    title=Localized("缓行时被加塞", "Pushing into a queue", "Eindrängeln in die Schlange"),
    sentence=Localized(
        "低速排队时，旁边车道的车强行加塞到本车前面。",
        "In a slow queue a car from the next lane pushes in just ahead.",
        "In einer langsamen Schlange drängt sich jemand von der Nachbarspur knapp vor das eigene Fahrzeug.",
    ),
    parameters=(
        replace(EGO_SPEED, low=2.0, high=6.0, usual=4.0, source="ours: stop-and-go traffic"),
        Parameter(
            name="gap_m",
            low=1.5,
            high=8.0,
            usual=4.0,
            meaning=Localized("加塞时的车距", "Gap when it begins", "Abstand zu Beginn"),
            source="ours: from hardly a gap to about the standstill gap and a time gap of 1 s",
        ),
        Parameter(
            name="slower_mps",
            low=0.0,
            high=1.0,
            usual=0.3,
            meaning=Localized("加塞车比本车慢多少", "How much slower it is", "Wie viel langsamer es ist"),
            source="ours",
        ),
        Parameter(
            name="slide_mps",
            low=0.5,
            high=1.2,
            usual=0.8,
            meaning=Localized("横向速度", "Speed sideways", "Quertempo"),
            source="Toledo and Zohar 2007: a lane in 4.6 s in the mean, 0.7 m/s; faster ones included",
        ),
    ),
    stage=_CUT_IN.staging,
    find=_CUT_IN.query,
    finds={"car": "ego", "cutter": "cutter"},
)
