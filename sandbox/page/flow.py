"""Send a list of messages so that only what changed in it travels.

A conversation of 200 call cards is large. The browser names the fingerprint of the list it shows; if that
list is remembered, the answer is the few messages that were added, changed or removed since.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_REMEMBERED_MAX = 256


@dataclass(frozen=True, slots=True)
class Piece:
    """One drawn list item, with its element id and a fingerprint of its HTML."""

    dom_id: str
    html: str
    mark: str


def make_piece(dom_id: str, html: str) -> Piece:
    """Return a piece with its fingerprint."""
    return Piece(dom_id, html, fingerprint(html))


def fingerprint(html: str) -> str:
    """Return a short mark that differs when the HTML does."""
    return hashlib.blake2b(html.encode(), digest_size=9).hexdigest()


class Memory:
    """The lists sent lately, by fingerprint: element ids with the fingerprints of their pieces."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._lists: OrderedDict[str, dict[str, str]] = OrderedDict()

    def remember(self, mark: str, pieces: Sequence[Piece]) -> None:
        """Keep a list, and forget the ones used longest ago."""
        self._lists[mark] = {piece.dom_id: piece.mark for piece in pieces}
        self._lists.move_to_end(mark)
        while len(self._lists) > _REMEMBERED_MAX:
            self._lists.popitem(last=False)

    def since(self, seen: Collection[str], region: str, pieces: Sequence[Piece]) -> str | None:
        """Return the partials that turn the list a browser shows into this one.

        None when the browser's list is not remembered, or when more than changes in place, removals and
        additions at the end happened.
        """
        old = next((self._lists[mark] for mark in seen if mark in self._lists and mark.startswith(f"{region}-")), None)
        if not old:
            return None
        kept = [piece for piece in pieces if piece.dom_id in old]
        added = pieces[len(kept) :]
        new_ids = {piece.dom_id for piece in pieces}
        order = [dom_id for dom_id in old if dom_id in new_ids]
        if not kept or order != [piece.dom_id for piece in pieces[: len(kept)]]:
            return None
        parts = [_partial(f"#{dom_id}", "delete", "") for dom_id in old if dom_id not in new_ids]
        parts += [_partial(f"#{p.dom_id}", "outerMorph", p.html) for p in kept if old[p.dom_id] != p.mark]
        if added:
            parts.append(_partial(f"#{region} .messages", "beforeend", "".join(piece.html for piece in added)))
        return "".join(parts)


def _partial(target: str, swap: str, html: str) -> str:
    return f'<hx-partial hx-target="{target}" hx-swap="{swap}">{html}</hx-partial>'
