"""The doctor says what is missing, and how to get it."""

from __future__ import annotations

import os
import shutil
import socket
from importlib.metadata import PackageNotFoundError

import pytest

from zhixing import registry
from zhixing.runtime import doctor
from zhixing.settings import ServeConfig, Settings


def found(name: str, settings: Settings | None = None) -> doctor.Finding:
    return next(finding for finding in doctor.examine(settings or Settings()) if finding.name == name)


def test_everything_that_is_not_ok_says_what_to_do() -> None:
    findings = doctor.examine(Settings())
    assert len({finding.name for finding in findings}) == len(findings)
    assert all(bool(finding.hint) == (finding.state != "ok") for finding in findings)


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        finding = found("port", Settings(serve=ServeConfig(port=port)))
    assert (finding.state, str(port) in finding.detail) == ("missing", True)


def test_a_package_that_is_not_there_breaks_zhixing(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(package: str) -> str:
        if package == "mcap":
            raise PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr(doctor, "version", version)
    assert found("mcap").state == "broken"
    assert found("numpy").state == "ok"


def test_without_any_planner_zhixing_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "names", lambda group: ())
    assert found("planners").state == "broken"


def test_a_kernel_cache_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    finding = found("kernel cache")
    assert (finding.state, "NUMBA_CACHE_DIR" in finding.hint) == ("missing", True)


def test_a_machine_without_browser_and_font_can_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    states = {finding.name: finding.state for finding in doctor.examine(Settings())}
    assert (states["browser tests"], states["Chinese font"]) == ("missing", "missing")
    assert "broken" not in states.values()
