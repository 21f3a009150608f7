"""The table of Web API methods: which are built, with which scope, rate tier and token; and all those Slack has."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from slack_sdk import WebClient

from sandbox.installs import Installs
from sandbox.webapi.arguments import Arguments
from sandbox.webapi.errors import SlackError
from sandbox.webapi.switches import Switches
from sandbox.workspace import Json, Workspace

CallerKind = Literal["bot", "app", "person", "bot or person", "none"]

_METHOD_PAGE = re.compile(r"https://docs\.slack\.dev/reference/methods/([A-Za-z0-9.]+)")


@dataclass(slots=True)
class ApiCall:
    """One call on its way through a method: the state to work on, the arguments, the switches, and warnings to add.

    Args:
        token: as it came, of whatever kind.
        client: the app's id and secret, where they came by HTTP Basic.
        installs: every place where the app is installed.
    """

    workspace: Workspace
    installs: Installs
    arguments: Arguments
    switches: Switches
    warnings: list[str] = field(default_factory=list)
    token: str | None = None
    client: tuple[str, str] | None = None

    @property
    def user_id(self) -> str | None:
        """Return whose token was used: a person's, or None for the app's own."""
        grant = self.installs.grants.get(self.token or "")
        signed_in = self.workspace.sign_in_tokens.get(self.token or "")
        return signed_in if grant is None else grant.user_id

    @property
    def scopes(self) -> set[str]:
        """Return what the token may be used for."""
        grant = self.installs.grants.get(self.token or "")
        if grant is not None and grant.user_id is not None:
            return set(grant.scopes)
        return {"openid"} if self.user_id is not None else self.workspace.installation.scopes

    def need_scope(self, *scopes: str) -> None:
        """Insist on all of these scopes.

        Raises:
            SlackError: `missing_scope` with what is `needed` and `provided`.
        """
        provided = self.scopes
        if not provided.issuperset(scopes):
            raise missing_scope(scopes, provided)


Handler = Callable[[ApiCall], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A built method.

    Args:
        name: such as `calls.add`.
        handler: does it and returns the answer without `ok`.
        scopes: any one of these lets a token in; none are needed when empty.
        tier: Slack's rate tier, 1 to 4; 0 for the methods with special limits.
        caller: whose token it takes.
    """

    name: str
    handler: Handler
    scopes: tuple[str, ...]
    tier: int
    caller: CallerKind


_BUILT: dict[str, Method] = {}


def method(
    name: str, *, scope: str | tuple[str, ...] = (), tier: int = 3, caller: CallerKind = "bot"
) -> Callable[[Handler], Handler]:
    """Register the decorated function as a Web API method.

    Args:
        name: such as `calls.add`.
        scope: the scope it needs, or several of which any one will do.
        tier: Slack's rate tier, 1 to 4; 0 for the methods with special limits.
        caller: whose token it takes: the `bot`'s, the `app`'s (app-level, `xapp-`), a `person`'s, or
            `none`.
    """
    scopes = (scope,) if isinstance(scope, str) else scope

    def register(handler: Handler) -> Handler:
        _BUILT[name] = Method(name, handler, scopes, tier, caller)
        return handler

    return register


def built_methods() -> Mapping[str, Method]:
    """Return the methods the sandbox has, by name."""
    return MappingProxyType(_BUILT)


@functools.cache
def known_methods() -> Mapping[str, tuple[str, ...]]:
    """Return every method slack_sdk knows, with the names of its required arguments.

    The SDK's signatures are the table, so it never goes stale against the SDK in use.

    Source: https://docs.slack.dev/tools/python-slack-sdk/reference/web/client.html
    """
    found: dict[str, tuple[str, ...]] = {}
    for _, function in inspect.getmembers(WebClient, inspect.isfunction):
        page = _METHOD_PAGE.search(function.__doc__ or "")
        if page:
            parameters = inspect.signature(function).parameters.values()
            required = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
            found.setdefault(page.group(1), tuple(name for name in required if not name.endswith("token")))
    return MappingProxyType(found)


def missing_scope(needed: tuple[str, ...], provided: set[str]) -> SlackError:
    """Build the error that tells which scopes are missing and which the token has."""
    extra = {"needed": ",".join(needed), "provided": ",".join(sorted(provided))}
    return SlackError("missing_scope", extra=extra)
