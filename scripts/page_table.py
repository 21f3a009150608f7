"""The table of a page of the documentation that is made from the code, between two marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

_BEGIN, _END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def as_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def with_table(page: str, table: str) -> str:
    """Return a page with its table renewed."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{table}{_END}{after}"


def renew_table(page: Path, table: str) -> None:
    """Write the table into the file of a page."""
    page.write_text(with_table(page.read_text(encoding="utf-8"), table), encoding="utf-8")
