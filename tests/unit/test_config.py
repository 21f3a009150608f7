"""The environment is read once, checked completely, and never shown."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from calls.secret import Secret
from config import SettingsError, has_credentials, read_settings
from config_table import SETTINGS
from providers.registry import OWN_KINDS, known_providers

SOCKET_MODE = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_APP_TOKEN": "xapp-1-A1-2-def"}
DEFAULTS = {one.name: one.default for kind in OWN_KINDS.values() for one in kind.settings if one.default}
HTTP = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}

BAD_VALUES = [
    ("SLACK_BOT_TOKEN", "xapp-1-A1-2-def", "holds an app-level token"),
    ("SLACK_BOT_TOKEN", "xoxp-1-2-abc", "holds a user token"),
    ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-abc", "holds a token that expires"),
    ("SLACK_BOT_TOKEN", "1-2-abc", "does not begin with xoxb-"),
    ("SLACK_BOT_TOKEN", "xoxb-", "is cut off"),
    ("SLACK_BOT_TOKEN", "xoxb-1 2", "is cut off, or has characters"),
    ("SLACK_BOT_TOKEN", "xoxb-ö", "is cut off, or has characters"),
    ("SLACK_BOT_TOKEN", "xoxb-your-bot-token", "placeholder"),
    ("SLACK_BOT_TOKEN", "xoxb-...", "placeholder"),
    ("SLACK_BOT_TOKEN", "<token>", "placeholder"),
    ("SLACK_BOT_TOKEN", '"xoxb-1-2-abc"', "quotation marks"),
    ("SLACK_APP_TOKEN", "xoxb-1-2-abc", "holds a bot token"),
    ("SLACK_APP_TOKEN", "xapp-your-app-token", "placeholder"),
    ("SLACK_SIGNING_SECRET", "your-signing-secret", "placeholder"),
    ("SLACK_SIGNING_SECRET", "xoxb-1-2-abc", "holds a bot token"),
    ("SLACK_SIGNING_SECRET", "two words", "has characters that no signing secret has"),
    ("SLACK_CLIENT_ID", "1234 5678", "characters that no client id or secret has"),
    ("SLACK_CLIENT_SECRET", "your-client-secret", "placeholder"),
    ("SLACK_API_URL", "http://slack.com/api/", "begins with http://"),
    ("SLACK_API_URL", "slack.com/api", "does not begin with https://"),
    ("SLACK_API_URL", "https://slack.com/api/?x=1", "must end with its path"),
    ("PUBLIC_URL", "http://startcall.example.org", "begins with http://"),
    ("PUBLIC_URL", "https://u:p@startcall.example.org", "has a user name or password"),
    ("PUBLIC_URL", "https://", "has no host"),
    ("HOST", "http://127.0.0.1", "is not a host name"),
    ("HOST", "my host", "is not a host name"),
    ("PORT", "65536", "is not a whole number from 0 to 65535"),
    ("PORT", "-1", "is not a whole number"),
    ("PORT", "3000.0", "is not a whole number"),
    ("PORT", "http", "is not a whole number"),
    ("PORT", "٣٠٠٠", "is not a whole number"),
    ("PORT", "9" * 5000, "is not a whole number"),
    ("DATABASE_URL", "postgresql+psycopg://u:p@db/startcall", "no name of a driver"),
    ("DATABASE_URL", "postgresql:/startcall", "does not begin with postgresql://"),
    ("DATABASE_URL", "postgresql://u:p@db", "names no database"),
    ("DATABASE_URL", "postgresql://u:p@db/", "names no database"),
    ("DATABASE_URL", "postgresql://u:a/b@db/startcall", "is not an address"),
    ("DATABASE_URL", "postgresql://u:p@db/start#call", "is not an address"),
    ("DATABASE_URL", "mysql://db/startcall", "does not begin with sqlite:///"),
    ("DATABASE_URL", "sqlite://data/x.sqlite3", "does not begin with sqlite:///"),
    ("DATABASE_URL", "sqlite:///", "names no file"),
    ("DATABASE_URL", "sqlite:///:memory:", "names no file"),
    ("DATABASE_URL", "sqlite:///data/x?mode=ro", "must end with the path of a file"),
    ("DATABASE_URL", "sqlite:///data/", "must end with the path of a file"),
    ("STARTCALL_PROVIDER", "skype", "names no meeting system"),
    ("STARTCALL_PROVIDER", "lnk", "names no meeting system"),
    ("STARTCALL_LINK_TEMPLATE", "https://meet.example.org/", "has no {room}"),
    ("STARTCALL_LINK_TEMPLATE", "javascript:{room}", "does not begin with https://"),
]

LEAKS = (
    "hunter2",
    "xoxb-hunter2 ",
    "xoxb-hunter2\nx",
    "xapp-hunter2",
    "your-hunter2",
    "https://u:hunter2@host/{room}",
    "https://host:hunter2/{room}",
    "https://[hunter2/{room}",
    "postgresql+x://u:hunter2@host/db",
    "postgresql://u:hunter2@host",
    "sqlite:///hunter2?x",
    "'hunter2'",
)


def text_of(environ: dict[str, str], env_file: Path | None = None) -> str:
    """Return the complaint about an environment that cannot be used."""
    with pytest.raises(SettingsError) as caught:
        read_settings(environ, env_file)
    return str(caught.value)


def test_socket_mode_needs_two_tokens_and_nothing_else() -> None:
    """Everything else has a default."""
    settings = read_settings(SOCKET_MODE)
    assert settings.slack_bot_token == Secret("xoxb-1-2-abc")
    assert settings.slack_app_token == Secret("xapp-1-A1-2-def")
    assert settings.slack_signing_secret is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.public_url is None
    assert settings.database_url == "sqlite:///data/startcall.sqlite3"
    assert settings.provider == "auto"
    assert settings.provider_values == DEFAULTS


def test_every_setting_arrives() -> None:
    """Each name in the environment has its effect, in the form the app wants it."""
    environ = {
        **SOCKET_MODE,
        **HTTP,
        "SLACK_API_URL": "http://127.0.0.1:8910/api",
        "HOST": "::1",
        "PORT": "0",
        "PUBLIC_URL": "https://startcall.example.org/app/",
        "DATABASE_URL": "sqlite:////var/lib/calls.sqlite3",
        "STARTCALL_PROVIDER": "link",
        "STARTCALL_LINK_TEMPLATE": "https://meet.example.org/{room}",
        "STARTCALL_STUN_URL": "none",
        "STARTCALL_TURN_URL": "turn:turn.example.org:3478",
        "STARTCALL_TURN_SECRET": "a secret",
        "STARTCALL_ICE_RELAY_ONLY": "yes",
        "STARTCALL_BUILTIN_PEOPLE_MAX": "4",
    }
    settings = read_settings(environ)
    assert settings.slack_app_token is not None
    assert settings.slack_signing_secret is not None
    assert settings.slack_api_url == "http://127.0.0.1:8910/api/"
    assert (settings.host, settings.port) == ("::1", 0)
    assert settings.public_url == "https://startcall.example.org/app"
    assert settings.database_url == "sqlite:////var/lib/calls.sqlite3"
    assert settings.provider == "link"
    assert settings.provider_values == {
        **DEFAULTS,
        "STARTCALL_LINK_TEMPLATE": "https://meet.example.org/{room}",
        "STARTCALL_STUN_URL": "none",
        "STARTCALL_TURN_URL": "turn:turn.example.org:3478",
        "STARTCALL_TURN_SECRET": "a secret",
        "STARTCALL_ICE_RELAY_ONLY": "yes",
        "STARTCALL_BUILTIN_PEOPLE_MAX": "4",
    }


def test_empty_and_blank_values_count_as_not_set() -> None:
    """A name without a value is the same as no name."""
    empty = {setting.name: " " for setting in SETTINGS} | {"STARTCALL_NONSENSE": ""}
    assert read_settings({**empty, **SOCKET_MODE}) == read_settings(SOCKET_MODE)


def test_space_around_a_value_is_dropped() -> None:
    """A line end copied along with a token does no harm."""
    padded = {name: f" {value}\r\n" for name, value in SOCKET_MODE.items()}
    assert read_settings(padded) == read_settings(SOCKET_MODE)


@pytest.mark.parametrize(("name", "value", "complaint"), BAD_VALUES)
def test_bad_value_is_refused_with_name_reason_and_cure(name: str, value: str, complaint: str) -> None:
    """Each value that cannot work stops the start."""
    with pytest.raises(SettingsError) as caught:
        read_settings({**SOCKET_MODE, **HTTP, name: value})
    problems = [problem for problem in caught.value.problems if problem.name == name]
    assert len(problems) == 1
    assert complaint in problems[0].sentence
    assert problems[0].cure.strip()
    assert name in str(caught.value)


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS] + ["STARTCALL_NONSENSE"])
@pytest.mark.parametrize("value", LEAKS)
def test_no_complaint_repeats_a_value(name: str, value: str) -> None:
    """Any value may be a secret in the wrong place."""
    try:
        shown = repr(read_settings({**SOCKET_MODE, name: value}).slack_signing_secret)
    except SettingsError as error:
        shown = f"{error} {error!r} {error.problems}"
    assert "hunter2" not in shown


def test_all_problems_are_listed_at_once() -> None:
    """Whoever sets up the app reads one message, not ten in a row."""
    environ = {name: value for name, value, _ in BAD_VALUES} | {"STARTCALL_NONSENSE": "1"}
    text = text_of(environ)
    assert [name for name in environ if name not in text] == []
    assert f"{len(environ)} settings need attention" in text


def test_swapped_tokens_are_recognised() -> None:
    """The commonest mistake is called by its name, once."""
    text = text_of({"SLACK_BOT_TOKEN": "xapp-1-A1-2-def", "SLACK_APP_TOKEN": "xoxb-1-2-abc"})
    assert "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped" in text
    assert "1 setting needs attention" in text


def test_no_way_in_is_a_problem() -> None:
    """With a bot token alone nothing could ever reach the app."""
    text = text_of({"SLACK_BOT_TOKEN": "xoxb-1-2-abc"})
    assert "SLACK_APP_TOKEN is not set. Nor is SLACK_SIGNING_SECRET" in text
    assert "1 setting needs attention" in text


def test_nothing_set_names_what_is_needed_and_how_to_try_without() -> None:
    """The first message a newcomer may see says where tokens come from, and that none are needed to try."""
    text = text_of({})
    assert "SLACK_BOT_TOKEN is not set." in text
    assert "https://api.slack.com/apps" in text
    assert "make run" in text


def test_link_needs_a_template() -> None:
    """The provider link without its template cannot make a room."""
    text = text_of({**SOCKET_MODE, "STARTCALL_PROVIDER": "link"})
    assert "STARTCALL_LINK_TEMPLATE is not set. STARTCALL_PROVIDER=link needs it." in text


def test_unknown_own_name_is_refused_with_a_guess() -> None:
    """A misspelt setting of ours would otherwise be silently without effect."""
    text = text_of({**SOCKET_MODE, "STARTCALL_PROVDER": "link", "STARTCALL_XYZZY": "1"})
    assert "Did you mean STARTCALL_PROVIDER?" in text
    assert "STARTCALL_XYZZY is not a setting of Startcall." in text


def test_unknown_provider_is_answered_with_the_known_ones() -> None:
    """The cure can be typed as printed."""
    names = ", ".join(known_providers())
    said = " ".join(text_of({**SOCKET_MODE, "STARTCALL_PROVIDER": "lnk"}).split())
    assert f"Did you mean link? Use one of: {names}." in said


def test_misspelt_slack_name_is_pointed_at() -> None:
    """Names that are not ours are no error, but a near one explains what is missing."""
    text = text_of({"SLACK_BOT_TOKN": "xoxb-1-2-abc", "SLACK_APP_TOKEN": "xapp-1-A1-2-def"})
    assert "SLACK_BOT_TOKEN is not set; is SLACK_BOT_TOKN meant to be it?" in text


def test_other_names_are_nobodys_business() -> None:
    """The environment is full of names of other programs."""
    assert read_settings({**SOCKET_MODE, "PATH": "/bin", "SLACK_TEAM": "x"}) == read_settings(SOCKET_MODE)


def test_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    """What is set outside beats the file, name by name."""
    file = tmp_path / ".env"
    file.write_text("# mine\nexport SLACK_BOT_TOKEN='xoxb-file'\nPORT=1 # one\nHOST=::1\n", encoding="utf-8-sig")
    settings = read_settings({"SLACK_APP_TOKEN": "xapp-1-A1-2-def", "PORT": "2"}, file)
    assert settings.slack_bot_token == Secret("xoxb-file")
    assert (settings.host, settings.port) == ("::1", 2)


def test_empty_value_in_the_environment_wins_over_the_file_and_says_so(tmp_path: Path) -> None:
    """The local Slack clears names this way; somebody who did it by accident is told."""
    file = tmp_path / ".env"
    file.write_text("SLACK_BOT_TOKEN=xoxb-file\n", encoding="utf-8")
    text = text_of({"SLACK_APP_TOKEN": "xapp-1-A1-2-def", "SLACK_BOT_TOKEN": ""}, file)
    assert "SLACK_BOT_TOKEN is set in .env, but to nothing in the environment, which wins." in text


def test_problem_in_the_file_says_that_it_is_there(tmp_path: Path) -> None:
    """With two places to look, the right one is named."""
    file = tmp_path / ".env"
    file.write_text("PORT=many\n", encoding="utf-8")
    assert "PORT (in .env) is not a whole number" in text_of(SOCKET_MODE, file)


def test_missing_env_file_is_no_problem(tmp_path: Path) -> None:
    """Containers have no such file."""
    assert read_settings(SOCKET_MODE, tmp_path / ".env") == read_settings(SOCKET_MODE)


def test_dollar_signs_in_the_file_are_kept(tmp_path: Path) -> None:
    """A value is what is written, whatever else is set."""
    file = tmp_path / ".env"
    file.write_text("SLACK_SIGNING_SECRET=a${HOME}b$c\n", encoding="utf-8")
    settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "HOME": "/root"}, file)
    assert settings.slack_signing_secret == Secret("a${HOME}b$c")


def test_line_that_cannot_be_understood_is_named_by_number_only(tmp_path: Path) -> None:
    """A token pasted without its name is a mistake, and must not be printed."""
    file = tmp_path / ".env"
    file.write_text("# a comment\n\nxoxb-pasted-alone\nHOST='unfinished\n", encoding="utf-8")
    text = text_of(SOCKET_MODE, file)
    assert ".env cannot be understood in line 3." in text
    assert ".env cannot be understood in line 4." in text
    assert "pasted" not in text
    assert "unfinished" not in text


@pytest.mark.parametrize("content", [b"SLACK_BOT_TOKEN=\xff\xfe", None])
def test_unreadable_file_is_a_problem_and_counts_as_credentials(tmp_path: Path, content: bytes | None) -> None:
    """`make run` must not quietly start the local Slack because the file with the tokens is broken."""
    file = tmp_path / ".env"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    assert ".env cannot be read" in text_of(SOCKET_MODE, file)
    assert has_credentials({}, file)


def test_file_in_the_present_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started without arguments, the process's environment and `.env` beside it count."""
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-file\nSLACK_APP_TOKEN=xapp-file\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("PORT", "4711")
    assert read_settings().slack_bot_token == Secret("xoxb-file")
    assert read_settings().port == 4711
    assert has_credentials()


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_only_slacks_credentials_count_as_credentials(name: str) -> None:
    """`make run` uses the local Slack as long as there is no token, whatever else is set."""
    expected = name.startswith("SLACK_") and name != "SLACK_API_URL"
    assert expected == has_credentials({name: "anything"})
    assert not has_credentials({name: " "})


