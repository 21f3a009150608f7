"""What the Google Meet provider can be set up with, and how the service account signs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from google.auth import jwt as google_jwt

from calls.clock import now
from calls.errors import ConfigError
from calls.meetings import Surroundings
from providers.googlemeet.checks import (
    find_access_fault,
    find_email_fault,
    find_key_fault,
    find_subscription_fault,
    find_topic_fault,
)
from providers.googlemeet.service_account import TOKEN_URL, read_service_account
from providers.googlemeet.tokens import MEET_SCOPES
from providers.registry import build_provider
from tests.googlemeet_double import ACCOUNT, ALICE, key_json, private_key


def read_by_google(assertion: str) -> Mapping[str, Any]:
    """Return the claims, once google-auth has checked the signature, the times and the audience."""
    public = private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims: Mapping[str, Any] = google_jwt.decode(  # type: ignore[no-untyped-call]  # typed in part
        assertion, certs={"key-1": public}, audience=TOKEN_URL
    )
    return claims


def test_googles_own_library_accepts_what_we_sign() -> None:
    """It knows nothing of ours."""
    claims = read_by_google(read_service_account(key_json()).assertion(MEET_SCOPES, now(), user=ALICE))

    assert (ACCOUNT, ALICE, " ".join(MEET_SCOPES)) == (claims["iss"], claims["sub"], claims["scope"])
    assert 3600 == claims["exp"] - claims["iat"]


def test_googles_own_library_refuses_what_we_signed_long_ago() -> None:
    """The check above does check."""
    assertion = read_service_account(key_json()).assertion(MEET_SCOPES, now() - timedelta(hours=2))
    with pytest.raises(ValueError, match="expired"):
        read_by_google(assertion)


def test_the_account_acts_for_itself_where_nobody_is_named() -> None:
    """As for Pub/Sub, which belongs to the project and to no person."""
    assert "sub" not in read_by_google(read_service_account(key_json()).assertion(("scope",), now()))


def test_a_key_is_read_from_its_file_or_as_it_is(tmp_path: Path) -> None:
    """Whichever is handier where the app runs."""
    file = tmp_path / "key.json"
    file.write_text(key_json(), encoding="utf-8")

    assert find_key_fault(str(file)) is None
    assert find_key_fault(key_json()) is None
    assert ACCOUNT == read_service_account(str(file)).email


def test_what_is_no_key_is_refused_without_repeating_it(tmp_path: Path) -> None:
    """A secret put into the wrong place must not be in the log."""
    secret = "hunter2-hunter2"
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "empty.json").write_bytes(b"\xff")
    found = json.loads(key_json())
    for value in (
        secret,
        str(tmp_path),
        str(tmp_path / "empty.json"),
        "{" + secret,
        json.dumps({"private_key": secret}),
        json.dumps({**found, "private_key": secret}),
        json.dumps({**found, "private_key": other.decode()}),
        json.dumps({**found, "client_email": None}),
        "your-google-service-account-key.json",
    ):
        fault = find_key_fault(value)
        assert fault
        assert secret not in fault


@pytest.mark.parametrize(
    ("find_fault", "good", "bad"),
    [
        (find_email_fault, "meetings@example.com", ("meetings", "a b@example.com", "@example.com", "a@b")),
        (find_access_fault, "TRUSTED", ("open", "EVERYBODY")),
        (
            find_topic_fault,
            "projects/my-project/topics/startcall",
            ("startcall", "projects/my-project/subscriptions/startcall", "projects/my-project/topics/a/b"),
        ),
        (
            find_subscription_fault,
            "projects/my-project/subscriptions/startcall",
            ("projects/my-project/topics/startcall", "projects/my-project/subscriptions/x:pull"),
        ),
    ],
)
def test_a_value_of_the_wrong_form_is_refused(find_fault, good, bad) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Before the app starts, and not when somebody starts a call."""
    assert find_fault(good) is None
    assert all(find_fault(value) for value in bad)


@pytest.mark.parametrize(
    ("values", "code", "missing"),
    [
        ({}, "googlemeet_setting_missing", "STARTCALL_GOOGLEMEET_KEY"),
        ({"KEY": key_json()}, "googlemeet_setting_missing", "STARTCALL_GOOGLEMEET_HOST"),
        (
            {"KEY": key_json(), "HOST": ALICE, "TOPIC": "projects/my-project/topics/startcall"},
            "googlemeet_events_incomplete",
            "STARTCALL_GOOGLEMEET_SUBSCRIPTION",
        ),
    ],
)
async def test_settings_that_do_not_fit_together_are_refused(values: dict[str, str], code: str, missing: str) -> None:
    """With the name of what is missing."""
    named = {f"STARTCALL_GOOGLEMEET_{name}": value for name, value in values.items()}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigError) as caught:
            build_provider("googlemeet", Surroundings(b"k" * 32, session, named))

    assert (code, missing) == (caught.value.code, caught.value.detail)
