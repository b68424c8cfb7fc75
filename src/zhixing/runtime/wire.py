"""What a browser may say to the car: untrusted JSON becomes one of a few messages or an error.

The other direction is plain dictionaries made in ``runtime.car``, but for :func:`complaint`; both are documented in
``docs/reference/wire.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from zhixing.datatypes.localized import LANGS, Lang
from zhixing.datatypes.signal import SetRequest, Zone
from zhixing.errors import InputError, ZhixingError

MAX_TEXT_CHARACTERS = 500
MAX_ID_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class SetMessage:
    """A control was touched."""

    message_id: str
    request: SetRequest


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """A question of the car was answered by touch."""

    message_id: str
    kind: Literal["confirm", "deny"]
    token: str
    zone: Zone


@dataclass(frozen=True, slots=True)
class SayMessage:
    """Somebody typed a sentence."""

    message_id: str
    text: str
    lang: Lang | None
    zone: Zone


@dataclass(frozen=True, slots=True)
class RecallMessage:
    """A screen wants to see what the car remembers of its people."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ForgetMessage:
    """A remembered fact shall be deleted."""

    message_id: str
    number: int


Message = SetMessage | AnswerMessage | SayMessage | RecallMessage | ForgetMessage


def parse_message(message: object) -> Message:
    """Return the message that a JSON value means.

    Raises:
        InputError: It is none; the hint names the field.

    Example:
        >>> parse_message({"type": "say", "id": "1", "text": "有点冷", "lang": None, "zone": "driver"}).text
        '有点冷'
        >>> parse_message({"type": "reboot"})
        Traceback (most recent call last):
        zhixing.errors.InputError: message type 'reboot' is unknown
    """
    if not isinstance(message, Mapping):
        raise InputError("a message must be a JSON object", hint='Send {"type": "say", ...}.')
    kind = message.get("type")
    if kind not in ("set", "confirm", "deny", "say", "recall", "forget"):
        raise InputError(
            f"message type {_brief(kind)} is unknown", hint="Send set, confirm, deny, say, recall or forget."
        )
    message_id = _text(message, "id", MAX_ID_CHARACTERS, default="")
    try:
        zone = Zone(message.get("zone", "driver"))
    except ValueError as error:
        zones = ", ".join(z.value for z in Zone)
        raise InputError(f"zone {_brief(message.get('zone'))} is unknown", hint=f"Choose one of: {zones}.") from error
    if kind == "recall":
        return RecallMessage(message_id)
    if kind == "forget":
        number = message.get("number")
        if not isinstance(number, int) or isinstance(number, bool):
            raise InputError(f"number {_brief(number)} is none of a fact", hint="Send the number of a fact.")
        return ForgetMessage(message_id, number)
    if kind == "set":
        value = message.get("value")
        if not isinstance(value, bool | int | float | str):
            raise InputError(f"value {_brief(value)} cannot be a signal's", hint="Send a number, text, true or false.")
        path = _text(message, "path", 200)
        return SetMessage(message_id, SetRequest(path=path, value=value, zone=zone, source="touch"))
    if kind == "say":
        lang = message.get("lang")
        if lang is not None and lang not in LANGS:
            raise InputError(f"language {_brief(lang)} is not spoken", hint="Choose zh, en, de or null.")
        return SayMessage(message_id, _text(message, "text", MAX_TEXT_CHARACTERS), cast("Lang | None", lang), zone)
    answer: Literal["confirm", "deny"] = "confirm" if kind == "confirm" else "deny"
    return AnswerMessage(message_id, answer, _text(message, "token", 200), zone)


def complaint(error: ZhixingError, message_id: object = None) -> dict[str, Any]:
    """Return the wire's ``error`` message, naming the message that it answers where that is known."""
    answer = {"type": "error", "message": str(error), "hint": error.hint}
    return answer if message_id is None else answer | {"id": str(message_id)[:MAX_ID_CHARACTERS]}


def _text(message: Mapping[Any, Any], field: str, max_characters: int, default: str | None = None) -> str:
    text = message.get(field, default)
    if not isinstance(text, str):
        raise InputError(f"{field} is missing or not text: {_brief(text)}", hint=f"Send {field} as text.")
    if len(text) > max_characters:
        raise InputError(f"{field} has {len(text)} characters", hint=f"Send at most {max_characters}.")
    return text


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
