"""From spans to clauses: one clause holds the words of one wish, question or remark."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.understand.tagging import Span
from zhixing.datatypes.localized import Lang

_HARD_MARKS = frozenset(".;!?。；！？…")
_ROWS = frozenset(("front", "rear"))
_SIDES = frozenset(("left", "right", "middle"))
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
                word.startswith(("feel:", "talk:", "noun:", "ask:", "quant:", "rel:", "glue:pronoun"))
                for word in self.words
            )
        )


def split(spans: list[Span], lang: Lang) -> list[Clause]:
    """Return the clauses of a sentence, in order; none is empty."""
    builder = _Builder(lang)
    following: list[Span | None] = [None] * len(spans)
    for index in range(len(spans) - 1, 0, -1):
        following[index - 1] = following[index] if spans[index].has("glue") else spans[index]
    for index, span in enumerate(spans):
        builder.take(span, spans[index - 1] if index else None, following[index])
    return builder.finish()


class _Builder:
    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._pairs = load_devices().pairs
        self._clause = Clause()
        self._clauses: list[Clause] = []
        self._last_class = ""

    def finish(self) -> list[Clause]:
        self._close(joins=False)
        return self._clauses

    def _close(self, *, joins: bool, corrects: bool = False) -> None:
        if not self._clause.is_empty:
            self._clauses.append(self._clause)
            self._clause = Clause(joins=joins, corrects=corrects)
        else:
            left = self._clause
            self._clause = Clause(
                joins=left.joins or joins, corrects=left.corrects or corrects, num_unknown=left.num_unknown,
                words={word for word in left.words if word.startswith("chat:")}, opens_with=left.opens_with,
            )  # fmt: skip

    def take(self, span: Span, before: Span | None, following: Span | None) -> None:
        """Take one more span, knowing the one before and the next that is no glue."""
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
        for klass, name in sorted(span.tags, key=lambda tag: tag[0] != "place"):
            self._put(klass, name, span, before, following)
        if not span.has("glue") and not span.has("polite"):
            self._last_class = span.tags[-1][0]
        if not span.has("glue", "filler"):
            self._clause.opens_with = self._clause.opens_with or span.tags[0][0]

    def _put(self, klass: str, name: str, span: Span, before: Span | None, following: Span | None) -> None:
        clause = self._clause
        match klass:
            case "glue":
                self._put_glue(name, following)
                return
            case "device":
                self._put_device(name)
            case "absent":
                if clause.is_complete:
                    self._close(joins=False)
                self._clause.absent = name
            case "act":
                self._put_act(name, span)
            case "place":
                self._put_place(name)
            case "number":
                self._put_number(span, before)
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
            case "rel" if name == "more" and clause.is_complete and len(span.tags) == 1:
                self._close(joins=True)
                self._clause.words.add("rel:more")
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
            case "negate" | "pronoun" | "polite" | "leave":
                self._clause.words.add(f"glue:{name}")
            case _:
                pass

    def _put_device(self, name: str) -> None:
        clause = self._clause
        if clause.device and clause.device != name:
            combined = self._pairs.get((clause.device, name))
            if combined:
                clause.device = combined
                return
            self._close(joins=False)
        elif clause.device == name and clause.is_complete and clause.has_value and self._last_class != "device":
            self._close(joins=False)
        self._clause.device = name

    def _put_act(self, name: str, span: Span) -> None:
        clause = self._clause
        if self._last_class == "rel" and "rel:too" in clause.words:
            clause.words.add("too:act")
        if name in _WEAK_ACTS:
            if clause.has_value and clause.is_complete:
                self._close(joins=False)
            self._clause.is_absolute = True
            if not self._clause.acts:
                self._clause.acts.append(name)
            return
        strong = [act for act in clause.acts if act not in _WEAK_ACTS]
        if not strong:
            clause.acts[:] = [name]
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
        if clause.is_complete and self._last_class != "place" and (clause.places or self._lang == "zh"):
            self._close(joins=False)
        self._clause.places.append(name)

    def _put_number(self, span: Span, before: Span | None) -> None:
        clause = self._clause
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
