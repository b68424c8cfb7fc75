"""The catalogue as a page of the documentation."""

from __future__ import annotations

from zhixing.dataloop.mining.engine import mine
from zhixing.simulation.patterns.catalogue import catalogue
from zhixing.simulation.patterns.drawing import draw
from zhixing.simulation.patterns.pattern import Pattern
from zhixing.simulation.patterns.staged_world import perform

_HEAD = """\
# Patterns of Chinese streets

<!-- Written by tools/draw_patterns.py; change the patterns, not this page. -->

One definition each, for three uses: a generator (`zhixing pattern drive NAME`), a query (`zhixing pattern show NAME`,
see [mining](mining.md)) and a slice of an evaluation. A file each in `src/zhixing/simulation/patterns/`; what each
generates is found by its own query, and not where it is absent (`pytest tests/unit/simulation/patterns`).

The drawings show the usual values, the ego (blue) driven by the models of the crowd. Boxes are a second apart, the
solid ones at the moment that the query finds: orange rides, green walks, grey drives, red lies there.
"""


def catalogue_page() -> str:
    """Return the page, in Markdown."""
    return _HEAD + "".join(_section(one) for one in catalogue().values())


def drawing_of(one: Pattern) -> str:
    """Return an SVG of the usual scene of a pattern, at the middle of what its query finds in it."""
    world = perform(one.make())
    wanted = {role: world.id_of(actor) for role, actor in one.finds.items()}
    hits = [hit for hit in mine(world.drive(), one.query()) if dict(hit.object_ids) == wanted]
    return draw(one, world, (hits[0].start_ns + hits[0].end_ns) // 2)


def _section(one: Pattern) -> str:
    lines = [
        "",
        f"## {one.name}",
        "",
        f"**{one.title.zh}** · {one.title.en} · {one.title.de}",
        "",
        f"![{one.title.en}](patterns/{one.name}.svg)",
        "",
        f"{one.sentence.zh} {one.sentence.en} {one.sentence.de}",
        "",
        "| parameter | from | usual | to | meaning | source |",
        "|---|---|---|---|---|---|",
        *(
            f"| `{p.name}` | {p.low:g} | {p.usual:g} | {p.high:g} | {p.meaning.en} | {p.source} |"
            for p in one.parameters
        ),
        "",
    ]
    return "\n".join(lines)
