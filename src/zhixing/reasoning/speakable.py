"""Which part of a running text may be spoken: words, never markup, JSON, code, thoughts or secrets.

The text comes in pieces that are cut anywhere. What comes out depends on the whole text only, not on the cuts: where a
piece ends in what could be the beginning of markup, that end is held back until it is clear. Hidden are

- tags of tools and thoughts with all up to their end (``<tool_call>``, ``<｜DSML｜function_calls>``, ``<think>``,
  ``<|tool_calls_section_begin|>``, ``[TOOL_CALLS]``, ...), and every other ``<tag>`` or ``<|token|>`` by itself,
- whatever stands in braces, in brackets of braces, or between code fences,
- offered tools' names that are no words, and calls of tools written as code: ``set_climate(celsius=21)``.

Where an end is missing, all the rest is hidden: better silent than speaking markup. What is taken out can leave a
secret behind that was none before, so secrets are looked for twice: in what comes, and in what may be spoken.

The text is a stranger's: no character is looked at more often than a fixed number of times, however it is cut.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from zhixing.reasoning.scrubbing import NEVER_SPOKEN, Scrubber

_MARK = re.compile(r"[<{\[`A-Za-z0-9_.-]")
_RUN = re.compile(r"[A-Za-z0-9_.-]+?(?=[.-]{4})|[A-Za-z0-9_.-]+")  # so many dots are no part of a name
_TAG_NAME = re.compile(r"<[/!]?[|｜]?[\w▁:.-]{0,60}(?:[|｜][\w▁:.-]{1,60})?")
_TAG_REST = re.compile(r"[^<>\n]{0,200}>")
_TOKEN_REST = re.compile(r"[^<>\n]{0,80}>")
_LONGEST_TAG = 290
_LONGEST_CLOSER = 150
_STRIDE = 512
_TELLING = re.compile(
    r"tool|call|func|invoke|param|arg_|args|think|thought|reason|reflect|scratch|action|plugin|python|channel|dsml|antml|observation",
    re.IGNORECASE,
)
_THINKING = re.compile(r"think|thought|reason|reflect|scratch|channel", re.IGNORECASE)
_BRACKET = re.compile(r"\[(/?[A-Z_]{0,40})")
_TELLING_BRACKET = re.compile(r"TOOL|CALL|ARGS|THINK|FUNC|INST|OUTPUT|RESULT")
_ENDS = re.compile(r"(?:^|[_▁])(?:end|sep)$", re.IGNORECASE)
_STOP = re.compile(r"[<\n]")
_IS_WORD = re.compile(r"[A-Za-z]+")
_OPENING, _CLOSING = "{[(", "}])"


class _Balance:
    """Finds the end of a bracketed text: strings are skipped, an apostrophe is no quote."""

    def __init__(self, skip: int = 0) -> None:
        self._skip, self._depth, self._quote, self._before = skip, 0, "", ""
        self._is_escaped = False

    def end(self, text: str) -> int | None:
        """Return the place behind the closing bracket, None where it is not in this piece; each comes once."""
        for place in range(self._skip, len(text)):
            char = text[place]
            if self._is_escaped:
                self._is_escaped = False
            elif self._quote:
                self._is_escaped = char == "\\"
                self._quote = "" if char == self._quote else self._quote
            elif char == '"' or (char == "'" and self._before in "{[(,:="):
                self._quote = char
            elif char in _OPENING:
                self._depth += 1
            elif char in _CLOSING:
                self._depth -= 1
                if self._depth <= 0:
                    return place + 1
            self._before = char if not char.isspace() else self._before
        self._skip = 0
        return None


class _Until:
    """Finds the end of a text that ends with a mark."""

    def __init__(self, mark: str, skip: int = 0) -> None:
        self._mark, self._skip, self._tail = re.compile(mark, re.IGNORECASE), skip, ""

    def end(self, text: str) -> int | None:
        """Return the place behind the mark, None where it does not end in this piece; each comes once."""
        whole = self._tail + text[self._skip :]
        found = self._mark.search(whole)
        if found:
            return found.end() - len(self._tail) + self._skip
        self._tail, self._skip = whole[-_LONGEST_CLOSER:], 0
        return None


@dataclass(frozen=True, slots=True)
class _Wait:
    """It is not clear yet."""


@dataclass(frozen=True, slots=True)
class _Words:
    size: int


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Markup: so many characters, or all up to an end."""

    size: int = 0
    until: _Balance | _Until | None = None
    is_thinking: bool = False


