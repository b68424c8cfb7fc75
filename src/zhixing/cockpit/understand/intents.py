"""From one clause to intents: which thing, which act, how much."""

from __future__ import annotations

from dataclasses import replace

from zhixing.cockpit.understand.clauses import Clause, canonical_places
from zhixing.cockpit.understand.ellipsis import DEVICE_OF_ACT, is_question
from zhixing.datatypes.dialogue import Intent
from zhixing.datatypes.signal import Value

_MOST_UNKNOWN_THING_WORDS = 3
_TURNED_UP = frozenset(("media", "volume", "fan", "heating", "temperature"))
_FEELS = ("pain", "fog", "smell", "dark", "stuffy", "noisy", "glare", "tired", "cold", "hot")
_FELT = frozenset(("smell", "stuffy", "pain", "glare", "tired"))
_ENDS = {"open": "close", "play": "stop", "heat": "close", "cool": "close", "set": "close"}
_OPPOSITE = {"up": "down", "down": "up", "more": "less", "less": "more"}


def intents_of(clauses: list[Clause]) -> tuple[Intent, ...]:
    """Return the wishes, questions and remarks of clauses; a remark beside a wish is its reason and left out."""
    found: list[Intent] = []
    for clause in clauses:
        found.extend(_compile(clause))
    if any(intent.name not in ("vague", "fragment") for intent in found):
        found = [intent for intent in found if intent.name != "vague"]
    if any(intent.device for intent in found):
        found = [intent for intent in found if not (intent.name == "bare" and _is_remark_about(intent))]
    return tuple(found)


def _is_remark_about(intent: Intent) -> bool:
    """Return whether nothing but a topic was named: "it is raining" beside a wish is its reason."""
    return not (intent.device or intent.places) and intent.value is None and bool(intent.slots)


def _compile(clause: Clause) -> list[Intent]:
    felt = [name for name in _FEELS if f"feel:{name}" in clause.words]
    if "noun:hands" in clause.words and "cold" in felt:
        felt = ["cold"]  # stiff with cold
    feel = felt[0] if felt else ""
    if is_question(clause):
        return _query(clause)
    places = canonical_places(clause.places)
    if clause.absent and not clause.device:
        is_wish = clause.has_wish or clause.opens_with in ("polite", "absent", "talk") or clause.absent == "phone"
        if clause.absent == "home":
            is_wish = clause.has_wish and clause.opens_with in ("polite", "act")
        return [Intent(name="absent", device=clause.absent)] if is_wish else []
    is_felt_here = feel in _FELT or any(word.startswith("noun:") for word in clause.words) or clause.acts == ["away"]
    if feel and is_felt_here and clause.number is None and clause.opens_with not in ("act", "polite", "talk"):
        return _remark(clause, feel, places)
    is_scene = clause.opens_with == "device" and clause.acts in (["open"], ["close"]) and clause.number is None
    if feel and is_scene:  # "the window open, so cold": what is, and not what shall be
        return _remark(clause, feel, places)
    is_degrees = clause.unit == "degree" and not clause.acts
    if feel and not (clause.has_wish and (clause.device or (clause.number is not None and not is_degrees))):
        act = _act(clause)
        if feel in ("cold", "hot") and clause.unit == "degree" and clause.number is not None and not act:
            wished = "down" if feel == "cold" else "up"
            return [_wish(replace(clause, hint="temperature"), wished, places)]  # "再凉一度半"
        if act in ("open", "close") and clause.words & {"rel:again", "glue:pronoun"} and not clause.device:
            return [_wish(clause, act, places)]  # "too hot, switch it on again"
        if clause.acts and act in ("up", "down", "more", "less") and feel != "fog":
            return [_wish(replace(clause, hint=clause.hint or "temperature"), act, places)]
        if act == "set" and feel in ("cold", "hot") and "glue:pronoun" in clause.words:
            return [Intent(name="up" if feel == "hot" else "down", device="temperature", places=places)]
        return _remark(clause, feel, places)
    if not (clause.has_wish or clause.device or places):
        return [Intent(name="bare", slots=(("topic", topic),)) for topic in clause.topics[:1]]
    act = _act(clause)
    is_verb_alone = not _device(clause, act) and act in ("open", "close", "play") and not clause.has_value
    has_other_object = "glue:pronoun" not in clause.words and 0 < clause.num_unknown <= _MOST_UNKNOWN_THING_WORDS
    if is_verb_alone and has_other_object and not places:
        return [Intent(name="absent")]
    if "glue:negate" in clause.words and clause.direction == "middle" and not clause.acts:
        return [_wish(replace(clause, direction="down"), "set", places)]  # "not at my face"
    if "glue:negate" in clause.words and clause.device and not clause.has_wish:
        ended = _wish(clause, "close", places)
        return [replace(ended, slots=(*ended.slots, ("ended", True)))]
    if "glue:ended" in clause.words and act in _ENDS:
        ended = _wish(clause, _ENDS[act], places)
        return [replace(ended, slots=(*ended.slots, ("ended", True)))]
    if ("glue:negate" in clause.words and act) or ("glue:leave" in clause.words and not clause.has_value):
        return [Intent(name="keep", device=clause.device, places=places)]
    if clause.device == "seat" and act == "set" and feel in ("cold", "hot"):
        return [_wish(replace(clause, device="seat_heating" if feel == "hot" else "seat_ventilation"), "open", places)]
    if clause.device == "dome" and "quant:all" in clause.words:
        clause = replace(clause, device="light")
    if clause.device == "ac":
        return _air_conditioning(clause, act, places)
    return [_wish(clause, act, places)]


