"""What a user can set, type or meet has its place in the docs."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import typer.core
import typer.main

from zhixing import errors
from zhixing.cli.app import app
from zhixing.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def headings(page: str) -> set[str]:
    return set(re.findall(r"^## (.+)$", (REFERENCE / page).read_text("utf-8"), flags=re.MULTILINE))


def command_names(group: typer.core.TyperGroup, prefix: str) -> set[str]:
    names: set[str] = set()
    for name, command in group.commands.items():
        full = f"{prefix} {name}"
        names |= command_names(command, full) if isinstance(command, typer.core.TyperGroup) else {full}
    return names


def test_every_setting_has_a_heading_and_no_heading_is_stale() -> None:
    settings = {
        f"{section.name}.{key.name}"
        for section in dataclasses.fields(Settings)
        for key in dataclasses.fields(getattr(Settings(), section.name))
    }
    assert headings("settings.md") == settings


def test_every_command_has_a_heading_and_no_heading_is_stale() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    assert headings("commands.md") == command_names(group, "zhixing")


def test_every_error_and_exit_code_is_documented() -> None:
    page = (REFERENCE / "errors.md").read_text("utf-8")
    for name in errors.__all__:
        assert f"`{name}`" in page
    for family in errors.ZhixingError.__subclasses__():
        assert f"| {family.exit_code} | `{family.__name__}`" in page


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_links_between_our_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), target
