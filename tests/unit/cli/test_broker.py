"""``zhixing broker`` as a person and a program start and stop it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("kuksa_client", reason="kuksa-client is not installed: pip install 'zhixing[kuksa]'")

WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def broker(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "zhixing", "broker", *arguments]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_reached_and_ends_quietly(tmp_path: Path, number: signal.Signals, as_json: bool) -> None:
    port = free_port()
    with broker("--port", str(port), *(["--json"] if as_json else []), cwd=tmp_path) as process:
        assert process.stdout is not None
        said = ""
        while not said.endswith("}\n" if as_json else "\n"):
            said += process.stdout.readline()
        process.send_signal(number)
        _, complaints = process.communicate(timeout=20)
    assert f"127.0.0.1:{port}" in (json.loads(said)["broker"] if as_json else said)
    assert (process.returncode, complaints) == (0, "")


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ('[broker]\nport = 55555\nhost = "0.0.0.0"\n', 2, "can be reached by others"),
        ('[broker]\nport = 55555\ncertificate = "nothing.pem"\n', 2, "certificate and its key"),
        ('[broker]\nport = 55555\ntoken_key = "nothing.pem"\n', 2, "nothing.pem"),
        ('[signals]\ncatalogue = "nothing.json"\n', 2, "nothing.json"),
        ('[vehicle]\nkind = "horse"\n', 2, "vehicle.kind"),
        ('[vehicle]\nkind = "can"\n[can]\nmapping = "nothing.yaml"\ninterface = "virtual"\n', 2, "nothing.yaml"),
        ('[vehicle]\nkind = "can"\n[can]\nchannel = "nowhere0"\n', 6, "nowhere0"),
        ('[vehicle]\nkind = "kuksa"\n[kuksa]\ntoken_file = "nothing.token"\n', 2, "nothing.token"),
    ],
)
def test_settings_that_will_not_do_are_one_line(tmp_path: Path, settings: str, code: int, said: str) -> None:
    (tmp_path / "zhixing.toml").write_text(settings, "utf-8")
    with broker("--port", str(free_port()), cwd=tmp_path) as process:
        _, complaints = process.communicate(timeout=30)
    assert (process.returncode, "Traceback" in complaints) == (code, False), complaints
    assert said in complaints


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with broker("--port", str(taken.getsockname()[1]), cwd=tmp_path) as process:
            _, complaints = process.communicate(timeout=30)
    assert process.returncode == 6
    assert "cannot be used" in complaints.splitlines()[0]


@pytest.mark.parametrize(
    ("fault", "sentence", "said"),
    [
        (f"{WINDOW}=stuck", "open my window", "isn't responding"),
        (f"{WINDOW.removeprefix('Vehicle.')}=silent", "打开车窗", "没有反应"),
    ],
)
def test_what_is_broken_is_told_as_broken(tmp_path: Path, fault: str, sentence: str, said: str) -> None:
    command = [sys.executable, "-m", "zhixing", "say", "--fault", fault, sentence]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0
    assert said in answer.stdout


@pytest.mark.parametrize("fault", ["nonsense", f"{WINDOW}=broken", f"{WINDOW}=blocked:far", "Nope=stuck"])
def test_a_fault_that_is_none_says_so(tmp_path: Path, fault: str) -> None:
    command = [sys.executable, "-m", "zhixing", "say", "--fault", fault, "hi"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode in {2, 3}
    assert answer.stderr.startswith("error: ")
