"""What others wrote is what they wrote, and the list of it is complete."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from zhixing.web.app import STATIC

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor_tool", ROOT / "tools" / "vendor.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STATIC / "vendor", tmp_path / "vendor"))


def test_every_vendored_file_is_as_listed(vendor: ModuleType) -> None:
    assert vendor.check(STATIC / "vendor") == []


def test_every_package_names_version_licence_and_source(vendor: ModuleType) -> None:
    packages = vendor.read_list(STATIC / "vendor")
    assert {"lit", "three"} <= packages.keys()
    for name, package in packages.items():
        assert package["source"] == f"npm:{name}@{package['version']}"
        assert package["licence"] in {"MIT", "BSD-3-Clause"}
        assert (STATIC / "vendor" / package["folder"] / "LICENSE").is_file()


def test_a_changed_a_missing_and_a_foreign_file_are_found(vendor: ModuleType, copy: Path) -> None:
    script = copy / "lit" / "index.js"
    script.write_bytes(script.read_bytes() + b"//")
    (copy / "three" / "LICENSE").unlink()
    (copy / "lit" / "extra.js").write_text("")
    assert vendor.check(copy) == [
        "three/LICENSE is missing",
        "lit/extra.js is not listed",
        "lit/index.js is not what VENDORED.toml says",
    ]


def test_our_own_files_name_no_other_host() -> None:
    own = [p for p in STATIC.rglob("*") if p.suffix in {".js", ".css", ".html"} and "vendor" not in p.parts]
    assert own
    found = {
        (path.name, url)
        for path in own
        for url in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}\S*", path.read_text("utf-8"))
    }
    assert not found


def test_colours_live_in_the_theme_only() -> None:
    colour = re.compile(r"(?<![\w&.$-])#(?:[0-9a-fA-F]{3}){1,2}\b(?!\")|\brgba?\(|\bhsla?\(")
    for path in STATIC.rglob("*.js"):
        if "vendor" not in path.parts and "i18n" not in path.parts:
            assert not colour.findall(path.read_text("utf-8")), path
