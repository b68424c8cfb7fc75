"""What is there is found, what is missing is made in pieces, wherever there are hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from zhixing.dataloop.artefacts import Artefact, Artefacts, Recipe
from zhixing.dataloop.fanout import Fanout
from zhixing.errors import RecordingError

Progress = Callable[[float], None]
_Thing = TypeVar("_Thing")


def find_or_make(
    artefacts: Artefacts,
    recipes: Mapping[_Thing, Recipe],
    make: Callable[..., int],
    also: tuple[Any, ...] = (),
    *,
    in_a_piece: int,
    fanout: Fanout | None = None,
    on_progress: Progress | None = None,
) -> dict[_Thing, Artefact]:
    """Return the artefact of each thing.

    Args:
        artefacts: Where they are kept.
        recipes: What each is made from.
        make: Function at the top of a module that makes those of some things: called with the archive's URL, a tuple of
            things and ``also``, it returns how many these were. It may be asked twice for the same.
        also: What it needs besides.
        in_a_piece: So many things are made together, which a lost worker costs at most.
        fanout: How many work at once; None is this process alone.
        on_progress: Told the share that is done.

    Raises:
        RecordingError: The archive cannot be read or written.
        ServiceError: A process was killed; what was made until then is kept.
    """
    found = {thing: artefacts.find(recipe) for thing, recipe in recipes.items()}
    todo = [thing for thing, artefact in found.items() if artefact is None]
    pieces = [tuple(todo[k : k + in_a_piece]) for k in range(0, len(todo), in_a_piece)]
    url, done = artefacts.archive.storage.url, 0
    for count in (fanout or Fanout()).run(make, [(url, piece, *also) for piece in pieces]):
        done += count
        if on_progress:
            on_progress(done / len(todo))
    made = {}
    for thing, artefact in found.items():
        there = artefact or artefacts.find(recipes[thing])
        if there is None:
            raise RecordingError(f"a {recipes[thing].kind} is not there", hint="Run it again.")
        made[thing] = there
    return made
