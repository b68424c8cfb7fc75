"""All patterns by name: every module of this folder that defines one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from zhixing.errors import InputError
from zhixing.simulation import patterns
from zhixing.simulation.patterns.pattern import Pattern


@cache
def catalogue() -> Mapping[str, Pattern]:
    """Return every pattern by its name, in alphabetical order.

    Example:
        >>> len(catalogue()) >= 30, catalogue()["dart-out"].title.zh
        (True, '鬼探头')
    """
    found = []
    for module in pkgutil.iter_modules(patterns.__path__):
        loaded = importlib.import_module(f"{patterns.__name__}.{module.name}")
        one = getattr(loaded, "PATTERN", None)
        if isinstance(one, Pattern):
            found.append(one)
    return MappingProxyType({one.name: one for one in sorted(found, key=lambda one: one.name)})


def pattern_named(name: str) -> Pattern:
    """Return a pattern.

    Raises:
        InputError: None has this name.
    """
    if name not in catalogue():
        raise InputError(f"no pattern is called {name!r}", hint=f"Choose one of: {', '.join(catalogue())}.")
    return catalogue()[name]
