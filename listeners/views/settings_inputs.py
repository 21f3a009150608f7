"""The inputs of the dialog of the settings, one for each choice, and what was entered into them.

Slack keeps what was typed into an input when a dialog changes and a block keeps its id: so the id names the part too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from calls.accounts import Connectable
from calls.own_room import ADDRESS_MAX_CHARS
from calls.preferences import ASKS_ABOVE_MAX, OWN_ROOM, Holder, PersonPreferences, Who
from calls.settings_dialog import SettingsPage
from calls.settings_entry import NO, YES, fields_of
from calls.status import SLACK
from calls.text import escape
from calls.words import accounts, statuses
from calls.words import settings as words
from listeners.request_body import Body

CONNECT_ACCOUNT: Final = "connect_account"
UNLINK_ACCOUNT: Final = "unlink_account"

AS_USUAL: Final = "usual"

_NEED_A_RIGHT: Final = ("shares_status", "pauses_notifications")

OPTIONS_MAX: Final = 100
"""How many options a menu takes, or each of its groups."""

Json = dict[str, Any]


def inputs_of(page: SettingsPage, texts: Mapping[str, str | None]) -> list[Json]:
    """Return the inputs of a part of the dialog.

    Args:
        texts: what they hold, as `calls.settings_entry` reads it.
    """
    elements = {name: _element(page, name, texts.get(name)) for name in _shown(page)}
    return [_input(page.holder, name, element) for name, element in elements.items() if element is not None]


def account_sections(page: SettingsPage) -> list[Json]:
    """Return a line with a button for each meeting system at which a person can connect an account."""
    return [_account_section(page, one) for one in page.accounts]


def _account_section(page: SettingsPage, one: Connectable) -> Json:
    is_status = one.provider == SLACK
    if one.name is None:
        name = statuses.connect() if is_status else accounts.connect(one.label)
        button = {"action_id": CONNECT_ACCOUNT, "text": _plain(name), "url": one.url}
        text = statuses.not_connected() if is_status else accounts.not_connected(one.label)
    else:
        button = {"action_id": UNLINK_ACCOUNT, "text": _plain(accounts.disconnect()), "value": one.provider}
        text = _of_status(page) if is_status else accounts.connected(one.label, escape(one.name))
    block = {"type": "section", "block_id": f"account.{one.provider}", "text": {"type": "mrkdwn", "text": text}}
    return {**block, "accessory": {"type": "button", **button}}


def _of_status(page: SettingsPage) -> str:
    return statuses.connected_without_pausing() if page.cannot_pause else statuses.connected()


def entered_in(body: Body, holder: Holder) -> dict[str, str | None]:
    """Return what was entered into the inputs of a part, as text."""
    values: Json = body["view"]["state"]["values"]
    found = {}
    for name in fields_of(holder):
        block = values.get(block_id(holder, name))
        if block is not None:
            found[name] = _text(block[name])
    return found


def block_id(holder: Holder, name: str) -> str:
    """Return the id of the block of an input."""
    return f"{holder}.{name}"


def _shown(page: SettingsPage) -> Iterable[str]:
    may_set_status = any(one.provider == SLACK and one.name is not None for one in page.accounts)
    return (name for name in fields_of(page.holder) if name not in _NEED_A_RIGHT or may_set_status)


def _element(page: SettingsPage, name: str, text: str | None) -> Json | None:
    kind = fields_of(page.holder)[name]
    if name == "room_url":
        element: Json = {"type": "url_text_input", "placeholder": _plain("https://zoom.us/j/123456789")}
        return element | ({} if text is None else {"initial_value": text[:ADDRESS_MAX_CHARS]})
    if kind is int:
        element = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}
        element |= {"max_value": str(ASKS_ABOVE_MAX), "placeholder": _plain(str(page.usual.asks_above))}
        return element | ({} if text is None else {"initial_value": text})
    if name == "group_id":
        return _group_menu(page, text)
    return _menu([(AS_USUAL, _usual(page, name)), *_choices(page, name)], text or AS_USUAL)


def _choices(page: SettingsPage, name: str) -> list[tuple[str, str]]:
    if name == "provider":
        own = [OWN_ROOM] if isinstance(page.chosen, PersonPreferences) else []
        return [(one, words.provider_name(one)) for one in (*page.providers, *own)]
    if name == "sets_channels":
        return [(one, words.who(one)) for one in (Who.ANYONE, Who.ADMINS)]
    if fields_of(page.holder)[name] is Who:
        return [(one, words.who(one)) for one in Who]
    return [(YES, words.yes_or_no(is_yes=True)), (NO, words.yes_or_no(is_yes=False))]


def _usual(page: SettingsPage, name: str) -> str:
    """Name the choice to leave a choice to others, with what counts then."""
    if name == "provider":
        return words.usual(page.usual.provider or page.usual_provider)
    value = getattr(page.usual, name)
    return words.usual(words.who(value) if isinstance(value, Who) else words.yes_or_no(is_yes=bool(value)))


def _group_menu(page: SettingsPage, text: str | None) -> Json | None:
    """Return the menu of user groups; None where there are none, or they cannot be listed."""
    named = [(group.id, f"{group.name} (@{group.handle})") for group in page.groups]
    if text is not None and text not in {group.id for group in page.groups}:
        named.append((text, text))
    if not named:
        return None
    return _menu(named, text) if len(named) <= OPTIONS_MAX else _long_menu(named, text)


def _menu(named: Sequence[tuple[str, str]], text: str | None) -> Json:
    options = [_option(value, shown) for value, shown in named]
    initial = [option for option in options if option["value"] == text]
    return {"type": "static_select", "options": options} | ({"initial_option": initial[0]} if initial else {})


def _long_menu(named: Sequence[tuple[str, str]], text: str | None) -> Json:
    """Return a menu of more options than Slack takes in one list."""
    menu = _menu(named, text)
    options = menu.pop("options")
    lists = [options[start : start + OPTIONS_MAX] for start in range(0, len(options), OPTIONS_MAX)]
    groups = [{"label": _plain(f"{one[0]['text']['text'][:30]} …"), "options": one} for one in lists]
    return menu | {"option_groups": groups[:OPTIONS_MAX]}


def _text(state: Json) -> str | None:
    if "selected_option" in state:
        value = (state["selected_option"] or {}).get("value")
        return None if value in {AS_USUAL, None} else str(value)
    value = (state.get("value") or "").strip()
    return value or None


def _input(holder: Holder, name: str, element: Json) -> Json:
    hint = words.hint(name)
    block: Json = {"type": "input", "block_id": block_id(holder, name), "optional": True}
    block |= {"label": _plain(words.label(holder, name)), "element": {**element, "action_id": name}}
    return block | ({} if hint is None else {"hint": _plain(hint)})


def _option(value: str, shown: str) -> Json:
    return {"text": _plain(shown[:75]), "value": value}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}
