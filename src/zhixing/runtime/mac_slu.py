"""MAC-SLU: real Mandarin sentences from cars, and how many of them the assistant understands without a network.

A sentence is in scope where every one of its frames asks for something that this car has. It is understood where the
assistant finds the same wishes: thing, act, places and value. A sentence of which this car has nothing is refused
rightly where no wish for a thing of the car comes out of it.

Source:
    Peng et al. (2025), "MAC-SLU: A Benchmark for Multi-Intent Spoken Language Understanding in Automotive Cabins",
    arXiv 2512.01603.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhixing.cockpit.understand.meaning import understand
from zhixing.datatypes.dialogue import Intent
from zhixing.errors import InputError

_SEAT_FUNCTIONS = {"加热": "seat_heating", "通风": "seat_ventilation", "按摩": "massage"}
_THINGS = {
    "车窗": "window", "窗户": "window", "窗": "window", "窗子": "window", "天窗": "sunroof", "遮阳帘": "blind",
    "窗帘": "blind", "后备箱": "trunk", "尾门": "trunk", "行李箱": "trunk", "车内灯": "dome",
    "雨刮": "wiper", "阅读灯": "reading_light",
    "氛围灯": "ambient", "车内氛围灯": "ambient", "室内顶灯": "dome", "大灯": "low_beam", "车灯": "low_beam",
    "雾灯": "fog_light", "示廓灯": "position_light", "示宽灯": "position_light", "远光灯": "high_beam",
    "空调": "ac", "音乐": "media", "歌": "media", "歌声": "media",
}  # fmt: skip
_CONTENTS = {
    "温度": "temperature", "风量": "fan", "风速": "fan", "风力": "fan", "风": "fan", "风力等级": "fan",
    "风向": "air_distribution", "音量": "volume", "声音": "volume", "声": "volume", "声响": "volume",
}  # fmt: skip
_MODES = {"内循环": "recirculation", "外循环": "fresh_air", "AC": "ac", "制冷": "ac"}
_FUNCTIONS = {
    "除霜": "defroster", "除雾": "defroster", "窗除雾": "defroster", "儿童锁": "child_lock",
    "闭锁": "lock", "门锁": "lock",
}  # fmt: skip
_TOPICS = {"查询剩余电量": "battery", "查询续航里程": "range"}
_ON = frozenset(("打开", "开", "开启", "启动", "开下", "开开", "使用", "激活", "播放", "放", "降下", "拉开"))
_OFF = frozenset(("关闭", "关上", "关掉", "关了", "关", "停掉", "停止", "关闭一下", "给关闭", "合上", "停止播放"))
_PLACES = {
    "主驾": ("driver",), "驾驶员": ("driver",), "主驾驶座": ("driver",), "副驾": ("passenger",),
    "副驾座": ("passenger",), "副驾座位": ("passenger",), "前排": ("front",), "前面": ("front",), "前": ("front",),
    "后排": ("rear",), "后": ("rear",), "第二排": ("rear",), "全车": ("all",), "所有": ("all",), "全部": ("all",),
    "整车": ("all",), "四门": ("all",), "all": ("all",), "左后": ("rear_left",), "右后": ("rear_right",),
    "右前": ("front_right",), "左前": ("front_left",), "主副驾": ("driver", "passenger"),
    "主驾和副驾": ("driver", "passenger"), "右边": ("right",), "左边": ("left",), "车内": (), "内": (),
}  # fmt: skip
_WITHOUT_PLACE = frozenset(("ac", "volume", "media", "recirculation", "fresh_air", "dome", "low_beam", "child_lock"))
_BLOWN = {"脸": "middle", "人": "middle", "脚": "down", "窗": "up", "玻璃": "up"}
_COLOURS = {"红": "red", "绿": "green", "蓝": "blue", "白": "white", "黄": "yellow", "紫": "purple", "橙": "orange"}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}

Key = tuple[str, str, tuple[str, ...], str]
"""Thing, act, places, value: what has to be the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SluReport:
    """Counts of sentences.

    Attributes:
        single: (understood, all) in-scope sentences with one frame.
        multi: (understood, all) in-scope sentences with several frames.
        out_of_scope: (rightly left alone, all) sentences of which this car has nothing.
        confusion: (wanted, found) to how often, for in-scope sentences that were not understood, by things and acts.
        failed: Sentence, wanted and found of what was not understood or not left alone.
    """

    single: tuple[int, int]
    multi: tuple[int, int]
    out_of_scope: tuple[int, int]
    confusion: Mapping[tuple[str, str], int]
    failed: tuple[tuple[str, str, str], ...]

    def rows(self) -> list[tuple[str, str, str]]:
        """Return the lines of a table: which part, how many of how many, share."""
        parts = {
            "in scope, one wish": self.single,
            "in scope, several wishes": self.multi,
            "in scope": (self.single[0] + self.multi[0], self.single[1] + self.multi[1]),
            "out of scope, nothing done": self.out_of_scope,
        }
        return [
            (name, f"{ok}/{total}", f"{100 * ok / total:.1f} %" if total else "") for name, (ok, total) in parts.items()
        ]


