"""How the BigBlueButton provider is chosen and set up."""

from __future__ import annotations

from calls.errors import ConfigError
from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.bigbluebutton.settings import (
    USUAL_ALGORITHM,
    BigBlueButtonSettings,
    find_algorithm_fault,
    find_choice_fault,
    read_api_url,
)
from providers.credentials import find_api_url_fault, find_credential_fault, find_shortness

_URL = "STARTCALL_BIGBLUEBUTTON_URL"
_SECRET = "STARTCALL_BIGBLUEBUTTON_SECRET"  # noqa: S105 - the setting's name
_CHECKSUM = "STARTCALL_BIGBLUEBUTTON_CHECKSUM"
_RECORD = "STARTCALL_BIGBLUEBUTTON_RECORD"


def _build(surroundings: Surroundings) -> Provider:
    from providers.bigbluebutton.provider import BigBlueButtonProvider

    values = surroundings.values
    for name in (_URL, _SECRET):
        if not values.get(name):
            raise ConfigError("setting_missing", detail=name)
    site_url = surroundings.site_url
    settings = BigBlueButtonSettings(
        api_url=read_api_url(values[_URL]),
        secret=values[_SECRET],
        room_key=surroundings.key,
        algorithm=values.get(_CHECKSUM, USUAL_ALGORITHM),
        records=values.get(_RECORD, "no") == "yes",
        hooks_url=None if site_url is None else f"{site_url}/hooks/bigbluebutton",
    )
    return BigBlueButtonProvider(settings, surroundings.session, surroundings.now)


KIND = ProviderKind(
    name="bigbluebutton",
    settings=(
        ProviderSetting(
            _URL,
            "For the meeting system bigbluebutton: the server's address, as `bbb-conf --secret` prints it.",
            example="https://bbb.example.com/bigbluebutton/",
            required=True,
            find_fault=find_api_url_fault,
        ),
        ProviderSetting(
            _SECRET,
            f"Goes with {_URL}: the server's shared secret, as `bbb-conf --secret` prints it.",
            example="your-bigbluebutton-secret",
            secret=True,
            required=True,
            find_fault=find_credential_fault,
            find_weakness=find_shortness,
        ),
        ProviderSetting(
            _CHECKSUM,
            "For bigbluebutton: what our requests are signed by, sha1, sha256, sha384 or sha512; the server must have "
            "it among its supportedChecksumAlgorithms.",
            example="sha512",
            default=USUAL_ALGORITHM,
            find_fault=find_algorithm_fault,
        ),
        ProviderSetting(
            _RECORD,
            "For bigbluebutton: yes lets moderators record, and has recordings reported when they can be watched.",
            example="yes",
            default="no",
            find_fault=find_choice_fault,
        ),
    ),
    build=_build,
    can=(
        Capability.CREATE
        | Capability.ROSTER
        | Capability.WEBHOOK
        | Capability.POLL
        | Capability.KEEP
        | Capability.END
        | Capability.PERSON_LINK
        | Capability.RECORDING
    ),
    summary="a BigBlueButton server",
)