def _act(clause: Clause) -> str:
    acts = clause.acts
    if "shut" in acts:
        if "open" in acts:
            return "unlock"
        return "lock" if "away" in acts else "close"
    act = acts[-1] if acts else ""
    if act == "away":
        return "close"
    if "rel:more" in clause.words and clause.device in _TURNED_UP and act in ("open", "close"):
        return "more" if act == "open" else "less"
    if act == "open" and "polite:turn" in clause.words and clause.device in _TURNED_UP:
        return "more"
    if "too:act" in clause.words and act in _OPPOSITE:
        return _OPPOSITE[act]
    return act


def _device(clause: Clause, act: str) -> str:
    device = clause.device
    is_moved = act in ("forward", "backward")
    if device == "seat" and not is_moved and (clause.unit == "degree" or (clause.number or 0.0) >= 10.0):
        return "temperature"
    if (
        device in ("fan", "")
        and clause.direction
        and (device or clause.hint == "air_distribution" or act in ("", "set"))
    ):
        return "air_distribution"
    if device:
        return device
    if clause.hint and not (clause.hint == "air_distribution" and not clause.direction):
        return clause.hint
    if act in DEVICE_OF_ACT:
        return DEVICE_OF_ACT[act]
    if clause.unit == "degree":
        return "temperature"
    return "ambient" if clause.colour else ""


def _wish(clause: Clause, act: str, places: tuple[str, ...]) -> Intent:
    slots: dict[str, Value] = {}
    if clause.unit:
        slots["unit"] = clause.unit
    for name in ("amount", "colour", "direction"):
        if value := getattr(clause, name):
            slots[name] = value
    if clause.is_absolute:
        slots["absolute"] = True
    for word in (
        "rel:more",
        "rel:again",
        "rel:by",
        "rel:for",
        "quant:all",
        "quant:both",
        "quant:each",
        "quant:one",
        "glue:pronoun",
    ):
        if word in clause.words:
            slots[word.partition(":")[2]] = True
    if not clause.device and (clause.hint or clause.unit == "degree" or act == "stop"):
        slots["implied"] = True
    return Intent(
        name=act or ("set" if clause.has_value else "bare"),
        device=_device(clause, act),
        places=places,
        value=clause.number,
        slots=tuple(slots.items()),
    )


