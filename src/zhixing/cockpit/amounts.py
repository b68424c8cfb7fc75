"""From words of amount to values: the numbers behind "a bit", "half", "level two" and "three degrees more"."""

from __future__ import annotations

from zhixing.cockpit.devices import Device
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import Value

CRACK_PERCENT = 15
_SHARES = {
    "half": 50,
    "quarter": 25,
    "three_quarters": 75,
    "full": 100,
    "max": 100,
    "min": 0,
    "medium": 50,
    "crack": CRACK_PERCENT,
    "little": CRACK_PERCENT,
}
_NUM_LEVELS = 3
_FEWEST_PERCENT = 5
_LEVEL_VALUES = (0, 33, 67, 100)
_UP = frozenset(("up", "more"))
_DOWN = frozenset(("down", "less"))


class NoSuchValueError(ValueError):
    """The thing cannot take this value; the message is not for people, ``low`` and ``high`` are."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__(f"not within {low} .. {high}")
        self.low = low
        self.high = high


class NothingSaidError(ValueError):
    """The words do not say how much, or what shall be done."""


def opening_percent(device: Device, intent: Intent, now: float) -> int:
    """Return how far a window or roof shall be open.

    Raises:
        NoSuchValueError: It cannot be that far open.
        NothingSaidError: Neither open nor close nor how far was said.
    """
    slots = dict(intent.slots)
    act, number, amount = intent.name, intent.value, slots.get("amount", "")
    if "again" in slots and (number is not None or amount):  # "close it again", but "close it a bit again"
        slots["more"] = True
    if act in ("up", "down"):
        act = "close" if (act == "up") == device.inverted else "open"
    elif act in ("more", "less"):
        slots["more"] = True
        act = "open" if act == "more" else "close"
    elif act == "unlock":
        act = "open"
    if act not in ("open", "close", "set") and number is None and not amount:
        raise NothingSaidError(act)
    sign = -1 if act == "close" else 1
    if isinstance(number, int | float) and number < _FEWEST_PERCENT and not slots.keys() & {"unit", "absolute", "by"}:
        number = None  # "two windows" counts them
    if isinstance(number, int | float):
        if slots.get("unit") in ("level", "degree"):
            raise NoSuchValueError(0, 100)
        is_step = (
            "by" in slots
            or "more" in slots
            or (intent.name in ("down", "up", "less", "close") and "absolute" not in slots)
        )
        wanted = now + sign * float(number) if is_step else float(number)
        if is_step:
            return round(min(100.0, max(0.0, wanted)))
        if not 0 <= wanted <= 100:
            raise NoSuchValueError(0, 100)
        return round(wanted)
    if amount in ("little", "crack", "much"):
        step = 40 if amount == "much" else CRACK_PERCENT
        if act == "close" or "more" in slots or (amount == "little" and now > 0):
            return round(min(100.0, max(0.0, now + sign * step)))
        return step
    if amount:
        share = _SHARES[str(amount)]
        return 0 if act == "close" and share == 100 else share
    if "more" in slots:
        return round(min(100.0, max(0.0, now + sign * CRACK_PERCENT)))
    if act == "set":
        raise NothingSaidError(act)
    return 0 if act == "close" else 100


def level_percent(device: Device, intent: Intent, now: float) -> int:
    """Return the value of a heating, a ventilation or a massage: three steps of 100, with the device's sign.

    Raises:
        NoSuchValueError: There is no such level.
        NothingSaidError: The words say neither a level nor on or off.
    """
    slots = dict(intent.slots)
    level = min(range(_NUM_LEVELS + 1), key=lambda step: abs(_LEVEL_VALUES[step] - max(0.0, device.sign * now)))
    number = intent.value
    if slots.get("unit") == "degree":
        raise NoSuchValueError(1, _NUM_LEVELS)
    if isinstance(number, int | float):
        if slots.get("unit") == "percent":
            if not 0 <= number <= 100:
                raise NoSuchValueError(0, 100)
            return device.sign * round(number)
        is_step = intent.name in _UP or intent.name in _DOWN or "again" in slots
        if "absolute" not in slots and is_step:
            level += -round(number) if intent.name in _DOWN else round(number)
            return device.sign * _LEVEL_VALUES[min(_NUM_LEVELS, max(0, level))]
        if number not in range(_NUM_LEVELS + 1):
            raise NoSuchValueError(1, _NUM_LEVELS)
        return device.sign * _LEVEL_VALUES[int(number)]
    match slots.get("amount"):
        case "full" if intent.name == "open" and "all" in slots:
            return round(now) if level else device.sign * _LEVEL_VALUES[2]
        case "max" | "full" if intent.name not in ("close",):
            return device.sign * 100
        case "min":
            return device.sign * _LEVEL_VALUES[1]
        case "medium" | "half":
            return device.sign * _LEVEL_VALUES[2]
        case _:
            pass
    if intent.name in ("close", "stop"):
        return 0 if level else round(now)
    if intent.name in _UP or (intent.name in ("open", "set", "bare") and "more" in slots):
        return device.sign * _LEVEL_VALUES[min(_NUM_LEVELS, level + 1)]
    if intent.name in _DOWN:
        return device.sign * _LEVEL_VALUES[max(0, level - 1)] if level else round(now)
    if intent.name in ("open", "bare", "play", "heat", "cool"):
        return round(now) if level else device.sign * _LEVEL_VALUES[2]
    raise NothingSaidError(intent.name)


def number_value(device: Device, intent: Intent, now: float) -> float:
    """Return a temperature, a volume, a fan speed or a position.

    Raises:
        NoSuchValueError: It is out of range, not in the device's grain, or of another unit.
        NothingSaidError: The words do not say how much.
    """
    slots = dict(intent.slots)
    act = {"forward": "down", "backward": "up"}.get(intent.name, intent.name)
    amount, unit, number = slots.get("amount"), str(slots.get("unit", "")), intent.value
    is_up, is_down = act in _UP, act in _DOWN
    if device.levels and (unit == "level" or (unit == "" and number is not None)):
        return _stepped(device, intent, now)
    if isinstance(number, int | float):
        if unit == "level":
            number = number * device.step
        elif unit and unit not in device.units:
            raise NoSuchValueError(device.low, device.high)
        if (is_up or is_down or "by" in slots) and "absolute" not in slots:
            return _checked(device, now - number if is_down else now + number)
        return _checked(device, float(number))
    if act == "mute" and device.off_value is not None:
        return device.off_value
    if amount in ("max", "full"):
        return device.low if is_down else device.high
    if amount == "min":
        return device.low
    if amount in ("half", "medium"):
        return _on_grain(device, (device.low + device.high) / 2)
    if act in ("close", "mute", "stop"):
        if device.off_value is None:
            raise NothingSaidError(act)
        return device.off_value
    if act in ("open", "bare", "play") and not (amount or "more" in slots):
        if device.off_value is None or act == "bare":
            raise NothingSaidError(act)
        return now if now > device.off_value else (30.0 if device.on_value is None else device.on_value)
    if not (is_up or is_down or "more" in slots):
        raise NothingSaidError(act)
    if device.levels:
        return _stepped(device, intent, now)
    step = device.much if amount == "much" else device.step
    return min(device.high, max(device.low, _on_grain(device, now - step if is_down else now + step)))


def _stepped(device: Device, intent: Intent, now: float) -> float:
    """Return a value on the device's ladder of levels."""
    levels = [float(level) for level in device.levels]
    number, slots = intent.value, dict(intent.slots)
    is_relative = (intent.name in _UP or intent.name in _DOWN or "by" in slots) and "absolute" not in slots
    if isinstance(number, int | float) and not is_relative:
        if slots.get("unit") != "level" and 10 <= number <= 100:
            return float(number)
        if number == 0 and device.off_value is not None:
            return device.off_value
        if number not in range(1, len(levels) + 1):
            raise NoSuchValueError(1, len(levels))
        return levels[int(number) - 1]
    count = round(number) if isinstance(number, int | float) else 2 if slots.get("amount") == "much" else 1
    nearest = min(range(len(levels)), key=lambda index: abs(levels[index] - now))
    if now < levels[0] / 2:
        nearest = -1
    index = nearest - count if intent.name in _DOWN else nearest + count
    return levels[min(len(levels) - 1, max(0, index))]