@dataclass(slots=True)
class Speakable:
    """Takes a text in pieces and gives what of it may be spoken.

    Attributes:
        names: Offered tools.
        secrets: Texts that are left out wherever they stand.
        outlet: Takes secrets out of what may be spoken; one for all texts that follow each other without a gap.

    Example:
        >>> mouth = Speakable(names=["set_climate"])
        >>> mouth.feed("Well <tool_") + mouth.feed('call>{"name": "x"}</tool_call>done.') + mouth.finish()
        'Well done.'
    """

    names: Collection[str] = ()
    secrets: Sequence[str] = field(default=(), repr=False)
    outlet: Scrubber | None = None
    _inlet: Scrubber = field(init=False)
    _hidden: list[list[str]] = field(default_factory=list)
    _raw: str = ""
    _rest: str = ""
    _last: str = ""
    _inside: _Hidden | None = None
    _is_adjacent: bool = False

    def __post_init__(self) -> None:
        self._inlet = Scrubber(self.secrets)
        self.outlet = self.outlet or Scrubber(self.secrets)

    @property
    def hidden(self) -> list[str]:
        """What was left out and is no thinking, piece by piece: calls may be in it."""
        return ["".join(parts) for parts in self._hidden]

    def feed(self, text: str) -> str:
        """Return what can be spoken now that this piece has come."""
        strides = range(0, len(text), _STRIDE)
        return "".join(self._take(text[place : place + _STRIDE], is_last=False) for place in strides)

    def finish(self) -> str:
        """Return what can be spoken now that nothing more comes."""
        return self._take("", is_last=True)

    def _take(self, text: str, *, is_last: bool) -> str:
        raw = self._raw + self._inlet.feed(text) + (self._inlet.flush() if is_last else "")
        is_half = "\ud800" <= raw[-1:] <= "\udbff" and not is_last
        self._raw = raw[-1:] if is_half else ""
        self._rest += _paired(raw[:-1] if is_half else raw)
        words = self._drain(is_last=is_last).translate(NEVER_SPOKEN)
        if self.outlet is None:
            return words
        return self.outlet.feed(words) + (self.outlet.flush() if is_last else "")

    def _drain(self, *, is_last: bool) -> str:
        spoken: list[str] = []
        while self._rest:
            if self._inside is not None:
                end = self._inside.until.end(self._rest) if self._inside.until else self._inside.size
                self._hide(len(self._rest) if end is None else end, is_whole=end is not None)
                continue
            mark = _MARK.search(self._rest)
            place = mark.start() if mark else len(self._rest)
            if place:
                spoken.append(self._speak(place))
                continue
            match self._judge(self._rest, is_last=is_last):
                case _Wait():
                    break
                case _Words(size):
                    spoken.append(self._speak(size))
                case _Hidden() as hidden:
                    self._inside = hidden
        return "".join(spoken)

    def _speak(self, size: int) -> str:
        words, self._rest = self._rest[:size], self._rest[size:]
        self._last = words[-1]
        self._is_adjacent = self._is_adjacent and not words.strip()
        return words

    def _hide(self, size: int, *, is_whole: bool) -> None:
        text, self._rest = self._rest[:size], self._rest[size:]
        self._last = text[-1:]
        if self._inside is not None and not self._inside.is_thinking:
            if not (self._is_adjacent and self._hidden):
                self._hidden.append([])
            self._hidden[-1].append(text)
            self._is_adjacent = True
        self._inside = None if is_whole else self._inside

    def _judge(self, text: str, *, is_last: bool) -> _Wait | _Words | _Hidden:
        match text[0]:
            case "<":
                return _judge_tag(text, is_last=is_last)
            case "{":
                return _Hidden(until=_Balance())
            case "[":
                return self._judge_bracket(text, is_last=is_last)
            case "`":
                if "```".startswith(text) and not is_last and len(text) < 3:
                    return _Wait()
                return _Hidden(until=_Until("```", skip=3)) if text.startswith("```") else _Words(1)
            case _:
                return self._judge_name(text, is_last=is_last)

    def _judge_bracket(self, text: str, *, is_last: bool) -> _Wait | _Words | _Hidden:
        inner = text[1:].lstrip()
        if len(text) - len(inner) > 40:
            return _Words(1)
        if not inner:
            return _Words(1) if is_last else _Wait()
        if inner[0] in "{[":
            return _Hidden(until=_Balance())
        run = _RUN.match(inner)
        name = run.group() if run else ""
        if run and run.end() == len(inner) and not is_last and self._may_become_name(name):
            return _Wait()
        if name.removeprefix("functions.") in self.names and inner[len(name) : len(name) + 1] == "(":
            return _Hidden(until=_Balance())
        marker = _BRACKET.match(text)
        if marker is None:
            return _Words(1)
        if marker.end() == len(text):
            return _Hidden(size=len(text)) if is_last else _Wait()
        if text[marker.end() : marker.end() + 1] != "]" or not _TELLING_BRACKET.search(marker.group(1)):
            return _Words(1)
        core = marker.group(1)
        if core.startswith(("/", "END_")):
            return _Hidden(size=marker.end() + 1)
        until = _Until(rf"\[(?:/|END_){core}\]", skip=marker.end())
        return _Hidden(until=until, is_thinking="THINK" in core)

    def _judge_name(self, text: str, *, is_last: bool) -> _Wait | _Words | _Hidden:
        run = _RUN.match(text)
        size = run.end() if run else 1
        if self._last and _RUN.fullmatch(self._last):
            return _Words(size)
        whole = text[:size]
        if size == len(text) and not is_last:
            return _Wait() if self._may_become_name(whole) else _Words(size)
        name = whole.removeprefix("functions.").rstrip(".-")
        if name not in self.names:
            return _Words(size)
        named = len(whole) - len(whole.removeprefix("functions.")) + len(name)
        if text[named : named + 1] == "(":
            return _Hidden(until=_Balance(skip=named))
        if _IS_WORD.fullmatch(name) and text[named : named + 1] != "{" and not whole.startswith("functions."):
            return _Words(size)
        return _Hidden(size=named)

    def _may_become_name(self, run: str) -> bool:
        name = run.removeprefix("functions.")
        if "functions.".startswith(run):
            return True
        return any(one.startswith(name) or one == name.rstrip(".-") for one in self.names)


