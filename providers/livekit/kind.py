"""How the LiveKit provider is chosen and set up."""

from __future__ import annotations

from calls.errors import ConfigError
from calls.meetings import Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_credential_fault, find_shortness
from providers.livekit.settings import CAN, LiveKitSettings, find_page_fault, find_server_fault, read_server_url

_URL = "STARTCALL_LIVEKIT_URL"
_API_KEY = "STARTCALL_LIVEKIT_API_KEY"
_API_SECRET = "STARTCALL_LIVEKIT_API_SECRET"  # noqa: S105 - the setting's name
_PAGE = "STARTCALL_LIVEKIT_PAGE"


def _build(surroundings: Surroundings) -> Provider:
    from providers.livekit.provider import LiveKitProvider

    values = surroundings.values
    for name in (_URL, _API_KEY, _API_SECRET, _PAGE):
        if not values.get(name):
            raise ConfigError("setting_missing", detail=name)
    if surroundings.site_url is None:
        # Everybody needs a token of their own, and only our page can give it to them.
        raise ConfigError("setting_missing", detail="PUBLIC_URL")
    settings = LiveKitSettings(
        url=read_server_url(values[_URL]),
        api_key=values[_API_KEY],
        api_secret=values[_API_SECRET],
        page=values[_PAGE],
        hooks_url=f"{surroundings.site_url}/hooks/livekit",
        room_key=surroundings.key,
    )
    return LiveKitProvider(settings, surroundings.session, surroundings.now)


KIND = ProviderKind(
    name="livekit",
    settings=(
        ProviderSetting(
            _URL,
            "For the meeting system livekit: the server's address, with wss or https.",
            example="wss://livekit.example.com",
            required=True,
            find_fault=find_server_fault,
        ),
        ProviderSetting(
            _API_KEY,
            f"Goes with {_URL}: an API key of the server.",
            example="APIabcdefghijk",
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _API_SECRET,
            f"Goes with {_API_KEY}: its secret.",
            example="your-livekit-api-secret",
            secret=True,
            required=True,
            find_fault=find_credential_fault,
            find_weakness=find_shortness,
        ),
        ProviderSetting(
            _PAGE,
            "For livekit: address of the web page people meet on, such as a LiveKit Meet of your own. {token} is "
            "required; {server} and {room} may be used.",
            example="https://meet.example.com/custom?liveKitUrl={server}&token={token}",
            required=True,
            find_fault=find_page_fault,
        ),
    ),
    build=_build,
    can=CAN,
    summary="LiveKit: a server of your own or LiveKit Cloud, with a web page that takes a token",
)