def _on_grain(device: Device, value: float) -> float:
    return round(value / device.grain) * device.grain if device.grain else float(round(value))


def _checked(device: Device, value: float) -> float:
    if not device.low <= value <= device.high or abs(_on_grain(device, value) - value) > 1e-6:
        raise NoSuchValueError(device.low, device.high)
    return value


def choice_value(device: Device, intent: Intent, now: Value) -> Value:
    """Return one of the named values of a device.

    Raises:
        NoSuchValueError: There is no such level.
        NothingSaidError: The words name none.
    """
    slots = dict(intent.slots)
    name = str(slots.get("direction", ""))
    if name in device.choices:
        return device.choices[name]
    if device.levels and isinstance(intent.value, int | float):
        if intent.value not in range(1, len(device.levels) + 1):
            raise NoSuchValueError(1, len(device.levels))
        return device.levels[int(intent.value) - 1]
    if device.ladder and (
        intent.name in _UP or intent.name in _DOWN or "more" in slots or slots.get("amount") == "max"
    ):
        if slots.get("amount") == "max":
            return device.ladder[-1]
        index = device.ladder.index(str(now)) if now in device.ladder else 0
        index += -1 if intent.name in _DOWN else 1
        return device.ladder[min(len(device.ladder) - 1, max(1, index))]
    if intent.name in ("open", "bare") and "on" in device.choices:
        return now if now not in ("OFF", device.choices.get("off")) else device.choices["on"]
    if intent.name in ("close", "stop") and "off" in device.choices:
        return device.choices["off"]
    raise NothingSaidError(intent.name)