def _air_conditioning(clause: Clause, act: str, places: tuple[str, ...]) -> list[Intent]:
    """Tell the air conditioning itself from its temperature, its fan and its direction."""
    if "noun:warmth" in clause.words and act in ("open", "", "set") and not clause.has_value:
        return [_wish(replace(clause, device="temperature"), "up", places)]  # "the heating on"
    if clause.direction:
        return [_wish(replace(clause, device="air_distribution"), act, places)]
    switch = [Intent(name="open", device="ac")] if act == "open" else []
    if clause.number is not None:
        device = "fan" if clause.unit in ("level", "percent") else "temperature"
        return [
            *switch,
            _wish(
                replace(clause, device=device, acts=["set"] if act == "open" else clause.acts),
                act if act != "open" else "set",
                places,
            ),
        ]
    if act in ("up", "down"):
        return [_wish(replace(clause, device="temperature"), act, places)]
    if act in ("more", "less") or (act in ("open", "close") and "rel:more" in clause.words):
        step = {"open": "more", "close": "less"}.get(act, act)
        return [_wish(replace(clause, device="fan"), step, places)]
    if clause.amount in ("max", "min") and act in ("set", "open", ""):
        return [_wish(replace(clause, device="fan"), act, places)]
    if places and act not in ("open", "close") and places != ("own",):
        return [_wish(replace(clause, device="temperature"), act, places)]
    return [_wish(clause, act, ())]


def _query(clause: Clause) -> list[Intent]:
    if "ask:how" in clause.words and (clause.device or clause.hint):
        return [Intent(name="query", device=clause.device or clause.hint, slots=(("how", True),))]
    feel = next((name for name in ("cold", "hot") if f"feel:{name}" in clause.words), "")
    topic = next((t for t in clause.topics if t not in ("inside", "outside")), "")
    if topic == "battery" and "range" in clause.topics:
        topic = "range"  # "how far with the charge that is left"
    if not topic and clause.topics and clause.device in ("", "temperature"):
        topic = clause.topics[0]
    if not topic and not clause.device and (clause.unit == "degree" or feel):
        if clause.places and not feel:
            clause = replace(clause, device="temperature")
        else:
            topic = "inside"
    if clause.device == "ac" and clause.unit == "degree":
        clause = replace(clause, device="temperature")
    if clause.device == "lock" and not clause.acts:
        clause = replace(clause, acts=["lock"])
    if not topic and not clause.device and clause.acts[-1:] in (["lock"], ["unlock"]):
        return [Intent(name="query", device="lock", slots=(("act", clause.acts[-1]),))]
    if not topic and not clause.device:
        if clause.absent:
            return [Intent(name="query", device=clause.absent)]
        is_about_state = clause.acts and not clause.num_unknown and "ask:what" not in clause.words
        everywhere = (("all", True),) if "quant:all" in clause.words else ()
        asked = (("act", _act(clause)), ("whether", True), *everywhere)
        return [Intent(name="query", slots=asked)] if is_about_state else []
    slots: dict[str, Value] = {}
    if topic:
        slots["topic"] = topic
    if clause.acts:
        slots["act"] = _act(clause)
    if "ask:what" not in clause.words:
        slots["whether"] = True
    if "quant:all" in clause.words:
        slots["all"] = True
    return [
        Intent(
            name="query",
            device="" if topic else clause.device,
            places=canonical_places(clause.places),
            slots=tuple(slots.items()),
        )
    ]


def _remark(clause: Clause, feel: str, places: tuple[str, ...]) -> list[Intent]:
    nouns = sorted(word[5:] for word in clause.words if word.startswith("noun:"))
    about = nouns[0] if nouns else clause.device
    if "glue:negate" in clause.words or "talk:no" in clause.words:
        return []
    if feel in ("cold", "hot") and "outside" in clause.topics:
        return []
    if feel == "pain" and about not in ("back", "massage", "seat"):
        return []
    return [Intent(name="vague", places=places, slots=(("feel", feel), ("about", about)))]
