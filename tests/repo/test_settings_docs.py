"""The code, `.env.example` and the page of settings list the same names with the same words."""

from __future__ import annotations

from dataclasses import fields

import pytest

from calls.limits import Limits
from config import Settings, has_credentials, read_settings
from config_checks import find_fault
from config_limits import LIMIT_SETTINGS
from config_table import ENV_EXAMPLE, PAGE, SETTINGS, render_env_example, with_table
from providers.registry import OWN_KINDS

RENEW = "run: python -m config_table"


def test_env_example_is_made_from_the_table() -> None:
    """The file to copy says what the code knows."""
    assert render_env_example() == ENV_EXAMPLE.read_text(encoding="utf-8"), RENEW


def test_page_of_settings_is_made_from_the_table() -> None:
    """The page says what the code knows."""
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, RENEW
    assert [setting.name for setting in SETTINGS if page.count(f"| `{setting.name}` |") != 1] == []


def test_every_field_is_a_setting_and_every_setting_a_field() -> None:
    """Nothing is read that is not in the table, and nothing is in the table that is not read."""
    of_providers = {setting.name for kind in OWN_KINDS.values() for setting in kind.settings}
    names = {
        setting.name.removeprefix("STARTCALL_").lower() for setting in SETTINGS if setting.name not in of_providers
    }
    keys = {"encryption_key", "encryption_key_file"}
    assert keys <= names
    limits = {one.name.removeprefix("STARTCALL_").lower() for one in LIMIT_SETTINGS}
    assert limits <= names
    assert sorted(one.field for one in LIMIT_SETTINGS) == sorted(field.name for field in fields(Limits))
    held = {*names - keys - limits, "encryption_keys", "limits", "provider_values"}
    assert held == {field.name for field in fields(Settings)}


def test_copied_example_changes_nothing() -> None:
    """A copy of the file nobody has filled in starts the local Slack, like no file at all."""
    assert not has_credentials({}, ENV_EXAMPLE)
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_APP_TOKEN": "xapp-1-A1-2-def"}
    assert read_settings(tokens, ENV_EXAMPLE) == read_settings(tokens)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_setting_is_explained(setting: object) -> None:
    """Each has a meaning in sentences, an example, and a default that is not refused."""
    known = next(candidate for candidate in SETTINGS if candidate is setting)
    assert known.meaning.endswith(".")
    assert "|" not in known.meaning
    assert known.example
    assert not known.default or find_fault(known.name, known.default) is None


@pytest.mark.parametrize("name", [s.name for s in SETTINGS if not s.secret])
def test_example_that_is_no_secret_can_be_used(name: str) -> None:
    """What is shown as an example has the right form."""
    example = next(setting.example for setting in SETTINGS if setting.name == name)
    assert find_fault(name, example) is None


@pytest.mark.parametrize("name", [s.name for s in SETTINGS if s.secret])
def test_example_of_a_secret_is_refused(name: str) -> None:
    """A placeholder that was never replaced is found at the start, not by Slack."""
    example = next(setting.example for setting in SETTINGS if setting.name == name)
    assert find_fault(name, example) is not None
