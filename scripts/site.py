"""Build the documentation as a site, and fail on any link that leads nowhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "docs" / "zensical.toml"
PAGES = ("*.md", "docs/**/*.md", "providers/*/README.md", "sandbox/**/*.md", "benchmarks/**/*.md")

_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def pages() -> list[Path]:
    """Return every page of the documentation."""
    return sorted(page for pattern in PAGES for page in ROOT.glob(pattern))


def linked(page: Path) -> set[Path]:
    """Return the files of this checkout that a page links to, whatever they are."""
    targets = {(page.parent / link).resolve() for link in _LINK.findall(page.read_text(encoding="utf-8"))}
    return {target for target in targets if target.is_file() and target.is_relative_to(ROOT)}


def gather(folder: Path) -> None:
    """Copy the pages and all they link to, each to its place below a folder, so that links stay as they are."""
    files = pages()
    for file in {*files, *(target for page in files for target in linked(page))}:
        place = folder / file.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def build(folder: Path) -> int:
    """Build the site anew below a folder, its pages in `html`, and return the builder's exit status."""
    shutil.rmtree(folder, ignore_errors=True)
    gather(folder / "pages")
    shutil.copyfile(CONFIG, folder / CONFIG.name)
    return run(folder)


def run(folder: Path) -> int:
    """Run the builder on what was gathered, and return its exit status: not 0 when a link leads nowhere."""
    builder = [str(Path(sys.executable).with_name("zensical")), "build", "--strict"]
    return subprocess.run(builder, cwd=folder, check=False).returncode


def main() -> int:
    """Build the site where nothing of the repository is, and say where to open it."""
    folder = ROOT / "test-output" / "site"
    status = build(folder)
    if status == 0:
        print(f"Open {(folder / 'html' / 'index.html').relative_to(ROOT)} in a browser.")
    return status


if __name__ == "__main__":
    sys.exit(main())
