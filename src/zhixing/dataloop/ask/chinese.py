"""Ways of writing in Chinese that are put into one form before they are read."""

from __future__ import annotations

import re

from zhixing.dataloop.ask.rewriting import rewritten, rules

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
"""Digits and what they are worth."""
_DIGITS = "".join(DIGITS)
_HAN = f"{_DIGITS}十百"
_NUMBER = rf"(?:\d+(?:\.\d+)?|[{_HAN}]+)"
_NO_LENGTH = rf"(?![\d{_HAN}米秒分公千个辆名位台])"
_SPEED = "公里每小时|公里/小时|千米每小时|km/h|公里|米每秒|m/s|码|迈"
_VERBS = (
    "急刹车?|紧急制动|变道|起步|左转|右转|掉头|减速|加速|停车|超车|加塞|切入|碰撞|相撞|闯红灯"
    "|横穿|过马路|过街|并线|倒车"
)
_KINDS = "电动车|汽车|车辆|行人|自行车|两轮车|非机动车|货车|小汽车"
_HALVES = {"半米": "0.5米", "半秒": "0.5秒", "半分钟": "30秒", "半公里": "500米"}
_REWRITES = rules(
    # 1米5, 一米五
    (rf"(\d+)米(\d)(?:0|)?{_NO_LENGTH}", r"\1.\2米"),
    (rf"([{_DIGITS}])米([{_DIGITS}]){_NO_LENGTH}", r"\1点\2米"),
    # 30码到50码
    (rf"({_NUMBER})({_SPEED}|米|秒)(?:到|至|~|-)({_NUMBER})\2", r"\1到\3\2"),
    # 急刹前3秒; 急刹前三秒内
    (rf"(?<=[^\d{_HAN}])前({_NUMBER})(秒钟?|分钟)内?", r"之前\1\2内"),
    # 自车比前车快10公里以上; 电动车比汽车快; 比自车快的电动车
    (rf"比([^,，。;；比]{{1,8}}?)(?:还|更|要)?快(?:了|出)?({_NUMBER})", r"与\1速度差\2"),
    (r"比([^,，。;；比]{1,8}?)(?:还|更|要)?快", r"快于\1"),
    (r"比([^,，。;；比]{1,8}?)(?:还|更|要)?慢", r"慢于\1"),
    # 急刹前变道
    (rf"({_VERBS})前(?![车方面轮后侧{_HAN}\d])", r"\1之前"),
    # 从60km/h减速到20km/h以下
    (r"[从由]([^到至,，]{1,10}?)(减速|加速|提速|降速|降)[到至]", r"\1后\2"),
    # 在30和50公里之间
    (rf"(?:介于|在)?({_NUMBER})(?:{_SPEED}|米|秒)?[和与]({_NUMBER})({_SPEED}|米|秒)之间", r"\1到\2\3"),
    # 先停后走
    (r"停(?:了|下)?(?:下来)?[后又再](?:走|开)", "停下后起步"),
    # 汽车之间冲突
    (rf"(?<![和与跟、及])({_KINDS})之间", r"两辆\1"),
    (r"机非", "机动车与非机动车"),
    (r"有没有|被迫", ""),
    (r"俩(?:个|辆)?", "两个"),
    (r"仨(?:个|辆)?", "三个"),
    (r"绿灯(?:还)?没亮", "红灯"),
    (
        r"^(?:请|麻烦)?(?:你)?(?:帮我|给我|我想|我要|帮忙)?(?:看看|看一下|看|找一下|找找|找出|找|查一下|查|搜一下|搜)",
        "",
    ),
    # 先加塞再急刹; 既没减速也没避让
    (r"先(?=.{1,12}?[再后])", ""),
    (r"既(.{1,8}?)[又也]", r"\1且"),
    # 要么急刹要么变道
    (r"要么(.{1,12}?)[,，]?要么", r"\1或者"),
    # 除了公交车以外的车
    (r"除了?(.{1,8}?)(?:之外|以外|外)的?", r"非\1的"),
)
_COUNTED_ABOUT = re.compile(r"([一两二三四五六七八])([二三四五六七八九])(?=[个辆名位台])")
"""两三辆 is two or three: two at least."""


def in_one_form(text: str) -> str:
    """Return a sentence with its numbers and comparisons as the scanner reads them.

    Example:
        >>> in_one_form("电动车比汽车快，距离小于一米五")
        '电动车快于汽车，距离小于一点五米'
    """
    for said, form in _HALVES.items():
        text = re.sub(rf"(?<![\d{_HAN}]){said}", form, text)
    text = rewritten(text, _REWRITES)
    return _COUNTED_ABOUT.sub(lambda found: found[1] if _follows(found[1], found[2]) else found[0], text)


def _follows(one: str, other: str) -> bool:
    return 0 < DIGITS[other] - DIGITS[one] <= 2
