"""What a query found in a drive, and why it counts."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.datatypes.conditions import Compare, Is


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One measure that made a hit one.

    Attributes:
        condition: What was asked of it.
        object_ids: (role, ``object_id``) of those it is of, in the order of the measure.
        holds: Whether the condition held; false where the query asks for that.
        start_ns: First moment of the hit at which it was so.
        end_ns: The last.
        least: Smallest value while it was so; a fact is 0 or 1, a word its place among the words of its measure.
        greatest: The largest.
    """

    condition: Compare | Is
    object_ids: tuple[tuple[str, int], ...]
    holds: bool
    start_ns: int
    end_ns: int
    least: float
    greatest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A query's condition held for some road users from one moment to another.

    Attributes:
        drive_id: Where.
        query: Name of the query.
        object_ids: (role, ``object_id``) for each role of the query.
        start_ns: First step at which the condition held.
        end_ns: Last step at which it held without a break.
        because: What the measures were meanwhile.
    """

    drive_id: str
    query: str
    object_ids: tuple[tuple[str, int], ...]
    start_ns: int
    end_ns: int
    because: tuple[Because, ...] = ()

    @property
    def duration_s(self) -> float:
        """From the first step to the last; 0 if it held at one step only."""
        return (self.end_ns - self.start_ns) * 1e-9

    def id_of(self, role: str) -> int:
        """Return ``object_id`` of who plays a role."""
        return dict(self.object_ids)[role]
