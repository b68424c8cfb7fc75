"""``zhixing say`` and ``zhixing signals``: the cabin on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from zhixing.cli.output import JSON_HELP, show_json, show_line, show_table
from zhixing.datatypes.signal import Leaf
from zhixing.errors import InputError, ServiceError

ZoneName = Literal["driver", "passenger", "rear_left", "rear_right"]


def say(
    sentences: Annotated[list[str], typer.Argument(help="What is said, one sentence after the other.")],
    zone: Annotated[ZoneName, typer.Option(help="Who speaks.")] = "driver",
    lang: Annotated[Literal["zh", "en", "de"] | None, typer.Option(help="Language; guessed if not given.")] = None,
    llm: Annotated[bool, typer.Option("--llm", help="Hand what is not sure to the configured language model.")] = False,
    base_url: Annotated[str | None, typer.Option(help="Its server; OpenAI-compatible.")] = None,
    model: Annotated[str | None, typer.Option(help="Its name.")] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="Break something first: PATH=stuck, slow, silent or blocked:PERCENT; again for more."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Talk to a parked car of your own: zhixing say "有点冷" "好的"."""
    from zhixing.datatypes.signal import Zone  # noqa: PLC0415
    from zhixing.runtime.breaking import break_things  # noqa: PLC0415
    from zhixing.runtime.cabin import converse, make_cabin  # noqa: PLC0415

    reasoner = _Watched(reasoner_of(llm, base_url, model)) if llm else None
    cabin = make_cabin(cast("Any", reasoner))
    break_things(cabin.vehicle, fault or [])
    turns = converse(cabin, sentences, Zone(zone), lang)
    if as_json:
        show_json(
            [
                {
                    "text": t.utterance.text,
                    "lang": t.lang,
                    "outcome": t.outcome,
                    "by": t.by,
                    "reply": t.reply,
                    "requests": [{"path": r.path, "value": r.value} for r in t.requests],
                }
                for t in turns
            ]
        )
    else:
        for turn in turns:
            show_line(f"› {turn.utterance.text}")
            show_line(f"  {turn.reply or '…'}  [{turn.outcome}]")
            for request in turn.requests:
                show_line(f"    {request.path} = {request.value}")
    if reasoner is not None:
        reasoner.check()


class _Watched:
    """A language model that can be asked afterwards whether its server was there; to the car it is the same."""

    def __init__(self, reasoner: Any) -> None:  # noqa: ANN401
        self._reasoner = reasoner
        self._begun: list[Any] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._reasoner, name)

    def start(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        """Begin a thought and remember it."""
        thinking = self._reasoner.start(*given, **named)
        self._begun.append(thinking)
        return thinking

    def check(self) -> None:
        """Look how the thoughts ended.

        Raises:
            ServiceError: The server was not there, or would not.
        """
        for thought in (thinking.thought for thinking in self._begun):
            if thought is not None and thought.outcome in ("unreachable", "rejected"):
                how = "cannot be reached" if thought.outcome == "unreachable" else "refuses"
                raise ServiceError(
                    f"the language model at {self._reasoner.config.base_url} {how}: {thought.detail}",
                    hint="Start its server, or name another with --base-url and --model.",
                )


def reasoner_of(is_wanted: bool, base_url: str | None = None, model: str | None = None) -> Any:  # noqa: ANN401
    """Return the configured language model (a ``Reasoner``, too slow to import above), where one is wanted."""
    if not is_wanted:
        return None
    from zhixing.reasoning.reasoner import Reasoner  # noqa: PLC0415
    from zhixing.settings import load_settings  # noqa: PLC0415

    return Reasoner(load_settings(flags={"llm": {"base_url": base_url, "model": model}}).llm)


def _limits(leaf: Leaf) -> str:
    if leaf.allowed or (leaf.min is None and leaf.max is None):
        return ", ".join(map(str, leaf.allowed))
    return f"{'' if leaf.min is None else leaf.min} … {'' if leaf.max is None else leaf.max}"


def signals(
    pattern: Annotated[str, typer.Argument(help="Show only paths that contain this.")] = "",
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List the car's signals: what they are, what they may be, and their value in a parked car."""
    from zhixing.runtime.underneath import catalogue_of  # noqa: PLC0415
    from zhixing.settings import load_settings  # noqa: PLC0415

    leaves = [
        leaf for path, leaf in sorted(catalogue_of(load_settings(config)).items()) if pattern.lower() in path.lower()
    ]
    if not leaves:
        raise InputError(f"no signal has {pattern!r} in its path", hint="zhixing signals lists them all.")
    if as_json:
        show_json(leaves)
        return
    rows = [
        (
            leaf.path,
            leaf.kind,
            leaf.datatype,
            leaf.unit,
            _limits(leaf),
            "" if leaf.default is None else str(leaf.default),
        )
        for leaf in leaves
    ]
    show_table(("signal", "kind", "type", "unit", "limits", "value"), rows)
