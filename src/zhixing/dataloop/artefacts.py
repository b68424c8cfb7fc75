"""What is made of drives, kept so that it is made once, and knows what it was made from.

An artefact's key is the hash of its kind, of the code that makes it and of everything that goes in; if there is one
with this key, nothing needs to be done. ``artefacts/KIND/KEY.json`` says what it is and what it was made from, a
``.bin`` beside it holds what is not JSON.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from zhixing.dataloop.archive.archive import Archive
from zhixing.dataloop.archive.keys import KEY_CHARS, canonical, key_of
from zhixing.errors import InputError, RecordingError

KINDS = ("hits", "task", "trace", "score", "verdict", "report")
"""In the order in which they are made from each other."""
_WITH_PLACES = ("hits", "task", "trace", "report")
_LEAST_CHARS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """Something that was made.

    Attributes:
        kind: One of ``KINDS``.
        key: Hash of what it was made from and by.
        made_from: Keys of artefacts, drives and maps.
        made_by: Key of the code.
        says: What it is, as JSON's values.
    """

    kind: str
    key: str
    made_from: tuple[str, ...]
    made_by: str
    says: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What an artefact is to be made from and by, before it is made.

    Attributes:
        kind: One of ``KINDS``.
        made_from: Keys of what goes in, in a meaningful order.
        made_by: Key of the code.
        how: Parameters.
    """

    kind: str
    made_from: tuple[str, ...]
    made_by: str
    how: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the artefact will be called."""
        return key_of(self.kind, self.made_by, canonical(self.how), *self.made_from)


class Artefacts:
    """The artefacts beside an archive's drives."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._storage = archive.storage

    def find(self, recipe: Recipe) -> Artefact | None:
        """Return what was made by a recipe, or None."""
        name = f"artefacts/{recipe.kind}/{recipe.key}.json"
        try:
            data = self._storage.read(name)
        except RecordingError:
            if self._storage.exists(name):
                raise
            return None
        return _from_bytes(data, recipe.kind, recipe.key)

    def keep(self, recipe: Recipe, says: Mapping[str, Any], blob: bytes | None = None) -> Artefact:
        """Write what was made and return it; the blob first, so that nothing speaks of what is not there."""
        key = recipe.key
        if blob is not None:
            self._storage.write(f"artefacts/{recipe.kind}/{key}.bin", blob)
        said = {"kind": recipe.kind, "key": key, "made_from": list(recipe.made_from), "made_by": recipe.made_by}
        data = json.dumps(said | {"says": dict(says)}, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()
        self._storage.write(f"artefacts/{recipe.kind}/{key}.json", data)
        return _from_bytes(data, recipe.kind, key)

    def get(self, kind: str, key: str) -> Artefact | None:
        """Return the artefact of a kind with a key, or None."""
        name = f"artefacts/{kind}/{key}.json"
        return _from_bytes(self._storage.read(name), kind, key) if self._storage.exists(name) else None

    def all(self, kind: str) -> Iterator[Artefact]:
        """Yield all artefacts of a kind, in the order of their keys."""
        for name in self._files(kind):
            yield _from_bytes(self._storage.read(name), kind, _key_in(name))

    def readable(self, kind: str) -> Iterator[Artefact]:
        """Yield the artefacts of a kind that can be read: one bad file hides no other."""
        for name in self._files(kind):
            with contextlib.suppress(RecordingError):
                yield _from_bytes(self._storage.read(name), kind, _key_in(name))

    def blob(self, artefact: Artefact) -> bytes:
        """Return what of an artefact is not JSON.

        Raises:
            RecordingError: It has none, or it cannot be read.
        """
        return self._storage.read(f"artefacts/{artefact.kind}/{artefact.key}.bin")

    def forget_lost(self) -> None:
        """Remove what was made of drives that are gone and still tells where anybody was; scores and verdicts stay.

        What cannot be read is removed as well where it might tell that.
        """
        sound = set(self.archive.drives)
        for kind in KINDS:
            for name in self._files(kind):
                try:
                    one: Artefact | None = _from_bytes(self._storage.read(name), kind, _key_in(name))
                except RecordingError:
                    one = None
                if one is not None and _is_sound(one, sound):
                    sound.add(one.key)
                elif kind in _WITH_PLACES:
                    self._storage.remove(name)
                    self._storage.remove(f"{name.removesuffix('.json')}.bin")

    def named(self, name: str) -> Artefact:
        """Return an artefact by its key or the beginning of it, six characters at least.

        Raises:
            InputError: There is none, or more than one.
        """
        whole = [f"artefacts/{kind}/{name}.json" for kind in KINDS]
        found = [file for file in whole if self._storage.exists(file)] or [
            file
            for kind in KINDS
            for file in self._files(kind)
            if len(name) < KEY_CHARS and _key_in(file).startswith(name)
        ]
        if len(name) < _LEAST_CHARS or len(found) != 1:
            raise InputError(
                f"{len(found) or 'no'} artefacts are called {name!r}", hint="Give its key, or the beginning of it."
            )
        return _from_bytes(self._storage.read(found[0]), found[0].split("/")[1], _key_in(found[0]))

    def _files(self, kind: str) -> list[str]:
        """Return the names of the files that say what the artefacts of a kind are."""
        return [name for name in self._storage.names(f"artefacts/{kind}") if name.endswith(".json")]

    def trace(self, name: str) -> Iterator[tuple[int, str, str, str]]:
        """Yield (depth, kind, key, what) for something and all that it was made from, down to drives and sources.

        Args:
            name: Key, or its beginning, of an artefact or a drive; or a drive's name.

        Raises:
            InputError: There is none.
            RecordingError: Something it was made from is no longer there.
        """
        sources: dict[str, list[str]] = {}
        for source in self.archive.sources.values():
            for drive in source.drives:
                sources.setdefault(drive, []).append(source.path)
        try:
            waiting = [(0, self.archive.named(name).key)]
        except InputError:
            waiting = [(0, self.named(name).key)]
        seen: set[str] = set()
        while waiting:
            depth, key = waiting.pop()
            if key in self.archive.drives:
                entry = self.archive.drives[key]
                yield depth, "drive", key, f"{entry.drive_id} ({entry.source})"
                if key not in seen:
                    yield from ((depth + 1, "source", "", path) for path in sources.get(key, []))
                seen.add(key)
                continue
            try:
                artefact = self.named(key)
            except InputError:
                yield depth, "nothing", key, "it could not be made"
                continue
            yield depth, artefact.kind, key, _title(artefact) + (" (see above)" if key in seen else "")
            if key not in seen:
                waiting.extend((depth + 1, part) for part in reversed(artefact.made_from))
            seen.add(key)


def _title(artefact: Artefact) -> str:
    says = artefact.says
    words = (says.get(name) for name in ("name", "drive", "scenario", "planner", "outcome", "passes"))
    return " ".join(str(word) for word in words if word is not None)


def _is_sound(artefact: Artefact, sound: AbstractSet[str]) -> bool:
    """Return whether all that an artefact tells of is still there; what could not be driven tells of no place."""
    match artefact.kind:
        case "trace" if "failed" in artefact.says:
            return True
        case "score":  # from its trace; its task is not there where nothing could be driven
            return artefact.made_from[:1] != () and artefact.made_from[0] in sound
        case _:
            return bool(artefact.made_from) and set(artefact.made_from) <= sound


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _key_in(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(".json")


def _from_bytes(data: bytes, kind: str, key: str) -> Artefact:
    """Return an artefact, which must say of itself what its file is called."""
    try:
        said = json.loads(data, parse_constant=_no_number)
        made_from = tuple(str(part) for part in said["made_from"])
        made = Artefact(kind=said["kind"], key=said["key"], made_from=made_from, made_by=said["made_by"],
                        says=dict(said["says"]))  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        name = f"artefacts/{kind}/{key}.json"
        raise RecordingError(f"{name} is no artefact: {error}", hint="Remove it; it is made again.") from error
    if (made.kind, made.key) != (kind, key):
        raise RecordingError(f"artefacts/{kind}/{key}.json says it is another", hint="Remove it; it is made again.")
    return made
