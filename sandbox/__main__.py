"""`python -m sandbox`: a local Slack, with the app of the present folder in it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.child import child_environment, start_child, stop_child
from sandbox.manifest import ManifestError, read_manifest
from sandbox.server import EXAMPLE_URL, AddressError, Options, Sandbox

PORT = 8910
PORT_MAX = 65_535
READY_WAIT_S = 10.0
READY_POLL_S = 0.05
OK, FAILED, WRONG_USE, SIGNALLED = 0, 1, 2, 128


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until stopped and return the exit status: the app's own when it ends by itself."""
    parsed = _parser().parse_args(arguments)
    try:
        options = Options(manifest=read_manifest(Path(parsed.manifest)), http_url=parsed.http)
        return asyncio.run(_run(parsed, options))
    except (ManifestError, AddressError) as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:  # where signals have no handlers, as on Windows
        return OK


async def _run(parsed: argparse.Namespace, options: Options) -> int:
    stop = asyncio.Event()
    with contextlib.suppress(NotImplementedError, AttributeError):  # on Windows there are no handlers, and no SIGHUP
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the last when the terminal is closed
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        sandbox = await Sandbox.start(port=parsed.port, options=options)
    except OSError as error:
        print(_cannot_listen(parsed.port, error), file=sys.stderr)
        return FAILED
    try:
        if parsed.no_app:
            _print_credentials(sandbox, signs_in=parsed.sign_in)
            await stop.wait()
            return OK
        return await _run_with_app(sandbox, parsed, stop)
    finally:
        await sandbox.stop()


async def _run_with_app(sandbox: Sandbox, parsed: argparse.Namespace, stop: asyncio.Event) -> int:
    """Run the app until either ends."""
    with tempfile.TemporaryDirectory(prefix="local-slack-") as folder:
        places = {"{url}": sandbox.url, "{dir}": folder}
        extra = _client(sandbox) if parsed.sign_in else {}
        extra |= {name: _filled_in(value, places) for name, value in (pair.split("=", 1) for pair in parsed.env)}
        return await _run_child(sandbox, extra, stop)


async def _run_child(sandbox: Sandbox, extra: Mapping[str, str], stop: asyncio.Event) -> int:
    child = await start_child(
        child_environment(os.environ, sandbox.installation, sandbox.url, http=sandbox.is_http, extra=extra)
    )
    ended = asyncio.create_task(child.wait())
    waiting = [asyncio.create_task(stop.wait()), asyncio.create_task(_announce(sandbox))]
    try:
        await asyncio.wait({ended, waiting[0]}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await stop_child(child)
        status = await ended
    if stop.is_set():
        return OK
    print(f"The app has ended with status {status}. What it printed says why.", file=sys.stderr)
    return status if status >= 0 else SIGNALLED - status


def _filled_in(value: str, places: Mapping[str, str]) -> str:
    for name, place in places.items():
        value = value.replace(name, place)
    return value


async def _announce(sandbox: Sandbox) -> None:
    """Say where the page is once the app can be reached, and open it for somebody who sits at a desktop."""
    notice = ""
    try:
        await asyncio.wait_for(_until_reached(sandbox), READY_WAIT_S)
    except TimeoutError:
        notice = "  The app cannot be reached yet; what it prints may say why.\n"
    manifest = sandbox.installation.manifest
    commands = ", ".join(command.command for command in manifest.slash_commands)
    print(
        f"\n  {manifest.name} runs in a local Slack. No account and no network are needed.\n"
        f"\n  Open   {sandbox.url}\n  Try    {commands or 'a message'} in #general; another person is one click away\n"
        f"  Stop   Ctrl+C\n{notice}",
        flush=True,
    )
    if _is_desktop():
        await asyncio.to_thread(webbrowser.open, sandbox.url)


async def _until_reached(sandbox: Sandbox) -> None:
    """Wait until a delivery would arrive."""
    while not (sandbox.socket_mode.connections or (sandbox.signed_http and await sandbox.signed_http.verify())):  # noqa: ASYNC110 - an app gives no signal when it begins to listen
        await asyncio.sleep(READY_POLL_S)


def _cannot_listen(port: int, error: OSError) -> str:
    other = port + 1 if port < PORT_MAX else PORT
    cure = f'another port: --port {other}, or make run ARGS="--port {other}".'
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on this computer is taken by another program. Stop that program, or choose {cure}"
    return f"Port {port} on this computer cannot be used ({error.strerror}). Choose {cure}"


def _client(sandbox: Sandbox) -> dict[str, str]:
    """Return what an app needs besides to let people sign in."""
    installation = sandbox.installation
    return {"SLACK_CLIENT_ID": installation.client_id, "SLACK_CLIENT_SECRET": installation.client_secret}


def _print_credentials(sandbox: Sandbox, *, signs_in: bool) -> None:
    """Print what an app is pointed here with; the first line is the page."""
    installation = sandbox.installation
    print(sandbox.url)
    print(f"SLACK_API_URL={sandbox.api_url}")
    print(f"SLACK_BOT_TOKEN={installation.bot_token}")
    print(f"SLACK_APP_TOKEN={installation.app_token}")
    print(f"SLACK_SIGNING_SECRET={installation.signing_secret}", flush=True)
    if signs_in:
        print("".join(f"{name}={value}\n" for name, value in _client(sandbox).items()), end="", flush=True)


def _is_desktop() -> bool:
    """Say whether somebody probably sits in front of a screen."""
    has_screen = sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty() and not os.environ.get("CI")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text} is not a port: give a number from 0 to {PORT_MAX}")
    return int(text)


def _setting(text: str) -> str:
    if "=" not in text or text.startswith("="):
        raise argparse.ArgumentTypeError(f"{text} is not of the form NAME=VALUE")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Slack, on loopback only.")
    parser.add_argument("--no-app", action="store_true", help="start no app; print its address and credentials")
    parser.add_argument(
        "--sign-in",
        action="store_true",
        help="give the app, or print, the id and secret it needs for Sign in with Slack; a Bolt app that finds these "
        "in its environment takes them for OAuth and leaves its token unused, unless it is made otherwise",
    )
    parser.add_argument("--manifest", default="manifest.yml", metavar="FILE", help="the app's manifest")
    parser.add_argument(
        "--http",
        nargs="?",
        const=EXAMPLE_URL,
        metavar="URL",
        help=f"deliver signed HTTP ({EXAMPLE_URL}), not Socket Mode",
    )
    parser.add_argument("--port", type=_port, default=PORT, metavar="N", help=f"the page's port ({PORT}); 0 takes any")
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        help="set a variable for the app; {url} in it becomes the local Slack's address, with a slash at its end, and "
        "{dir} a folder that is deleted when the local Slack stops",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