@given(st.text(alphabet="0123456789abcdef", min_size=12, max_size=40))
def test_secret_is_never_printed(value: str) -> None:
    """A value gets out by `reveal` only."""
    secret = Secret(value)
    shown = f"{secret} {secret!r} {secret!s} {secret:>20} {[secret]} {secret!a}"
    assert value not in shown
    assert secret.reveal() == value


def test_secrets_compare_by_value() -> None:
    """Two settings read from the same environment are equal."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("ü")}) == 2
    assert copy.deepcopy(Secret("a")) == Secret("a")
    with pytest.raises(TypeError):
        pickle.dumps(Secret("a"), protocol=0)


def test_settings_print_no_secret() -> None:
    """Settings may be logged as a whole."""
    settings = read_settings({**SOCKET_MODE, **HTTP})
    shown = f"{settings} {settings!r}"
    assert [value for value in {**SOCKET_MODE, **HTTP}.values() if value in shown] == []


@hypothesis_settings(deadline=None)  # the installed packages are asked for meeting systems, from disk
@given(
    st.dictionaries(
        st.sampled_from([s.name for s in SETTINGS]), st.text(alphabet=st.characters(exclude_characters="\0"))
    )
)
def test_any_environment_is_settings_or_a_complaint(environ: dict[str, str]) -> None:
    """Whatever is in the environment, there is no third outcome."""
    try:
        read_settings(environ)
    except SettingsError as error:
        assert error.problems  # noqa: PT017 - both outcomes are right


def test_room_key_depends_on_the_bot_token_only() -> None:
    """The key is the same after a restart and differs between installations, and does not show the token."""
    key = read_settings(SOCKET_MODE).room_key
    assert key == read_settings({**HTTP, "PORT": "1"}).room_key
    assert key != read_settings({**SOCKET_MODE, "SLACK_BOT_TOKEN": "xoxb-other"}).room_key
    assert len(key) == 32
    assert b"xoxb" not in key
