"""From spans to clauses: one clause holds the words of one wish, question or remark."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.understand.tagging import Span
from zhixing.datatypes.localized import Lang

_HARD_MARKS = frozenset(".;!?。；！？…")
_ROWS = frozenset(("front", "rear"))
_SIDES = frozenset(("left", "right", "middle"))
_SEAT_FUNCTIONS = frozenset(("massage", "ventilation", "heating", "seat_ventilation"))
_NO_SEATS = frozenset(("wheel", "sunroof", "trunk", "hood", "gear", "media", "reading_light"))
_LOOSE = frozenset(("make", "put"))
"""Words that set without saying whether a number is a goal: "make it two degrees warmer"."""
_OF_MEDIA = frozenset(("next", "previous"))
_WEAK_ACTS = frozenset(("set",))
_AMBIGUOUS_QUESTIONS = frozenset(("en", "de"))


@dataclass(slots=True)
class Clause:
    """The words of one wish, sorted.

    Attributes:
        acts: What shall be done, in order; mostly one.
        device: The thing, or empty.
        places: Where, as said.
        number: A number, with ``unit`` if one was said.
        is_absolute: The words say that the number is a goal and not a difference.
        words: Set of ``class:name`` for everything else that was said.
        num_unknown: Unknown words.
        num_known: Words that mean something.
        joins: Whether "and" or a comma stands between this clause and the one before.
        corrects: Whether this clause replaces the one before.
    """

    acts: list[str] = field(default_factory=list)
    device: str = ""
    places: list[str] = field(default_factory=list)
    number: float | None = None
    unit: str = ""
    is_absolute: bool = False
    amount: str = ""
    colour: str = ""
    direction: str = ""
    hint: str = ""
    absent: str = ""
    topics: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    num_unknown: float = 0.0
    num_known: int = 0
    joins: bool = False
    corrects: bool = False
    opens_with: str = ""

    @property
    def has_value(self) -> bool:
        """Whether the words say how much."""
        return self.number is not None or bool(self.amount or self.colour or self.direction)

    @property
    def has_wish(self) -> bool:
        """Whether the words say what shall be done."""
        return bool(self.acts) or self.has_value

    @property
    def is_complete(self) -> bool:
        """Whether a thing and what shall be done with it are there."""
        return bool(self.device or self.hint or self.absent or self.unit == "degree") and self.has_wish

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said that a wish, a question or a remark can be made of."""
        return not (
            self.has_wish
            or self.device
            or self.absent
            or self.places
            or self.topics
            or any(
                word.startswith(
                    ("feel:", "talk:", "noun:", "ask:", "quant:", "rel:more", "rel:again", "glue:pronoun", "glue:leave")
                )
                for word in self.words
            )
        )


