"""Compile the catalogue of signals from its vspec files with vss-tools: ``python tools/compile_catalogue.py``.

Writes ``src/zhixing/signals/catalogue.json``, which the program reads; a test says when it is older than its files.
vss-tools (MPL-2.0) is needed for this only: ``pip install vss-tools``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SIGNALS = Path(__file__).parent.parent / "src" / "zhixing" / "signals"
OVERLAYS = ("limits.vspec", "car.vspec", "driver.vspec")


def compile_catalogue(output: Path, overlays: tuple[str, ...] = OVERLAYS) -> None:
    """Write the vss-tools JSON export of our vspec files, with overlays on top in this order."""
    command = [str(Path(sys.executable).with_name("vspec")), "export", "json", "--strict", "--pretty"]
    command += ["-s", "vehicle.vspec", "-u", "units.yaml", "-q", "quantities.yaml", "-e", "source", "-o", str(output)]
    command += [part for overlay in overlays for part in ("-l", overlay)]
    done = subprocess.run(command, cwd=SIGNALS / "vss", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)


if __name__ == "__main__":
    compile_catalogue(SIGNALS / "catalogue.json")
