"""Installing by OAuth needs an address, an app and a key; what is missing or wrong is said with its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import SettingsError, read_settings
from tests.many_workspaces import KEY, OTHER_KEY

OAUTH = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "abcdef",
    "SLACK_SIGNING_SECRET": "0123456789abcdef",
    "PUBLIC_URL": "https://calls.example.com",
    "STARTCALL_ENCRYPTION_KEY": KEY,
}


def text_of(environ: dict[str, str]) -> str:
    """Return the complaint about an environment, in one line."""
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    return " ".join(str(caught.value).split())


def without(name: str, **more: str) -> dict[str, str]:
    """Return the settings without one, or with others."""
    return {**{key: value for key, value in OAUTH.items() if key != name}, **more}


def test_no_bot_token_is_needed() -> None:
    """What Slack gives for each workspace is in the database."""
    settings = read_settings(OAUTH)

    assert None is settings.slack_bot_token
    assert [KEY] == [key.reveal() for key in settings.encryption_keys]
    assert 32 == len(settings.room_key)


def test_with_a_bot_token_all_is_as_before() -> None:
    """The id and secret then serve signing in alone, and no key is needed."""
    settings = read_settings(without("STARTCALL_ENCRYPTION_KEY", SLACK_BOT_TOKEN="xoxb-1-2-abc"))

    assert () == settings.encryption_keys
    assert settings.signs_in


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("STARTCALL_ENCRYPTION_KEY", "Make one with: openssl rand -base64 32"),
        ("PUBLIC_URL", "Set it to the https address under which admins and Slack reach the HTTP server."),
        ("SLACK_CLIENT_SECRET", "Copy it from"),
        ("SLACK_SIGNING_SECRET", "Slack has no way to reach the app"),
    ],
)
def test_what_is_missing_is_named_with_its_cure(name: str, words: str) -> None:
    """Before anything listens."""
    assert f"{name} is not set." in text_of(without(name)) or "Nor is SLACK_SIGNING_SECRET" in text_of(without(name))
    assert words in text_of(without(name))


@pytest.mark.parametrize("key", ["short", KEY[:-4], f"{KEY},{KEY}x"])
def test_what_is_no_key_is_refused_and_not_repeated(key: str) -> None:
    """It might be another secret."""
    text = text_of(without("", STARTCALL_ENCRYPTION_KEY=key))

    assert "STARTCALL_ENCRYPTION_KEY holds something that is no key of 32 bytes in base64." in text
    assert key not in text


def test_the_example_of_a_key_is_refused_once() -> None:
    """Whoever copies it has one thing to put right, not two."""
    text = text_of(without("", STARTCALL_ENCRYPTION_KEY="your-encryption-key"))

    assert "1 setting needs attention. STARTCALL_ENCRYPTION_KEY still holds the placeholder" in text


def test_several_keys_may_be_in_a_file(tmp_path: Path) -> None:
    """One a line, in either alphabet of base64."""
    file = tmp_path / "keys"
    file.write_text(f"{KEY}\n{OTHER_KEY}\n", encoding="ascii")

    settings = read_settings(without("STARTCALL_ENCRYPTION_KEY", STARTCALL_ENCRYPTION_KEY_FILE=str(file)))

    assert [KEY, OTHER_KEY] == [key.reveal() for key in settings.encryption_keys]


def test_a_file_that_is_not_there_or_empty_is_named(tmp_path: Path) -> None:
    """And so is a key in two places."""
    empty = tmp_path / "empty"
    empty.touch()

    def complaint(file: Path) -> str:
        return text_of(without("STARTCALL_ENCRYPTION_KEY", STARTCALL_ENCRYPTION_KEY_FILE=str(file)))

    assert "names a file that cannot be read (No such file or directory)." in complaint(tmp_path / "none")
    assert "names a file with no key in it." in complaint(empty)
    assert "Set one of them" in text_of(without("", STARTCALL_ENCRYPTION_KEY_FILE=str(empty)))