def split(spans: list[Span], lang: Lang) -> list[Clause]:
    """Return the clauses of a sentence, in order; one of strange words only is there too."""
    builder = _Builder(lang)
    following: list[Span | None] = [None] * len(spans)
    things: list[Span | None] = [None] * len(spans)
    for index in range(len(spans) - 1, 0, -1):
        span = spans[index]
        following[index - 1] = following[index] if span.has("glue") else span
        is_passed = any(span.has(klass) for klass in ("glue", "quant", "place")) and not span.has("device")
        things[index - 1] = things[index] if is_passed else span
    for index, span in enumerate(spans):
        builder.take(span, _Around(spans[index - 1] if index else None, following[index], things[index]))
    return builder.finish()


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a span: the one before, the next that is no glue, the next that says no "where" either."""

    before: Span | None
    following: Span | None
    thing: Span | None

    def leads_to(self, *klasses: str) -> bool:
        """Return whether the next thing is of one of these classes."""
        return self.thing is not None and any(self.thing.has(klass) for klass in klasses)


class _Builder:
    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._pairs = load_devices().pairs
        self._clause = Clause()
        self._clauses: list[Clause] = []
        self._last_class = ""

    def finish(self) -> list[Clause]:
        if self._clause.corrects and self._clause.is_empty and len(self._clauses) == 1:
            self._clauses[0].corrects = True  # "ich hab dreiundzwanzig gesagt"
        self._close(joins=False)
        return self._clauses

    def _close(self, *, joins: bool, corrects: bool = False) -> None:
        left = self._clause
        if not left.is_empty or left.num_unknown or any(word.startswith("chat:") for word in left.words):
            self._clauses.append(left)
            self._clause = Clause(joins=joins, corrects=corrects)
        else:
            self._clause = Clause(
                joins=left.joins or joins, corrects=left.corrects or corrects, opens_with=left.opens_with
            )

    def take(self, span: Span, around: _Around) -> None:
        """Take one more span."""
        if span.is_mark:
            self._close(joins=span.text not in _HARD_MARKS)
            self._last_class = ""
            return
        clause = self._clause
        if not span.tags:
            clause.num_unknown += 0.5 if self._lang == "zh" and len(span.text) == 1 else 1.0
            clause.opens_with = clause.opens_with or "unknown"
            self._last_class = ""
            return
        device = next((name for klass, name in span.tags if klass == "device"), "")
        is_other = bool(clause.device) and (clause.device, device) not in self._pairs and clause.device != device
        if span.has("place") and device and is_other:
            self._close(joins=True)
        for klass, name in sorted(span.tags, key=lambda tag: tag[0] != "place"):
            self._put(klass, name, span, around)
        if not span.has("glue") and not span.has("polite"):
            self._last_class = span.tags[-1][0]
        if not span.has("glue", "filler"):
            self._clause.opens_with = self._clause.opens_with or span.tags[0][0]

    def _put(self, klass: str, name: str, span: Span, around: _Around) -> None:
        clause = self._clause
        match klass:
            case "glue":
                self._put_glue(name, around.following)
                return
            case "device":
                self._put_device(name, around)
            case "absent":
                self._put_absent(name)
            case "act":
                self._put_act(name, span, around)
            case "place":
                self._put_place(name)
            case "number":
                self._put_number(span, around)
            case "unit":
                clause.unit = name
            case "amount" | "colour" | "dir":
                self._put_value(klass, name)
            case "hint":
                clause.hint = clause.hint or name
            case "topic":
                clause.topics.append(name)
            case "talk" if name == "correct":
                self._close(joins=False, corrects=True)
                return
            case "talk" if name == "no" and clause.is_complete and self._lang != "zh":
                self._close(joins=False)
                self._clause.words.add("talk:no")
            case "rel" if name in ("more", "again") and clause.is_complete and len(span.tags) == 1:
                self._close(joins=True)
                self._clause.words.add(f"rel:{name}")
            case "ask" if name == "whether" and self._lang in _AMBIGUOUS_QUESTIONS and clause.opens_with:
                return  # "it is", "mir ist": a question only at the beginning
            case _:
                clause.words.add(f"{klass}:{name}")
        self._clause.num_known += klass not in ("talk", "chat", "rel", "ask", "polite", "beyond")

    def _put_glue(self, name: str, following: Span | None) -> None:
        match name:
            case "join":
                is_list_of_places = self._last_class == "place" and following is not None and following.has("place")
                if not (is_list_of_places and not self._clause.is_complete):
                    self._close(joins=True)
            case "then":
                self._close(joins=True)
            case "negate" if self._lang == "zh" and self._clause.is_complete:
                self._close(joins=False)  # "空调开着别开窗": what is not to be done comes after
                self._clause.words.add("glue:negate")
            case "negate" if self._clause.has_value and not self._clause.acts:
                self._close(joins=False)
                self._clause.words.add("glue:negate")
            case "negate" | "ended" | "pronoun" | "polite" | "leave":
                self._clause.words.add(f"glue:{name}")
            case _:
                pass

    def _put_absent(self, name: str) -> None:
        """Take a thing that this car has not; beside a thing that it has ("the fridge's temperature") it wins."""
        clause = self._clause
        if clause.device and self._last_class == "device":
            clause.device = ""
        elif clause.hint and not (clause.device or clause.places or clause.number is not None):
            clause.hint = ""  # "warm up the cup holder"
        elif clause.is_complete:
            self._close(joins=False)
        self._clause.absent = name

    def _put_device(self, name: str, around: _Around) -> None:
        clause = self._clause
        if clause.absent and self._last_class == "absent":
            return
        if clause.acts and clause.acts[-1] in _OF_MEDIA and name not in ("media", "video") and not clause.device:
            self._close(joins=True)  # "下一首 声音开到五十五"
            clause = self._clause
        if clause.device and clause.device != name:
            combined = self._pairs.get((clause.device, name))
            has_own_act = around.following is not None and around.following.has("act")
            is_next_wish = self._opens_clause and clause.is_complete and has_own_act
            is_told_how_much = clause.number is not None and self._last_class != "device"
            is_next_wish |= clause.acts == ["play"] and around.following is not None and around.following.has("number")
            if not combined and name in _SEAT_FUNCTIONS and clause.device in _NO_SEATS and self._last_class == "device":
                clause.device, clause.absent = "", "function"  # "方向盘按摩"
                self._last_class = "absent"
                return
            if combined and not is_next_wish and not is_told_how_much:
                clause.device = combined
                return
            self._close(joins=False)
        elif clause.device == name and clause.is_complete and clause.has_value and self._last_class != "device":
            self._close(joins=False)
        if not self._clause.device and self._clause.acts:
            self._clause.words.add("vo")
        self._clause.device = name

    @property
    def _opens_clause(self) -> bool:
        """Whether the clause began with what shall be done, in a language that then names the thing: "打开空调"."""
        return self._lang == "zh" and self._clause.opens_with in ("act", "polite") and "vo" in self._clause.words

    def _put_act(self, name: str, span: Span, around: _Around) -> None:
        clause = self._clause
        if self._lang == "zh" and len(span.text) == 1:
            clause.words.add("act:short")
        if (
            self._lang == "zh"
            and clause.is_complete
            and self._last_class != "act"
            and around.leads_to("device", "absent")
        ):
            is_goal = name in _WEAK_ACTS and clause.acts in ([], ["set"])
            if not is_goal and not (around.thing and clause.device and around.thing.has("device", clause.device)):
                self._close(joins=False)
                clause = self._clause
        if self._last_class == "rel" and "rel:too" in clause.words:
            clause.words.add("too:act")
        if name in _WEAK_ACTS:
            if clause.has_value and clause.is_complete:
                self._close(joins=False)
            self._clause.is_absolute = self._clause.is_absolute or span.text not in _LOOSE
            if not self._clause.acts:
                self._clause.acts.append(name)
            return
        strong = [act for act in clause.acts if act not in _WEAK_ACTS]
        if not strong:
            clause.acts[:] = [name]
        elif strong == ["heat"] and name in ("up", "open"):
            return  # "warm the seat up"
        elif name in strong:
            return
        elif "shut" in (*strong, name) and name in ("open", "close", "away", "shut"):
            clause.acts[:] = [*strong, name]
        elif strong[0] == "open" and name in ("more", "up") and clause.device:
            clause.words.add("rel:more")
        else:
            self._close(joins=False)
            self._clause.acts.append(name)
        if span.text == "mehr" and "glue:negate" in clause.words:
            clause.acts[:] = ["close"]
            clause.words.discard("glue:negate")

    def _put_place(self, name: str) -> None:
        clause = self._clause
        other = _SIDES if name in _ROWS else _ROWS if name in _SIDES else frozenset()
        completes = not other.isdisjoint(clause.places)
        is_next = clause.is_complete and self._last_class != "place" and (clause.places or self._lang == "zh")
        if is_next and not (completes and len(clause.places) == 1 and self._lang != "zh"):
            self._close(joins=False)
        self._clause.places.append(name)

    def _put_number(self, span: Span, around: _Around) -> None:
        clause, before = self._clause, around.before
        if before is not None and before.has("quant") and span.number in (2.0, 3.0, 4.0, 5.0):
            return  # "all three"
        is_article = span.text == "一" and not span.unit and not (around.following and around.following.has("unit"))
        if is_article and not (clause.device or clause.acts):
            return  # "坐了一天"
        if span.text == "one" and before is not None and before.has("place"):
            clause.words.add("glue:pronoun")
            return
        if clause.number is not None or clause.colour or clause.direction:
            self._close(joins=False)
            clause = self._clause
        clause.number = span.number
        clause.unit = span.unit or clause.unit
        if before is not None and before.text in ("to", "at", "auf", "on"):
            clause.is_absolute = True
        if before is not None and before.has("rel", "by"):
            clause.words.add("rel:by")

    def _put_value(self, klass: str, name: str) -> None:
        clause = self._clause
        slot = "direction" if klass == "dir" else klass
        if klass == "dir" and clause.device in ("fan", "ac") and (clause.number is not None or clause.amount):
            self._close(joins=False)  # "风量三挡对着人吹": how much and where to are two wishes
            clause = self._clause
        taken = getattr(clause, slot)
        if taken and taken != name and klass != "amount":
            self._close(joins=False)
            clause = self._clause
        if not (klass == "amount" and name in ("little", "much") and clause.amount):
            setattr(clause, slot, name)


def canonical_places(places: list[str]) -> tuple[str, ...]:
    """Return places with rows and sides put together.

    Example:
        >>> canonical_places(["rear", "right"]), canonical_places(["driver", "passenger"])
        (('rear_right',), ('driver', 'passenger'))
    """
    rows = [place for place in places if place in _ROWS]
    sides = [place for place in places if place in _SIDES]
    people = [place for place in places if place not in _ROWS and place not in _SIDES]
    named = [place for place in people if place not in ("own", "other")]
    if len(rows) == 1 and sides:
        return tuple(dict.fromkeys([*named, *(f"{rows[0]}_{side}" for side in sides)]))
    if named and len(sides) == 1 and not rows:
        sides = []
    return tuple(dict.fromkeys([*(named or ([] if rows or sides else people)), *rows, *sides]))
