"""What each meeting system reports, signed as it signs; and what it would never report."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from cryptography import x509

from calls.clock import now
from providers.bigbluebutton.reports import Reports
from providers.bigbluebutton.settings import BigBlueButtonSettings
from providers.daily.settings import DailySettings
from providers.jitsi.reservations import path_secret
from providers.jitsi.signatures import signed_headers
from providers.teams.call_events import client_state
from providers.teams.encryption import Decryption
from providers.webex.end_reports import EndReports
from tests import bigbluebutton_double, daily_double, jaas_double, livekit_double, teams_double, webex_double
from tests.attack.forged import WRONG, Body, changed_at, places
from tests.attack.good_reports import (
    AT,
    AT_S,
    BIGBLUEBUTTON,
    DAILY,
    JAAS,
    JANUS,
    JITSI,
    LIVEKIT,
    ROOM,
    TEAMS,
    WEBEX,
    WHEREBY,
    ZOOM,
)
from tests.attack.pages import SETTINGS

BEYOND: Sequence[object] = (
    10**400,
    -(10**400),
    0.1,
    AT_S * 1_000_000_000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30T00:00:00Z",
    "https://[",
    "https://[::1]:x/",
    "https://a@zoom.us/",
    "1" * 5_000,
    {"\ud800": {"id": "x"}},
    {"a\0b": {"id": "x"}, "x" * 5_000: {"id": "x"}},
    [{}],
    [[]],
    ["\ud800"],
)
"""Further things that stand where something else belongs: numbers, times and addresses that are nearly some."""

Packed = tuple[str, dict[str, str], bytes]
"""What follows `/hooks/`, the headers and the body."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """One way in which a meeting system reports.

    Args:
        reports: one good report of each kind.
        packed: signs a report that was written down, whatever it holds.
    """

    reports: Sequence[Body]
    packed: Callable[[bytes], Packed]


@dataclass(frozen=True, slots=True)
class Keys:
    """What reports are signed with.

    Args:
        site_url: where the app is reached.
        room_key: of the app.
    """

    site_url: str
    room_key: bytes


MORE_SETTINGS: dict[str, str] = {
    "STARTCALL_PROVIDERS": f"{SETTINGS['STARTCALL_PROVIDERS']},daily,webex,teams,jaas",
    "STARTCALL_DAILY_API_KEY": "hidden-daily-key",
    "STARTCALL_DAILY_API_URL": "http://127.0.0.1:9/v1",
    "STARTCALL_WEBEX_CLIENT_ID": "client",
    "STARTCALL_WEBEX_CLIENT_SECRET": "hidden-webex-client",
    "STARTCALL_WEBEX_REFRESH_TOKEN": "hidden-webex-refresh",
    "STARTCALL_WEBEX_API_URL": "http://127.0.0.1:9/v1",
    "STARTCALL_TEAMS_TENANT_ID": teams_double.TENANT,
    "STARTCALL_TEAMS_CLIENT_ID": teams_double.CLIENT,
    "STARTCALL_TEAMS_CLIENT_SECRET": "hidden-teams-client",
    "STARTCALL_TEAMS_ORGANIZER": teams_double.ORGANIZER,
    "STARTCALL_TEAMS_API_URL": "http://127.0.0.1:9",
    "STARTCALL_TEAMS_KEY": teams_double.key_pem(),
    "STARTCALL_JAAS_APP_ID": jaas_double.APP_ID,
    "STARTCALL_JAAS_KEY_ID": jaas_double.KEY_ID,
    "STARTCALL_JAAS_PRIVATE_KEY": jaas_double.PEM.replace("\n", "\\n"),
    "STARTCALL_JAAS_HOOK_SECRET": "hidden-jaas-hook",
    "STARTCALL_JAAS_API_URL": "http://127.0.0.1:9",
}
"""Besides `SETTINGS`, so that every meeting system that reports by requests is there."""


def reporters(keys: Keys) -> Mapping[str, Reporter]:
    """Return every way in which meeting systems report, by a name."""
    return {
        "zoom": Reporter(ZOOM, _zoom),
        "whereby": Reporter(WHEREBY, _whereby),
        "janus": Reporter(JANUS, _janus),
        "daily": Reporter(DAILY, lambda raw: _daily(keys, raw)),
        "webex": Reporter(WEBEX, lambda raw: _webex(keys, raw)),
        "jaas": Reporter(JAAS, _jaas),
        "livekit": Reporter(LIVEKIT, _livekit),
        "jitsi": Reporter(JITSI, _jitsi),
        "jitsi's reservations": Reporter(({"name": ROOM, "mail_owner": "o", "start_time": AT},), _reservation),
        "bigbluebutton": Reporter(BIGBLUEBUTTON, lambda raw: _bigbluebutton(keys, raw)),
        "bigbluebutton's forms": Reporter(
            ({"domain": "d", "event": json.dumps(BIGBLUEBUTTON[:1]), "timestamp": str(AT_S * 1000)},),
            lambda raw: _bigbluebutton_form(keys, raw),
        ),
        "bigbluebutton's recordings": Reporter(({"meeting_id": ROOM, "record_id": "r-1"},), _recording),
        "teams": Reporter(TEAMS, lambda raw: _teams(keys, raw)),
        "teams' notifications": Reporter((_notification(keys),), lambda raw: (f"teams/{ROOM}", {}, raw)),
    }


def wrong_reports(reporter: Reporter) -> Sequence[bytes]:
    """Return every report in which something is missing, or is something else, and what is no report."""
    changed = (
        _written(changed_at(report, path, value))
        for report in reporter.reports
        for path in places(report)
        for value in (*WRONG, *BEYOND)
    )
    less = (_written(_without(report, path)) for report in reporter.reports for path in places(report))
    more = (_written(report | other) for report in reporter.reports for other in reporter.reports)
    return [*changed, *less, *more, *_NO_REPORTS]


_NO_REPORTS = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"[null]",
    b'"x"',
    b"1" * 100_000,
    b"[" * 100_000,
    b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    b'{"event": NaN}',
    b"\xff\xfe",
    b"\x00" * 1_000,
    b'{"event": "' + b"x" * 200_000 + b'"}',
    b'{"a": [' + b"{}," * 60_000 + b"{}]}",
)


def _written(report: object) -> bytes:
    return json.dumps(report).encode()


def _without(report: Body, path: Sequence[str | int]) -> Body:
    found = json.loads(json.dumps(report))
    at: Any = found
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return dict(found)


def _mac(secret: str, before: str, body: bytes) -> str:
    return hmac.new(secret.encode(), before.encode() + body, sha256).hexdigest()


def _stamp() -> str:
    return str(int(now().timestamp()))


def _zoom(raw: bytes) -> Packed:
    stamp = _stamp()
    signature = f"v0={_mac(SETTINGS['STARTCALL_ZOOM_HOOK_SECRET'], f'v0:{stamp}:', raw)}"
    return "zoom", {"x-zm-request-timestamp": stamp, "x-zm-signature": signature}, raw


def _whereby(raw: bytes) -> Packed:
    stamp = _stamp()
    signature = _mac(SETTINGS["STARTCALL_WHEREBY_WEBHOOK_SECRET"], f"{stamp}.", raw)
    return "whereby", {"Whereby-Signature": f"t={stamp},v1={signature}"}, raw


def _janus(raw: bytes) -> Packed:
    password = base64.b64encode(f"startcall:{SETTINGS['STARTCALL_JANUS_HOOK_SECRET']}".encode()).decode()
    return "janus", {"Authorization": f"Basic {password}"}, raw


def _daily(keys: Keys, raw: bytes) -> Packed:
    secret = base64.b64encode(DailySettings("x", keys.room_key, keys.site_url).hook_secret).decode()
    stamp = _stamp()
    return "daily", {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": daily_double.sign(secret, stamp, raw)}, raw


def _webex(keys: Keys, raw: bytes) -> Packed:
    secret = EndReports(f"{keys.site_url}/hooks/webex", keys.room_key).webhook["secret"]
    return "webex", webex_double.signed(raw, secret), raw


def _jaas(raw: bytes) -> Packed:
    stamp = _stamp()
    mac = hmac.digest(MORE_SETTINGS["STARTCALL_JAAS_HOOK_SECRET"].encode(), f"{stamp}.".encode() + raw, sha256)
    return "jaas", {"X-Jaas-Signature": f"t={stamp},v1={base64.b64encode(mac).decode()}"}, raw


def _livekit(raw: bytes) -> Packed:
    secret, key = SETTINGS["STARTCALL_LIVEKIT_API_SECRET"], SETTINGS["STARTCALL_LIVEKIT_API_KEY"]
    return "livekit", livekit_double.signed(raw, secret, key), raw


def _jitsi(raw: bytes) -> Packed:
    return "jitsi", signed_headers(SETTINGS["STARTCALL_JITSI_HOOK_SECRET"], now(), raw), raw


def _reservation(raw: bytes) -> Packed:
    secret = path_secret(SETTINGS["STARTCALL_JITSI_HOOK_SECRET"])
    return f"jitsi/reservation/{secret}/conference", {}, _form(raw)


def _bigbluebutton(keys: Keys, raw: bytes) -> Packed:
    timestamp = str(int(now().timestamp() * 1000))
    return _bigbluebutton_signed(keys, urlencode({"event": raw, "timestamp": timestamp}).encode())


def _bigbluebutton_form(keys: Keys, raw: bytes) -> Packed:
    return _bigbluebutton_signed(keys, _form(raw.replace(str(AT_S * 1000).encode(), f"{_stamp()}000".encode())))


def _bigbluebutton_signed(keys: Keys, body: bytes) -> Packed:
    secret = SETTINGS["STARTCALL_BIGBLUEBUTTON_SECRET"]
    known = BigBlueButtonSettings(
        f"{SETTINGS['STARTCALL_BIGBLUEBUTTON_URL']}/api",
        secret,
        keys.room_key,
        hooks_url=f"{keys.site_url}/hooks/bigbluebutton",
    )
    url = Reports(known).url("events", ROOM)
    checksum = bigbluebutton_double.report_checksum(url, body, secret=secret)
    return f"{url.removeprefix(f'{keys.site_url}/hooks/')}?checksum={checksum}", dict(bigbluebutton_double.FORM), body


def _recording(raw: bytes) -> Packed:
    # Signed by hand, for the library would not sign what is no object.
    head, claims = (base64.urlsafe_b64encode(part).rstrip(b"=") for part in (b'{"alg":"HS256","typ":"JWT"}', raw))
    mac = hmac.digest(SETTINGS["STARTCALL_BIGBLUEBUTTON_SECRET"].encode(), head + b"." + claims, sha256)
    token = b".".join((head, claims, base64.urlsafe_b64encode(mac).rstrip(b"=")))
    return "bigbluebutton/recording", dict(bigbluebutton_double.FORM), urlencode({"signed_parameters": token}).encode()


def _teams(keys: Keys, raw: bytes) -> Packed:
    return f"teams/{ROOM}", {}, _written({"value": [_item(keys, raw)]})


def _notification(keys: Keys) -> Body:
    return {"value": [_item(keys, _written(TEAMS[0]))], "validationTokens": ["x"]}


def _item(keys: Keys, raw: bytes) -> Body:
    key = Decryption(teams_double.private_key())
    certificate = x509.load_der_x509_certificate(base64.b64decode(key.certificate(now())))
    return {
        "subscriptionId": "s",
        "clientState": client_state(keys.room_key, ROOM),
        "changeType": "updated",
        "encryptedContent": teams_double.encrypted_bytes(raw, certificate)
        | {"encryptionCertificateId": key.certificate_id},
    }


def _form(raw: bytes) -> bytes:
    """Return fields as a form has them; what is no object stays as it is."""
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    if not isinstance(fields, dict):
        return raw
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    return "&".join(
        f"{quote(name, errors='replace')}={quote(text, errors='replace')}" for name, text in texts.items()
    ).encode()
