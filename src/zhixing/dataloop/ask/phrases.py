"""The parts of a sentence before anybody knows whom they are about: somebody, what is said, how much, how long."""

from __future__ import annotations

from dataclasses import dataclass

SUBJECTS_DE = frozenset({"der", "die", "das", "welche", "welcher", "welches"})
"""German pronouns that act in the clause they begin."""
YIELDS = frozenset({"yields-to", "fails-to-yield"})
"""Predicates of who gives way and to whom."""


@dataclass(frozen=True, slots=True)
class Someone:
    """Road users of some classes, so many; ``least`` is 0 where there need be none.

    Attributes:
        kinds: Words for classes.
        least: How many at least.
        most: How many at most, None for any number.
        without: Words for classes that are not meant.
        is_known: Whether the article says that they were spoken of before.
        is_other: Whether another one is meant.
        is_single: Whether an indefinite article stands before it.
        is_object: Whether an article says that something is done to it.
        is_again: Whether a pronoun stands for it.
    """

    kinds: tuple[str, ...]
    least: int = 1
    most: int | None = None
    without: tuple[str, ...] = ()
    is_known: bool = False
    is_other: bool = False
    is_single: bool = False
    is_object: bool = False
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Says:
    """A predicate of one (``roles`` is 1) or of two, perhaps denied; of several names one has to hold.

    Attributes:
        names: Of the predicate.
        roles: How many it is of.
        is_not: Whether it is denied.
        is_participle: Whether it stands as "turning", not as "turns".
    """

    names: tuple[str, ...]
    roles: int
    is_not: bool = False
    is_participle: bool = False

    @property
    def is_turned(self) -> bool:
        """Whether the second does it to the first: "overtaken by"."""
        return self.names[0].startswith("~")

    @property
    def name(self) -> str:
        """Of a relation."""
        return self.names[0].removeprefix("~")


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure of one or two lies above or below values in SI units."""

    measure: str
    roles: int
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Lasting:
    """What is said lasts for so many seconds, or at most so many."""

    seconds: float
    is_most: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """What comes next comes within so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Link:
    """A little word: ``then``, ``reversed`` (what follows was before), ``or``, ``while``, ``relative``, ``stop``.

    Attributes:
        kind: What it does.
        word: How it was said.
    """

    kind: str
    word: str = ""


Item = Someone | Says | Bound | Lasting | Deadline | Link
