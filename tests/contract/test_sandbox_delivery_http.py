"""Signed HTTP: signatures, failures in words, and events that are sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from slack_sdk.signature import SignatureVerifier

from sandbox.server import AddressError, Options, Sandbox
from sandbox.testing import wait_for
from tests.contract.delivery_rig import GENERAL, MANIFEST, Answer, MovableClock, Rig, running_rig


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Run the local Slack with an app that can be told what to answer."""
    async with running_rig() as running:
        yield running


async def test_every_kind_of_delivery_is_signed_with_the_signing_secret(rig: Rig) -> None:
    """The rig's app checks each signature with Slack's own verifier; another secret would not do."""
    await rig.alice.command(GENERAL, "/plain", "äöü & more")
    await rig.alice.global_shortcut("everywhere")
    await rig.alice.open_home()
    await wait_for(lambda: len(rig.app.bodies) == 3)

    assert {entry.status for entry in rig.slack.workspace.traffic} == {200}
    other = SignatureVerifier("another secret", clock=MovableClock(rig.time_s))
    assert not other.is_valid_request("", dict(rig.app.received[0].headers))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (302, "/plain failed with the error “http_redirect_error”."),
        (401, "/plain failed with the error “http_client_error”."),
        (500, "/plain failed with the error “http_service_error”."),
    ],
)
async def test_a_refused_command_is_never_repeated_and_the_person_reads_why(rig: Rig, status: int, said: str) -> None:
    """Any status but 2xx is told to the person alone, and the command is not sent again."""
    rig.app.will_answer(Answer(status=status))
    await rig.alice.command(GENERAL, "/plain")
    await asyncio.sleep(0.05)

    assert rig.whispers(rig.alice) == [said]
    assert rig.whispers(rig.bob) == []
    assert len(rig.app.received) == 1


async def test_a_command_without_an_answer_in_time_says_operation_timeout() -> None:
    """An app that does not answer in time is named as Slack names it; the wait is 3 s unless a test shortens it."""
    async with running_rig(ack_timeout_s=0.05) as rig:
        rig.app.answers_after_s = 5.0
        await rig.alice.command(GENERAL, "/plain")

        assert rig.whispers(rig.alice) == ["/plain failed because the app did not respond (operation_timeout)."]


async def test_a_command_to_nobody_says_dispatch_failed() -> None:
    """Where nothing listens, the person reads it at once."""
    async with running_rig() as rig:
        slack = await Sandbox.start(options=Options(manifest=MANIFEST, http_url="http://127.0.0.1:9/slack/events"))
        await slack.person("alice").command(GENERAL, "/plain")
        await slack.stop()

        told = [message.text for message in slack.workspace.messages[GENERAL] if message.ephemeral_for]
        assert told == ["/plain failed with the error “dispatch_failed”."]
        assert not rig.app.received


async def test_an_event_is_sent_again_three_times_and_says_why(rig: Rig) -> None:
    """A failed event comes again with the number and the reason of the retry, and is the same event."""
    rig.app.will_answer(Answer(status=500))
    await rig.alice.open_home()
    await wait_for(lambda: len(rig.app.received) == 4)
    await asyncio.sleep(0.05)

    headers = [one.headers for one in rig.app.received]
    assert [one.get("X-Slack-Retry-Num") for one in headers] == [None, "1", "2", "3"]
    assert [one.get("X-Slack-Retry-Reason") for one in headers] == [None, "http_error", "http_error", "http_error"]
    assert len({one.body["event_id"] for one in rig.app.received}) == 1


async def test_an_event_is_not_sent_again_once_it_was_taken(rig: Rig) -> None:
    """The first 2xx ends the retries."""
    rig.app.will_answer(Answer(status=503), Answer(status=204))
    await rig.alice.open_home()
    await wait_for(lambda: len(rig.app.received) == 2)
    await asyncio.sleep(0.5)

    assert len(rig.app.received) == 2


