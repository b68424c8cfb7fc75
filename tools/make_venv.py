"""Make the virtual environment and install Zhixing into it, on any machine with Python 3.11 and PyPI.

Debian's ``python3`` comes without ``ensurepip``; there pip itself is fetched from the package index and its
digest is checked before it runs. Usage: ``python3 tools/make_venv.py VENV REQUIREMENT``.
"""

from __future__ import annotations

import hashlib
import html.parser
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

INDEX_URL = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


class Links(html.parser.HTMLParser):
    """The links of a package's page on an index (PEP 503)."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a link points at; yanked files are left out (PEP 592)."""
        names = dict(attrs)
        if tag == "a" and names.get("href") and "data-yanked" not in names:
            self.hrefs.append(str(names["href"]))


def version_of(href: str) -> tuple[int, ...]:
    """Return the version in the file name of a pip wheel; () for anything else, pre-releases too."""
    match = re.search(r"/pip-(\d+(?:\.\d+)*)-py3-none-any\.whl", href)
    return tuple(int(part) for part in match.group(1).split(".")) if match else ()


def fetch_pip(folder: Path) -> Path:
    """Return the newest pip wheel of the index, its SHA-256 checked."""
    page_url = f"{INDEX_URL}/pip/"
    links = Links()
    with urllib.request.urlopen(page_url, timeout=60) as page:  # the index is the user's own setting
        links.feed(page.read().decode())
    wheels = [href for href in links.hrefs if version_of(href) and "#sha256=" in href]
    if not wheels:
        sys.exit(f"error: {page_url} lists no pip\n  Install Debian's python3-venv and try again.")
    url, _, digest = urllib.parse.urljoin(page_url, max(wheels, key=version_of)).partition("#sha256=")
    with urllib.request.urlopen(url, timeout=120) as answer:
        wheel = answer.read()
    if hashlib.sha256(wheel).hexdigest() != digest:
        sys.exit(f"error: {url} is not what the index says it is (SHA-256 differs)")
    path = folder / Path(urllib.parse.urlparse(url).path).name
    path.write_bytes(wheel)
    return path


def make(venv: Path, requirement: str) -> None:
    """Make ``venv`` if it is not there and install ``requirement`` in editable form."""
    python = venv / "bin" / "python"
    pip = [str(python), "-m", "pip"]
    if importlib.util.find_spec("ensurepip") is None:
        if not python.exists():
            print(f"making {venv} …", flush=True)
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
        if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
            with tempfile.TemporaryDirectory() as folder:
                wheel = fetch_pip(Path(folder))
                subprocess.run([str(python), f"{wheel}/pip", "install", "--quiet", str(wheel)], check=True)
    elif not python.exists():
        print(f"making {venv} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    print("installing Zhixing and what it needs (about a minute the first time) …", flush=True)
    subprocess.run([*pip, "install", "--quiet", "--disable-pip-version-check", "--editable", requirement], check=True)


def main() -> None:
    """Read the command line."""
    if sys.version_info < (3, 11):  # noqa: UP036  # this runs before anything has checked the version
        sys.exit(f"error: Zhixing needs Python 3.11 or newer, this is {sys.version.split()[0]}")
    try:
        make(Path(sys.argv[1]), sys.argv[2])
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {' '.join(map(str, error.cmd))} ended with {error.returncode}")
    except OSError as error:
        sys.exit(f"error: the package index cannot be reached: {error}")


if __name__ == "__main__":
    main()
