"""What works on this machine, what is missing, and how to get it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from zhixing import registry
from zhixing.errors import ZhixingError
from zhixing.reasoning.credentials import KEY_VARIABLE, is_loopback
from zhixing.reasoning.reasoner import Reasoner
from zhixing.settings import Settings

_CORE = ("numpy", "numba", "shapely", "mcap", "protobuf", "onnxruntime", "starlette", "uvicorn", "pydantic", "typer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What.
        state: ``ok``; ``missing``: something optional is not there; ``broken``: Zhixing will not run.
        detail: What was found.
        hint: How to mend it, empty when ok.
    """

    name: str
    state: Literal["ok", "missing", "broken"]
    detail: str
    hint: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Return what works here and what does not."""
    return [
        *_python(),
        *_extensions(),
        _port(settings.serve.port),
        _kernel_cache(),
        _language_model(settings),
        *_extras(),
        _browser(),
        _chinese_font(),
    ]


def _python() -> Iterator[Finding]:
    yield Finding(name="python", state="ok", detail=f"{sys.version.split()[0]} at {sys.executable}")
    for package in _CORE:
        try:
            yield Finding(name=package, state="ok", detail=version(package))
        except PackageNotFoundError:
            yield Finding(
                name=package,
                state="broken",
                detail="not installed",
                hint="Install Zhixing again: make run, or pip install.",
            )


def _extensions() -> Iterator[Finding]:
    for group in registry.GROUPS:
        found = registry.names(group)
        yield Finding(
            name=group.removeprefix("zhixing."),
            state="ok" if found else "broken",
            detail=", ".join(found) or "none registered",
            hint="" if found else "Install Zhixing again, so that its entry points are registered.",
        )


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return Finding(
                name="port",
                state="missing",
                detail=f"{port} on 127.0.0.1 is in use",
                hint="Stop what uses it (another zhixing serve?) or choose another with --port.",
            )
    return Finding(name="port", state="ok", detail=f"{port} on 127.0.0.1 is free")


def _language_model(settings: Settings) -> Finding:
    name, where = "language model", f"{settings.llm.model} at {settings.llm.base_url}"
    try:
        has_key = Reasoner(settings.llm).has_key
    except ZhixingError as error:
        return Finding(name=name, state="missing", detail=f"{error}: the device answers alone", hint=error.hint)
    if has_key or is_loopback(settings.llm.address().hostname or ""):
        return Finding(name=name, state="ok", detail=where)
    return Finding(
        name=name, state="missing", detail=f"no key for {where}: the device answers alone", hint=f"Set {KEY_VARIABLE}."
    )


def _extras() -> Iterator[Finding]:
    for name, module, package, extra, without in (
        ("other programs", "kuksa_client", "kuksa-client", "kuksa", "no broker, and no car behind one"),
        ("CAN", "cantools", "cantools", "can", "no car on a bus"),
        ("agents", "gymnasium", "gymnasium", "gym", "no Gymnasium environment for other people's agents"),
        ("SUMO", "libsumo", "libsumo", "sumo", "no traffic moved by SUMO"),
        ("netconvert", "sumo", "eclipse-sumo", "sumo", "no networks for SUMO"),
    ):
        if importlib.util.find_spec(module) is not None:
            yield Finding(name=name, state="ok", detail=f"{package} {version(package)}")
        else:
            hint = f"Install it: pip install 'zhixing[{extra}]'."
            yield Finding(name=name, state="missing", detail=f"{package} is not installed: {without}", hint=hint)


def _kernel_cache() -> Finding:
    package = importlib.util.find_spec("zhixing.driving")
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(str(package.origin if package else ".")).parent)
    if os.access(folder, os.W_OK):
        return Finding(name="kernel cache", state="ok", detail=f"{folder} can be written")
    return Finding(
        name="kernel cache",
        state="missing",
        detail=f"{folder} cannot be written: every start compiles for a while",
        hint="Set NUMBA_CACHE_DIR to a folder that can be written.",
    )


def _browser() -> Finding:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return Finding(name="browser tests", state="ok", detail=found)
    return Finding(
        name="browser tests",
        state="missing",
        detail="no Chromium: make test skips the browser tests",
        hint="Install it, on Debian: apt-get install chromium.",
    )


def _chinese_font() -> Finding:
    fc_list = shutil.which("fc-list")
    command = [fc_list or "fc-list", ":lang=zh", "family"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False) if fc_list else None  # noqa: S603
    if listed and listed.stdout.strip():
        return Finding(name="Chinese font", state="ok", detail=listed.stdout.splitlines()[0].split(",")[0])
    return Finding(
        name="Chinese font",
        state="missing",
        detail="this machine has no font for Chinese; a browser on another machine is not concerned",
        hint="Install one, on Debian: apt-get install fonts-noto-cjk.",
    )
