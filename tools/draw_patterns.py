"""Draw every pattern of the catalogue and write docs/patterns.md: python tools/draw_patterns.py [--check]."""

from __future__ import annotations

import sys
from pathlib import Path

from zhixing.runtime.pattern_pages import catalogue_page, drawing_of
from zhixing.simulation.patterns.catalogue import catalogue

DOCS = Path(__file__).parent.parent / "docs"


def main() -> int:
    """Write the page and the drawings, or say which are not up to date."""
    files = {DOCS / "patterns.md": catalogue_page()}
    files |= {DOCS / "patterns" / f"{name}.svg": drawing_of(pattern) for name, pattern in catalogue().items()}
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        print("\n".join(f"not up to date: {path.relative_to(DOCS.parent)}" for path in stale))
        return 1 if stale else 0
    (DOCS / "patterns").mkdir(exist_ok=True)
    for path in stale:
        path.write_text(files[path], encoding="utf-8")
    print(f"{len(files)} files, {len(stale)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
