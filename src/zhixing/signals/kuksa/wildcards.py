"""Which signals a path with wildcards means."""

from __future__ import annotations

import re
from functools import lru_cache

from zhixing.errors import InputError

_MAX_CHARACTERS = 250
_MAX_DOUBLE_STARS = 4
_PART = re.compile(r"[A-Za-z0-9_]+|\*\*?")


@lru_cache(maxsize=512)
def pattern_of(path: str) -> re.Pattern[str]:
    """Return what matches whole the paths that a path with wildcards means.

    ``*`` stands for one branch, ``**`` for any number of them; at the end, ``*`` is every signal right below and
    ``**`` every signal below. A path without wildcards is a signal, or everything below a branch; empty is all.

    Raises:
        InputError: It is too long, or no path.

    Source:
        Eclipse KUKSA databroker, doc/wildcard_matching.md.

    Example:
        >>> bool(pattern_of("Vehicle.Cabin.Sunroof.*").fullmatch("Vehicle.Cabin.Sunroof.Position"))
        True
        >>> bool(pattern_of("Vehicle.Cabin.Sunroof.*").fullmatch("Vehicle.Cabin.Sunroof.Shade.Position"))
        False
        >>> bool(pattern_of("Vehicle.Cabin").fullmatch("Vehicle.Cabin.Sunroof.Shade.Position"))
        True
    """
    if len(path) > _MAX_CHARACTERS or path.count("**") > _MAX_DOUBLE_STARS:
        hint = f"Send at most {_MAX_CHARACTERS} characters, with ** at most {_MAX_DOUBLE_STARS} times."
        raise InputError(f"a path has {len(path)} characters, or too many stars", hint=hint)
    if path in {"", "**"}:
        return re.compile(r".*")
    parts = path.split(".")
    if not all(_PART.fullmatch(part) for part in parts):
        raise InputError(f"{path!r} is no path of a signal", hint="Write it like Vehicle.Cabin.Door.*.*.IsOpen.")
    if "*" not in path:
        return re.compile(rf"{re.escape(path)}(?:\..+)?")
    expression = ""
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        if part == "**" and (not expression or not expression.endswith(_ANY_BRANCHES)):
            expression += ".+" if is_last else _ANY_BRANCHES
        elif part == "**":
            expression += ".+" if is_last else ""
        else:
            expression += (r"[^.]+" if part == "*" else re.escape(part)) + ("" if is_last else r"\.")
    return re.compile(expression)


_ANY_BRANCHES = r"(?:[^.]+\.)*"
