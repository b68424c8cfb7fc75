"""All named queries by name."""

from __future__ import annotations

from types import MappingProxyType

from zhixing.dataloop.mining.named.nuplan import NUPLAN
from zhixing.dataloop.mining.named.refav import REFAV

NAMED = MappingProxyType({named.name: named for named in (*NUPLAN, *REFAV)})


def named_table() -> str:
    """Return all named queries as a table in Markdown, as it stands in ``docs/named-queries.md``."""
    lines = ["| query | meaning | roles |", "|---|---|---|"]
    for named in NAMED.values():
        roles = ", ".join(role.name for role in named.query.roles)
        lines.append(f"| `{named.name}` | {named.meaning} | {roles} |")
    return "\n".join(lines) + "\n"
