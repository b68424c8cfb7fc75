"""Extensions by name: built-ins and other people's packages come through the same door.

An extension is a class behind an entry point of one of the groups below; it is made without arguments. A
component is chosen by its registered name and by nothing else.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from zhixing.errors import PluginError

GROUPS = ("zhixing.planners", "zhixing.predictors", "zhixing.metrics", "zhixing.readers")


def names(group: str) -> tuple[str, ...]:
    """Return the registered names of a group, sorted.

    Example:
        >>> "idm" in names("zhixing.planners")
        True
    """
    return tuple(sorted({point.name for point in entry_points(group=group)}))


def create(group: str, name: str) -> object:
    """Return a new instance of an extension.

    Raises:
        PluginError: The name is not registered, or the extension cannot be loaded or made.
    """
    points: tuple[EntryPoint, ...] = tuple(entry_points(group=group, name=name))
    kind = group.removeprefix("zhixing.").removesuffix("s")
    if not points:
        raise PluginError(f"no {kind} is called {name!r}", hint=f"Choose one of: {', '.join(names(group))}.")
    try:
        factory = points[0].load()
        instance: object = factory()
    except (Exception, SystemExit, GeneratorExit) as error:  # what a stranger's module raises is unknowable
        raise PluginError(f"the {kind} {name!r} ({points[0].value}) cannot be made: {type(error).__name__}") from error
    return instance