async def test_an_app_can_ask_for_no_retries(rig: Rig) -> None:
    """`x-slack-no-retry: 1`, in whatever case, makes the first failure the last."""
    rig.app.will_answer(Answer(status=500, headers={"x-slack-no-retry": "1"}))
    await rig.alice.open_home()
    await wait_for(lambda: rig.app.received)
    await asyncio.sleep(0.1)

    assert len(rig.app.received) == 1


async def test_a_late_event_comes_again_as_http_timeout() -> None:
    """Not answering in time is a failure of its own name."""
    async with running_rig(ack_timeout_s=0.05) as rig:
        rig.app.answers_after_s = 0.2
        await rig.alice.open_home()
        await wait_for(lambda: len(rig.app.received) >= 2)

        assert rig.app.received[1].headers["X-Slack-Retry-Reason"] == "http_timeout"


async def test_an_event_follows_two_redirects_and_no_more(rig: Rig) -> None:
    """The third redirect in a row counts as a failure with Slack's reason for it."""
    there = {"Location": rig.app.url}
    rig.app.will_answer(Answer(status=307, headers=there), Answer(status=307, headers=there), Answer())
    await rig.alice.open_home()
    await wait_for(lambda: len(rig.app.received) == 3)
    await asyncio.sleep(0.05)
    assert len(rig.app.received) == 3

    rig.app.will_answer(Answer(status=307, headers=there))
    await rig.bob.open_home()
    await wait_for(lambda: len(rig.app.received) > 6)
    assert rig.app.received[6].headers["X-Slack-Retry-Reason"] == "too_many_redirects"


async def test_stopping_ends_the_retries(rig: Rig) -> None:
    """A stopped local Slack sends nothing any more, and says so where somebody still tries."""
    rig.app.will_answer(Answer(status=500))
    await rig.alice.open_home()
    await wait_for(lambda: rig.app.received)
    await rig.slack.stop()
    count = len(rig.app.received)
    await rig.alice.open_home()
    await asyncio.sleep(0.1)

    assert len(rig.app.received) == count
    assert rig.slack.workspace.traffic[-1].answer == {"not_sent": "The local Slack is stopping."}


@pytest.mark.parametrize("form", ["{challenge}", '{{"challenge": "{challenge}"}}', "nonsense"])
async def test_a_request_url_is_taken_when_it_returns_the_challenge(rig: Rig, form: str) -> None:
    """The challenge may come back as plain text or as JSON, and nothing else will do."""
    rig.app.echo_challenge = form
    assert rig.slack.signed_http is not None
    assert await rig.slack.signed_http.verify() is ("challenge" in form)


async def test_a_manifest_without_socket_mode_names_the_addresses_itself(rig: Rig) -> None:
    """Events, interactions and commands each go to the manifest's own address for them."""
    urls = {name: f"{rig.app.url}?{name}" for name in ("event", "interaction", "command")}
    manifest = replace(
        MANIFEST,
        socket_mode_enabled=False,
        events_request_url=urls["event"],
        interactivity_request_url=urls["interaction"],
        slash_commands=tuple(replace(one, url=urls["command"]) for one in MANIFEST.slash_commands),
    )
    slack = await Sandbox.start(options=Options(manifest=manifest, now=lambda: rig.time_s[0]))
    rig.app.secret = slack.installation.signing_secret
    await slack.person("alice").command(GENERAL, "/plain")
    await slack.person("alice").global_shortcut("everywhere")
    await slack.person("alice").open_home()
    await wait_for(lambda: len(rig.app.received) == 3)
    await slack.stop()

    assert [one.query for one in rig.app.received] == ["command", "interaction", "event"]


@pytest.mark.parametrize("url", ["https://example.com/slack/events", "ftp://127.0.0.1/", "http://10.0.0.1/"])
async def test_deliveries_never_leave_this_computer(url: str) -> None:
    """A request URL elsewhere is refused before anything starts."""
    with pytest.raises(AddressError, match="is not on this computer"):
        await Sandbox.start(options=Options(manifest=MANIFEST, http_url=url))
