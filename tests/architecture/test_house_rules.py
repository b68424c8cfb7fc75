"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from zhixing import errors

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "zhixing").rglob("*.py"))
OWN_FILES = [
    path
    for folder in ("src", "tests", "tools")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".js", ".css", ".html"} and "vendor" not in path.parts and "__pycache__" not in path.parts
]
MAX_LINES = 400
DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "abstract", "data", "info"}


def test_no_file_is_a_drawer_by_length() -> None:
    too_long = {
        str(p.relative_to(ROOT)): n for p in OWN_FILES if (n := len(p.read_text("utf-8").splitlines())) > MAX_LINES
    }
    assert not too_long


def test_no_file_is_a_drawer_by_name() -> None:
    assert not [str(p.relative_to(ROOT)) for p in SOURCES if p.stem in DRAWERS]


def test_the_error_tree_is_drawn_complete_and_in_order() -> None:
    drawn = re.findall(r"(\w+Error)\b", errors.__doc__ or "")
    raised = [
        name for name, member in vars(errors).items() if inspect.isclass(member) and issubclass(member, Exception)
    ]
    assert sorted(drawn) == sorted(raised) == errors.__all__


def test_every_error_family_has_its_own_exit_code() -> None:
    families = errors.ZhixingError.__subclasses__()
    assert len({family.exit_code for family in families}) == len(families)
    assert errors.ZhixingError.exit_code not in {family.exit_code for family in families}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_no_source_hides_an_import_or_raises_a_bare_exception(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert "TYPE_CHECKING" not in names
    raised = {
        node.exc.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    }
    assert not raised & {"Exception", "RuntimeError", "BaseException"}


def test_only_the_top_floors_catch_everything() -> None:
    # Besides them: who runs a stranger's reader, and the exam of such a reader.
    allowed = {"cli/__init__.py", "registry.py", "dataloop/ingest/ingest.py", "testing/reader_check.py"}
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None
                or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
            ):
                found.add(path.relative_to(ROOT / "src" / "zhixing").as_posix())
    assert {f for f in found if not f.startswith(("runtime/", "web/"))} <= allowed


def test_sources_name_no_machine_and_no_data_file() -> None:
    bad = re.compile(r"/(work|farm)/|(CHN|DEU|USA|ZAM)_\w+-\d|fragment_\d|replay_\w+_\d")
    found = [str(p.relative_to(ROOT)) for p in OWN_FILES if p != Path(__file__) and bad.search(p.read_text("utf-8"))]
    assert not found
