"""Gather every sentence for people, and bring the catalogues of all languages up to date with it.

`make languages` writes `startcall.pot`, each language's `startcall.po`, in which new sentences have no translation yet,
and `startcall.mo`, which is what the app reads. It says what is left to translate: fill that in, and run it again.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from calls.words.errors import templates_said
from calls.words.language import DOMAIN, ENGLISH, LANGUAGES, TRANSLATIONS

ROOT = Path(__file__).parent.parent
TEMPLATE = TRANSLATIONS / f"{DOMAIN}.pot"
TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)

_PACKAGES = ("calls", "listeners", "providers")
_ERRORS = "calls/words/errors.py"
_TEXTS_OF = {"_": 1, "n_": 2}
"""How many of the arguments are texts: of `n_`, the form for one and the form for many."""

_WIDTH = 110

_KEPT_HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
_OTHER_HEADER = re.compile(rf'^"(?!(?:{"|".join(_KEPT_HEADERS)}): )[A-Z][A-Za-z-]+: .*\\n"\n', re.MULTILINE)
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)

MessageId = str | tuple[str, ...] | list[str]


def template() -> Catalog:
    """Return every sentence that is said, with the files that say it."""
    found = Catalog(domain=DOMAIN, project="Startcall", header_comment=_header("Every sentence, as it is in English."))
    for file, message_id in _said():
        found.add(message_id, locations=[(file, 0)])
    return found


def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language as it is on the disk; an empty one where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


def renewed(language: str, sentences: Catalog) -> Catalog:
    """Return a language's catalogue with exactly these sentences, keeping every translation that still fits."""
    before = catalogue(language)
    name = before.locale.english_name if before.locale is not None else language
    header = _header(f"Startcall in {name}.")
    after = Catalog(locale=language, domain=DOMAIN, project="Startcall", header_comment=header, fuzzy=False)
    for message in _messages(sentences):
        known = before.get(message.id)
        fits = known is not None and isinstance(known.string, str) == isinstance(message.id, str)
        string, flags = (known.string, known.flags) if known is not None and fits else (None, ())
        after.add(message.id, string, message.locations, flags={*flags} & {"fuzzy"})
    return after


def untranslated(translated: Catalog) -> list[MessageId]:
    """Return the sentences that have no translation, or one that nobody has confirmed."""
    return [message.id for message in _messages(translated) if message.fuzzy or not _is_whole(message)]


def written(sentences: Catalog) -> bytes:
    """Return a catalogue as text that changes only when a sentence does."""
    buffer = BytesIO()
    write_po(buffer, sentences, width=_WIDTH, include_lineno=False)
    head, gap, messages = buffer.getvalue().decode().partition("\n\n")
    return (_OTHER_HEADER.sub("", head + "\n").rstrip("\n") + gap + messages).encode()


def compiled(translated: Catalog) -> bytes:
    """Return a catalogue as the app reads it, the same on every day."""
    translated.creation_date = translated.revision_date = _UNDATED
    buffer = BytesIO()
    write_mo(buffer, translated)
    return buffer.getvalue()


def po_path(language: str) -> Path:
    """Return where a language's translations are."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def main() -> int:
    """Bring everything up to date and say what is left to translate."""
    sentences = template()
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(written(sentences))
    for language in TRANSLATED:
        path = po_path(language)
        after = renewed(language, sentences)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(after))
        path.with_suffix(".mo").write_bytes(compiled(catalogue(language)))
        left = len(untranslated(after))
        print(f"{language}  {len(after) - left} of {len(after)} sentences" + (f"; left in {path}" if left else ""))
    return 0


def _said() -> Iterator[tuple[str, MessageId]]:
    """Yield each file and sentence, in an order that does not depend on the machine or the version of Python."""
    for package in _PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            yield from ((file, sentence) for sentence in _said_in(ast.parse(path.read_text(encoding="utf-8"))))
            if file == _ERRORS:
                # These are put together from parts in tables, which no look at the source alone can read.
                yield from ((file, sentence) for sentence in templates_said())


def _said_in(node: ast.AST) -> Iterator[MessageId]:
    """Yield what a source says, also within f-strings, which Babel does not look into."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TEXTS_OF:
        arguments = node.args[: _TEXTS_OF[node.func.id]]
        texts = tuple(one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str))
        if len(texts) == _TEXTS_OF[node.func.id]:
            yield texts[0] if len(texts) == 1 else texts
    for child in ast.iter_child_nodes(node):
        yield from _said_in(child)


def _messages(sentences: Catalog) -> list[Message]:
    """Return the messages without the first, which is the catalogue's header."""
    return [message for message in sentences if message.id]


def _is_whole(message: Message) -> bool:
    forms = (message.string,) if isinstance(message.string, str) else message.string or ("",)
    return all(forms)


def _header(what: str) -> str:
    return f"# {what}\n# Written by `make languages`; what is translated is filled in by hand, and kept."


if __name__ == "__main__":
    sys.exit(main())
