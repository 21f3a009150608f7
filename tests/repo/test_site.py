"""The documentation becomes a site that can be read without a network, with every page to be found in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from scripts import site
from tests.repo.tree import ROOT

FROM_ELSEWHERE = re.compile(r"<(?:script|img|link)\b[^>]*(?:src|href)=\"?https?://(?![^>]*\bcanonical\b)")


def listed(entry: object) -> Iterator[str]:
    """Return the pages in a part of the navigation, however deep."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, list):
        for part in entry:
            yield from listed(part)
    elif isinstance(entry, dict):
        for part in entry.values():
            yield from listed(part)


def test_the_site_is_built_with_every_page_and_fetches_nothing(tmp_path: Path) -> None:
    """Each page is there, all links between pages and into them lead somewhere, and no page needs a network."""
    status = site.build(tmp_path)
    html = tmp_path / "html"
    built = [page.relative_to(ROOT).with_suffix(".html").as_posix() for page in site.pages()]
    names = [re.sub(r"README\.html$", "index.html", name) for name in built]

    assert status == 0
    assert [name for name in names if not (html / name).is_file()] == []
    assert [name for name in names if FROM_ELSEWHERE.search((html / name).read_text(encoding="utf-8"))] == []


def test_a_link_to_a_heading_that_is_not_there_fails_the_build(tmp_path: Path) -> None:
    """A heading that is renamed takes the links to it along, or the build says so."""
    folder = tmp_path / "site"
    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "README.md").write_text("# A\n\n[Where](#nowhere)\n", encoding="utf-8")
    (folder / site.CONFIG.name).write_text(
        '[project]\nsite_name = "A"\ndocs_dir = "pages"\nsite_dir = "html"\n', encoding="utf-8"
    )

    assert site.run(folder) != 0


def test_every_page_of_docs_can_be_found_in_the_navigation() -> None:
    """A new page in docs gets a line in docs/zensical.toml, and no line is left behind."""
    navigation = tomllib.loads(site.CONFIG.read_text(encoding="utf-8"))["project"]["nav"]
    found = sorted(listed(navigation))

    assert sorted(page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").glob("*.md")) == [
        name for name in found if name.startswith("docs/")
    ]
    assert [name for name in found if not (ROOT / name).is_file()] == []