def _judge_tag(text: str, *, is_last: bool) -> _Wait | _Words | _Hidden:
    if len(text) == 1:
        return _Hidden(size=1) if is_last else _Wait()
    if not (text[1].isalpha() or text[1] in "/!|｜_"):
        return _Words(1)
    named = _TAG_NAME.match(text)
    end = named.end() if named else 1
    name = text[1:end]
    if not text[end:].strip("|｜") and len(text) <= end + 1 and not is_last:
        return _Wait()
    core = name.strip("/!|｜")
    if _TELLING.search(core):
        if name.startswith("/") or _ENDS.search(core):
            rest = _TAG_REST.match(text, end)
            return _Hidden(size=rest.end()) if rest else _unclear(text, is_last=is_last)
        return _Hidden(until=_Until(_closer(core), skip=end), is_thinking=bool(_THINKING.search(core)))
    is_token = text[1] in "|｜"
    rest = (_TOKEN_REST if is_token else _TAG_REST).match(text, end)
    if rest:
        return _Hidden(size=rest.end())
    if is_token or is_last:
        return _unclear(text, is_last=is_last)
    is_open = len(text) < _LONGEST_TAG and not _STOP.search(text, 1)
    return _Wait() if is_open else _Words(1)


def _unclear(text: str, *, is_last: bool) -> _Wait | _Hidden:
    """A tag that has begun and not ended: wait for its end, up to the next line or tag."""
    stop = _STOP.search(text, 1, _LONGEST_TAG)
    if stop:
        return _Hidden(size=stop.start())
    return _Hidden(size=min(len(text), _LONGEST_TAG)) if is_last or len(text) >= _LONGEST_TAG else _Wait()


def _closer(core: str) -> str:
    """Return the pattern of what ends a block that a tag of this name has begun."""
    if core == "channel":
        return r"final<[|｜]message[|｜]>"
    ended = re.sub("begin|start", "end", core)
    if ended != core:
        return rf"<[|｜]{re.escape(ended)}[|｜]>"
    name = re.escape(re.split(r"[=\s]", core)[0])
    return rf"</[|｜]?{name}[^<>\n]{{0,40}}>|<[|｜]/{name}[|｜]>"


def _paired(text: str) -> str:
    """Return the text with halves of characters joined, or replaced where the other half is missing."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
