"""Every sentence is there in every language, whole, and as the app reads it."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Message

from scripts.languages import (
    TEMPLATE,
    TRANSLATED,
    catalogue,
    compiled,
    po_path,
    renewed,
    template,
    untranslated,
    written,
)

RENEW = "run: make languages"
FILL_IN = "fill these in, then run: make languages"


def forms(string: object) -> tuple[str, ...]:
    """Return the forms of a sentence: one, or one for each grammatical number."""
    return (string,) if isinstance(string, str) else tuple(string or ())  # type: ignore[arg-type]


def places(sentence: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def typed(sentence: str) -> list[str]:
    """Return what stands between backticks, in the order of the alphabet."""
    return sorted(re.findall(r"`[^`]*`", sentence))


def marks(sentence: str) -> list[str]:
    """Return what makes a mention, a link, something bold or a new line in Slack, in the order of the alphabet."""
    return sorted(mark.rstrip(".") for mark in re.findall(r"<[^>]*>|[<>*\n]|https?://[a-z0-9/.]*", sentence))


def messages(language: str) -> list[Message]:
    """Return what a language's catalogue holds."""
    return [message for message in catalogue(language) if message.id]


def test_the_template_has_every_sentence_of_the_sources() -> None:
    """After a change of a sentence, `make languages` gathers it."""
    assert written(template()) == TEMPLATE.read_bytes(), RENEW


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_exactly_the_sentences_of_the_sources(language: str) -> None:
    """None is missing, none is left over, and the file is as the script writes it."""
    assert written(renewed(language, template())) == po_path(language).read_bytes(), RENEW


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    """Nobody meets an English sentence among those of their own language, nor one that nobody has confirmed."""
    assert [] == untranslated(renewed(language, template())), FILL_IN


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_app_reads_is_what_was_translated(language: str) -> None:
    """The compiled catalogue is in step with its text."""
    assert compiled(catalogue(language)) == po_path(language).with_suffix(".mo").read_bytes(), RENEW


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_places_of_the_source(language: str) -> None:
    """What is filled in is filled in everywhere; only a form for one thing may leave the number out."""
    wrong = []
    for message in messages(language):
        wanted, said = places(forms(message.id)[-1]), [places(form) for form in forms(message.string)]
        if said[-1] != wanted or any(not one <= wanted or wanted - one - {"count"} for one in said):
            wrong.append(message.id)
    assert [] == wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_to_be_typed_is_the_same_in_every_language(language: str) -> None:
    """Commands, settings and programs stay as they are."""
    wrong = [
        message.id
        for message in messages(language)
        for form in forms(message.string)
        if typed(form) != typed(forms(message.id)[-1])
    ]
    assert [] == wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_grammatical_number_has_its_form(language: str) -> None:
    """As many forms as the language has numbers, and none where the source has one form."""
    wanted = catalogue(language).num_plurals
    wrong = [
        message.id
        for message in messages(language)
        if len(forms(message.string)) != (1 if isinstance(message.id, str) else wanted)
    ]
    assert [] == wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_begin_and_end_as_the_source_does(language: str) -> None:
    """No space is lost or added, a sentence stays one, and nothing is a mention or a link by accident."""
    wrong = []
    for message in messages(language):
        source = forms(message.id)[-1]
        for form in forms(message.string):
            spaces = form.strip() != form and source.strip() == source
            ends = source.endswith(".") and not form.endswith((".", "。"))
            if spaces or ends or marks(form) != marks(source):
                wrong.append((message.id, form))
    assert [] == wrong