def run_mac_slu(file: Path, understander: Callable[[str], tuple[Intent, ...]] | None = None) -> SluReport:
    """Judge the assistant on the sentences of a file.

    Args:
        file: JSON lines with ``query`` and ``semantics``, as the data set has them.
        understander: From words to intents; the assistant's own where not given.

    Raises:
        InputError: The file cannot be read, or a line is not of the data set.
    """
    understander = understander or (lambda text: understand(text, "zh").intents)
    counts: dict[str, list[int]] = {"single": [0, 0], "multi": [0, 0], "out": [0, 0]}
    confusion: Counter[tuple[str, str]] = Counter()
    failed = []
    for query, frames in _read(file):
        found = tuple(sorted({key for intent in understander(query) for key in _found(intent)}))
        wanted_keys = [_wanted(frame) for frame in frames]
        if (any(wanted_keys) and not all(wanted_keys)) or any(_asks_for_music_by_name(frame) for frame in frames):
            continue  # half of it is another car's; music by name this car can start, but not choose
        wanted = tuple(sorted({key for keys in wanted_keys if keys for key in keys}))
        if not wanted:
            part, is_right = "out", not found
        else:
            part, is_right = "multi" if len(frames) > 1 else "single", found == wanted
        counts[part][0] += is_right
        counts[part][1] += 1
        if not is_right:
            failed.append((query, _shown(wanted), _shown(found)))
            if part != "out":
                confusion.update(_confused(wanted, found))
    return SluReport(
        single=(counts["single"][0], counts["single"][1]),
        multi=(counts["multi"][0], counts["multi"][1]),
        out_of_scope=(counts["out"][0], counts["out"][1]),
        confusion=dict(confusion.most_common()),
        failed=tuple(failed),
    )


