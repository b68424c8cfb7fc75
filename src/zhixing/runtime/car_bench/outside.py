"""What CAR-bench asks of other things than the car: weather, contacts, calendar, routes, the map.

Our car has no such tools. They are answered, in this order:

1. from the task's own recording, where the same call was recorded (``RECORDED``: everything may be);
2. from the benchmark's mock data or the task's context, where a look-up is enough (``LOOKED_UP``);
3. as heard, without any effect, where there is nothing to answer (``HEARD``);
4. else as unavailable: points of interest, charging times, arithmetic, and changes of the navigation that the
   recording does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from zhixing.runtime.car_bench.tasks import Task
from zhixing.runtime.car_bench.tools import Call
from zhixing.runtime.car_bench.untrusted import a_list, a_text, an_object, read_objects

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MockData:
    """The benchmark's mock data, as far as a look-up needs it.

    Attributes:
        weather: Location to the slots of the day.
        locations: Lower-case name to identifier.
        contacts: Identifier to contact.
        calendars: Identifier to calendar.
        routes: (start, destination) to routes.
    """

    weather: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    locations: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, Entry] = field(default_factory=dict)
    calendars: Mapping[str, Entry] = field(default_factory=dict)
    routes: Mapping[tuple[str, str], Sequence[Entry]] = field(default_factory=dict)

    def weather_at(self, location_id: str, hour: int) -> tuple[Entry, Entry | None] | None:
        """Return the weather of the hour and of the slot after it, None if nobody knows it."""
        slots = self.weather.get(location_id, ())
        for number, slot in enumerate(slots):
            if _hour(slot, "start_time") <= hour < _hour(slot, "end_time"):
                return slot, slots[number + 1] if number + 1 < len(slots) else None
        return None

    def condition(self, task: Task) -> str:
        """Return the weather where the car is, e.g. ``cloudy_and_rain``; empty if nobody knows it."""
        slots = self.weather_at(task.location_id, task.moment[3])
        return str(slots[0].get("condition", "")) if slots else ""


def read_mock_data(folder: Path) -> MockData:
    """Return the mock data of the benchmark's folder.

    Raises:
        InputError: A file cannot be read or is not what it should be.
    """
    map_files, people_files = (
        folder / "mock_data" / "navigation",
        folder / "mock_data" / "productivity_and_communication",
    )
    weather, locations, contacts, calendars = {}, {}, {}, {}
    routes: dict[tuple[str, str], list[Entry]] = {}
    for where, entry in read_objects(map_files / "weather.jsonl"):
        slots = a_list(entry.get("weather"), where)
        weather[a_text(entry.get("location_id"), where)] = [an_object(slot, where) for slot in slots]
    for where, entry in read_objects(map_files / "locations.jsonl"):
        locations[a_text(entry.get("name"), where).lower()] = a_text(entry.get("id"), where)
    for where, entry in read_objects(people_files / "contacts.jsonl"):
        an_object(entry.get("name"), where)
        contacts[a_text(entry.get("id"), where)] = entry
    for where, entry in read_objects(people_files / "calendars.jsonl"):
        an_object(entry.get("date"), where)
        calendars[a_text(entry.get("id"), where)] = entry
    for kind in ("location_location", "location_poi", "poi_location"):
        for where, entry in read_objects(map_files / f"routes_{kind}.jsonl"):
            ends = a_text(entry.get("start_id"), where), a_text(entry.get("destination_id"), where)
            routes.setdefault(ends, []).append(entry)
    return MockData(weather, locations, contacts, calendars, routes)


class Outside:
    """Everything but the car, for one task.

    Args:
        task: Whose recording and context is used.
        mock: The benchmark's own data.
    """

    def __init__(self, task: Task, mock: MockData) -> None:
        self._task = task
        self._mock = mock
        self._recorded: dict[str, list[Entry]] = {}
        for call, answer in zip(task.calls, task.recorded, strict=False):
            self._recorded.setdefault(_key(call), []).append(answer)
        self._has_navigated = False

    def answer(self, call: Call) -> Entry | None:
        """Return the result of a call, None if there is nobody to answer it."""
        if call.name.startswith(("set_new_navigation", "navigation_", "delete_current_navigation")):
            self._has_navigated = True
        recorded = self._recorded.get(_key(call))
        if recorded:
            answer = recorded.pop(0) if len(recorded) > 1 else recorded[0]
            result = answer.get("result")
            return result if isinstance(result, dict) and answer.get("status") == "SUCCESS" else None
        if call.name in HEARD:
            return HEARD[call.name]
        look_up = LOOKED_UP.get(call.name)
        if look_up is None or (call.name == "get_current_navigation_state" and self._has_navigated):
            return None
        return look_up(self._task, self._mock, call.arguments)


def _weather(task: Task, mock: MockData, given: Entry) -> Entry | None:
    hour = given.get("time_hour_24hformat")
    if (given.get("month"), given.get("day")) != task.moment[1:3] or not isinstance(hour, int):
        return None  # AUT-POL:024: the current day only
    slots = mock.weather_at(str(given.get("location_or_poi_id")), hour)
    return {"current_slot": slots[0], "next_slot": slots[1]} if slots else None


def _location_id(task: Task, mock: MockData, given: Entry) -> Entry | None:
    del task
    found = mock.locations.get(str(given.get("location")).lower())
    return {"id": found} if found else None


def _contact_ids(task: Task, mock: MockData, given: Entry) -> Entry | None:
    del task
    wanted = {part: str(given.get(f"contact_{part}") or "").lower() for part in ("first_name", "last_name")}
    matches = {}
    for contact_id, contact in mock.contacts.items():
        name = {part: str(contact["name"].get(part, "")).lower() for part in wanted}
        if all(not text or text == name[part] for part, text in wanted.items()):
            matches[contact_id] = f"{name['first_name']} {name['last_name']}"
    return {"matches": matches} if matches and any(wanted.values()) else None


def _contacts(task: Task, mock: MockData, given: Entry) -> Entry | None:
    del task
    asked = given.get("contact_ids")
    found = {i: mock.contacts[i] for i in asked if i in mock.contacts} if _is_texts(asked) else {}
    return found or None


def _calendar(task: Task, mock: MockData, given: Entry) -> Entry | None:
    if (given.get("month"), given.get("day")) != task.moment[1:3]:
        return None  # AUT-POL:023: the current day only
    calendar = mock.calendars.get(task.calendar_id)
    return {key: calendar[key] for key in ("date", "meetings") if key in calendar} if calendar else None


def _routes(task: Task, mock: MockData, given: Entry) -> Entry | None:
    del task
    routes = mock.routes.get((str(given.get("start_id")), str(given.get("destination_id"))))
    return {"routes": list(routes)} if routes else None


def _preferences(task: Task, mock: MockData, given: Entry) -> Entry | None:
    del mock
    known, asked = task.context.get("user_preferences", {}), given.get("preference_categories")
    if not isinstance(asked, dict):
        return None
    return {
        category: {topic: known[category].get(topic, []) for topic, is_asked in topics.items() if is_asked is True}
        for category, topics in asked.items()
        if isinstance(topics, dict) and isinstance(known.get(category), dict)
    }


def _from_context(*names: str) -> Callable[[Task, MockData, Entry], Entry | None]:
    return lambda task, _, __: {name: task.context[name] for name in names if name in task.context} or None


LOOKED_UP: Mapping[str, Callable[[Task, MockData, Entry], Entry | None]] = {
    "get_weather": _weather,
    "get_location_id_by_location_name": _location_id,
    "get_contact_id_by_contact_name": _contact_ids,
    "get_contact_information": _contacts,
    "get_entries_from_calendar": _calendar,
    "get_routes_from_start_to_destination": _routes,
    "get_user_preferences": _preferences,
    "get_car_color": _from_context("car_color"),
    "get_seats_occupancy": _from_context("seats_occupied"),
    "get_current_navigation_state": _from_context(
        "navigation_active", "waypoints_id", "routes_to_final_destination_id"
    ),
}
"""Tools that are answered from mock data or from the task's context."""

HEARD: Mapping[str, Entry] = {
    "think": {"noted": True},
    "planning_tool": {"noted": True},
    "call_phone_by_number": {"phone_number_called": True},
    "send_email": {"email_sent": True},
}
"""Tools that are heard without any effect, and what they say."""


def _key(call: Call) -> str:
    return json.dumps([call.name, call.arguments], sort_keys=True)


def _hour(slot: Entry, name: str) -> int:
    hour = str(slot.get(name, "")).partition(":")[0]
    return int(hour) if hour.isascii() and hour.isdigit() and len(hour) <= 2 else -1


def _is_texts(content: object) -> TypeGuard[list[str]]:
    return isinstance(content, list) and all(isinstance(part, str) for part in content)
