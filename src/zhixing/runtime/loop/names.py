"""What slices are called by people."""

from __future__ import annotations

from zhixing.datatypes.localized import Localized
from zhixing.datatypes.tracks import RoadUser

CLASS_NAMES = {
    RoadUser.CAR: Localized("小汽车", "car", "Pkw"),
    RoadUser.TRUCK: Localized("货车", "truck", "Lkw"),
    RoadUser.BUS: Localized("公交车", "bus", "Bus"),
    RoadUser.MOTORCYCLE: Localized("摩托车", "motorcycle", "Motorrad"),
    RoadUser.EBIKE: Localized("电动自行车", "e-bike", "E-Bike"),
    RoadUser.BICYCLE: Localized("自行车", "bicycle", "Fahrrad"),
    RoadUser.TRICYCLE: Localized("三轮车", "tricycle", "Dreirad"),
    RoadUser.PEDESTRIAN: Localized("行人", "pedestrian", "Fußgänger"),
    RoadUser.OBJECT: Localized("障碍物", "object", "Gegenstand"),
}
TIME_NAMES = {
    "time:day": Localized("白天", "day", "Tag"),
    "time:night": Localized("夜间", "night", "Nacht"),
    "time:unknown": Localized("时段不明", "time of day unknown", "Tageszeit unbekannt"),
}