def _read(file: Path) -> list[tuple[str, list[Mapping[str, Any]]]]:
    try:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        return [(str(row["query"]), list(row["semantics"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"cannot read {file}: {error}", hint="Give queries.jsonl of MAC-SLU.") from error


def _wanted(frame: Mapping[str, Any]) -> tuple[Key, ...]:
    """Return what a frame asks of this car; empty where the car has no such thing."""
    slots = {str(name): str(value) for name, value in frame["slots"].items()}
    if slots.get("功能") in _TOPICS:
        return ((_TOPICS[slots["功能"]], "query", (), ""),)
    device = _device(frame, slots)
    places = _PLACES.get(slots.get("位置", "车内").removesuffix("的"))
    if (
        not device
        or places is None
        or slots.keys() & {"页面", "车机模块", "身体位置", "功能", "子功能", "歌曲名", "歌手名"}
    ):
        return ()
    if device == "ac" and "value" in slots:  # a level of the air conditioning is one of its fan
        device = "fan"
    act, value = _act_and_value(device, slots)
    if not act:
        return ()
    return tuple((device, act, tuple(sorted(places)) if device not in _WITHOUT_PLACE else (), one) for one in value)


def _asks_for_music_by_name(frame: Mapping[str, Any]) -> bool:
    return frame["domain"] in ("音乐", "收音机") and bool(frame["slots"].keys() - {"操作", "对象", "位置"})


def _device(frame: Mapping[str, Any], slots: Mapping[str, str]) -> str:
    thing, function, content = slots.get("对象", ""), slots.get("对象功能", ""), slots.get("调节内容", "")
    mode = slots.get("模式", "")
    if frame["domain"] not in ("车载控制", "音乐") or (
        frame["domain"] == "音乐" and slots.keys() - {"操作", "对象", "位置"}
    ):
        return ""
    if mode in _MODES and thing in ("", "空调"):
        return _MODES[mode]
    if mode == "静音" and not thing:
        return "volume"
    if mode and mode not in ("自动", "自动模式", "智能自动"):
        return ""
    if thing in ("座椅", "座位", "坐垫"):
        return _SEAT_FUNCTIONS.get(function, "")
    if function == "加热" and thing in ("方向盘", "后视镜", "反光镜"):
        return "wheel_heating" if thing == "方向盘" else "mirror_heating"
    if function == "除霜" and thing == "后视镜":
        return "mirror_heating"
    if function == "折叠" and thing == "后视镜":
        return "mirror"
    if function == "挡风加热":
        return "defroster" if slots.get("位置") == "前" else ""
    if function in _FUNCTIONS and thing in ("", "空调", "门锁"):
        return _FUNCTIONS[function]
    if "充电口盖" in thing:
        return "flap"
    if thing in ("屏幕", "中控屏幕") and content == "亮度":
        return "screen_brightness"
    if function or mode:
        return ""
    if thing in ("", "空调") and content in _CONTENTS:
        return _CONTENTS[content]
    if thing in ("氛围灯", "车内氛围灯") and content == "亮度":
        return "ambient_brightness"
    return _THINGS.get(thing, "") if content in ("", "颜色", "幅度", "间隔") else ""


def _act_and_value(device: str, slots: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    said, act = slots.get("value", ""), slots.get("操作", "")
    mode = slots.get("模式", "")
    if mode == "静音":
        return "mute", ("",)
    if said:
        if device == "air_distribution":
            return "set", tuple(dict.fromkeys(to for part, to in _BLOWN.items() if part in said))
        if device == "ambient":
            return "set", tuple(colour for part, colour in _COLOURS.items() if part in said)
        if said == "max":
            return ("off" if act in _OFF else "on"), ("",)
        if any(word in said for word in ("最大", "最高", "最强", "最亮", "最多")):
            return "set", ("max",)
        if any(word in said for word in ("最小", "最低", "最弱", "最暗")):
            return "set", ("min",)
        number = _number(said.replace("一点", "").replace("一些", "").replace("一下", ""))
        is_too = "太" in said
        is_up = said == "+" or any(c in said for c in "高大强亮快")
        is_down = said == "-" or any(c in said for c in "低小弱暗慢轻") or said == "大声"
        is_up = is_up and not is_down
        if number is not None:
            return ("up" if is_up else "down" if is_down else "set"), (f"{number:g}",)
        if said in ("中", "中挡"):
            return "set", ("medium",)
        if is_up or is_down:
            return ("up" if is_up != is_too else "down"), ("",)
        return ("off", ("",)) if "全关" in said else ("", ())
    if act in _OFF:
        return "off", ("",)
    if act in ("解锁",):
        return "unlock", ("",)
    return ("on", ("",)) if act in _ON else ("", ())


def _number(text: str) -> float | None:
    text = text.replace("百分之", "").replace("点五", ".5")
    digits = "".join(c for c in text if c.isascii() and (c.isdigit() or c == "."))
    if any(c.isascii() and c.isdigit() for c in text) and not any(c in _DIGITS or c == "十" for c in text):
        return float(digits)
    value, has_digit = 0, False
    for c in text:
        if c == "十":
            value, has_digit = (value or 1) * 10, True
        elif c in _DIGITS:
            value, has_digit = value + _DIGITS[c], True
    return value + (0.5 if digits == ".5" else 0.0) if has_digit else None


_ACTS = {
    "open": "on", "play": "on", "engage": "on", "lock": "on", "fold": "on", "close": "off", "stop": "off", "up": "up",
    "more": "up", "down": "down", "less": "down", "set": "set", "mute": "mute", "unlock": "unlock", "query": "query",
}  # fmt: skip


def _found(intent: Intent) -> tuple[Key, ...]:
    """Return what the assistant would do, in the same terms; empty for what is no wish for a thing of the car."""
    slots = dict(intent.slots)
    if intent.name in ("absent", "vague", "keep", "bare") or (intent.name == "query" and not slots.get("topic")):
        return ()
    device = str(slots.get("topic", "")) if intent.name == "query" else intent.device
    if not device or device in ("car", "seat", "wheel", "heating", "ventilation", "light", "video"):
        return ()
    act = _ACTS.get(intent.name, intent.name)
    if device == "window" and intent.name in ("up", "down"):
        act = "off" if intent.name == "up" else "on"
    value = "" if intent.value is None else f"{float(intent.value):g}"
    for name in ("direction", "colour"):
        value = str(slots.get(name, value))
    if slots.get("amount") in ("max", "min", "medium"):
        value = str(slots["amount"])
    if value and act in ("on", "set"):
        act = "set"
    elif act in ("on", "off") and slots.get("more"):
        act = "up" if act == "on" else "down"
    places = ("all",) if slots.get("all") else tuple(sorted(intent.places))
    return ((device, act, () if device in _WITHOUT_PLACE else places, value),)


def _shown(keys: tuple[Key, ...]) -> str:
    return " + ".join(
        " ".join(filter(None, (device, act, ",".join(places), value))) for device, act, places, value in keys
    )


def _confused(wanted: tuple[Key, ...], found: tuple[Key, ...]) -> list[tuple[str, str]]:
    missing = [f"{key[0]} {key[1]}" for key in wanted if key not in found]
    wrong = [f"{key[0]} {key[1]}" for key in found if key not in wanted]
    count = max(len(missing), len(wrong))
    missing += ["nothing"] * (count - len(missing))
    wrong += ["nothing"] * (count - len(wrong))
    return list(zip(missing, wrong, strict=True))
