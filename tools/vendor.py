"""Renew and check the JavaScript that others wrote: ``src/zhixing/web/static/vendor``.

    python tools/vendor.py check          every file is the one that VENDORED.toml names
    python tools/vendor.py renew          fetch the versions that VENDORED.toml names (needs npm) and write the hashes
    python tools/vendor.py renew three=0.188.0

Files are stored byte for byte as npm delivers them, with the licence text beside them.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parents[1] / "src" / "zhixing" / "web" / "static" / "vendor"
LIST = "VENDORED.toml"
_HEAD = (
    "# Written by tools/vendor.py: every file here, as npm delivers it. Change versions with `tools/vendor.py renew`.\n"
)


def read_list(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the packages of VENDORED.toml by name."""
    return tomllib.loads((folder / LIST).read_text(encoding="utf-8"))


def check(folder: Path) -> list[str]:
    """Return what is wrong with a vendor folder: files that are missing, changed or not listed."""
    packages = read_list(folder)
    listed = {name: digest for package in packages.values() for name, digest in package["sha256"].items()}
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and p.name != LIST}
    wrong = [f"{name} is missing" for name in sorted(listed.keys() - found.keys())]
    wrong += [f"{name} is not listed" for name in sorted(found.keys() - listed.keys())]
    wrong += [
        f"{name} is not what {LIST} says"
        for name in sorted(listed.keys() & found.keys())
        if hashlib.sha256(found[name].read_bytes()).hexdigest() != listed[name]
    ]
    return wrong


def renew(folder: Path, versions: dict[str, str]) -> None:
    """Fetch every listed package and write files and hashes anew."""
    packages = read_list(folder)
    for name in versions.keys() - packages.keys():
        raise SystemExit(f"{name} is not in {LIST}")
    for name, package in packages.items():
        package["version"] = versions.get(name, package["version"])
        archive = _fetch(f"{name}@{package['version']}")
        about = json.loads(archive["package/package.json"])
        package["licence"] = about["license"]
        package["source"] = f"npm:{name}@{about['version']}"
        package["sha256"] = {}
        for inside in package["files"]:
            target = f"{package['folder']}/{Path(inside).name}"
            content = archive[f"package/{inside}"]
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            (folder / target).write_bytes(content)
            package["sha256"][target] = hashlib.sha256(content).hexdigest()
    (folder / LIST).write_text(
        _HEAD + "\n".join(_as_toml(name, package) for name, package in packages.items()), "utf-8"
    )


def _fetch(spec: str) -> dict[str, bytes]:
    npm = shutil.which("npm") or sys.exit("npm is needed to renew")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", spec, "--silent", "--pack-destination", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        packed = next(Path(folder).glob("*.tgz")).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = [(m.name, archive.extractfile(m)) for m in archive.getmembers() if m.isfile()]
        return {name: file.read() for name, file in members if file is not None}


def _as_toml(name: str, package: dict[str, Any]) -> str:
    lines = [f'["{name}"]', *(f'{key} = "{package[key]}"' for key in ("version", "licence", "source", "folder"))]
    lines.append("files = [" + ", ".join(f'"{file}"' for file in package["files"]) + "]")
    lines.append(f'["{name}".sha256]')
    lines += [f'"{file}" = "{digest}"' for file, digest in package["sha256"].items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Renew and check vendored JavaScript.")
    parser.add_argument("action", choices=("check", "renew"))
    parser.add_argument("versions", nargs="*", metavar="NAME=VERSION")
    arguments = parser.parse_args()
    if arguments.action == "renew":
        renew(VENDOR, dict(pair.split("=", 1) for pair in arguments.versions))
    wrong = check(VENDOR)
    print("\n".join(wrong) or f"{VENDOR.name}: every file is as listed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
