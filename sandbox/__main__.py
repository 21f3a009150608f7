"""`python -m sandbox`: a local Slack, with the app of the present folder in it."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from sandbox.child import child_environment, start_child, stop_child
from sandbox.manifest import ManifestError, read_manifest
from sandbox.server import Options, Sandbox

PORT = 8910
APP_URL = "http://127.0.0.1:3000/slack/events"
OK, FAILED, WRONG_USE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until stopped and return the exit status: the app's own when it ends by itself."""
    parsed = _parser().parse_args(arguments)
    try:
        manifest = read_manifest(Path(parsed.manifest))
    except (ManifestError, OSError) as error:
        print(f"The manifest {parsed.manifest} cannot be used: {error}", file=sys.stderr)
        return WRONG_USE
    return asyncio.run(_run(parsed, Options(manifest=manifest, http_url=parsed.http)))


async def _run(parsed: argparse.Namespace, options: Options) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        sandbox = await Sandbox.start(port=parsed.port, options=options)
    except OSError:
        print(
            f"Port {parsed.port} on this computer is taken by another program. "
            "Stop that program, or choose another port with --port.",
            file=sys.stderr,
        )
        return FAILED
    try:
        if parsed.no_app:
            _print_credentials(sandbox)
            await stop.wait()
            return OK
        return await _run_with_app(sandbox, parsed, stop)
    finally:
        await sandbox.stop()


async def _run_with_app(sandbox: Sandbox, parsed: argparse.Namespace, stop: asyncio.Event) -> int:
    """Run the app until either ends."""
    extra = dict(pair.split("=", 1) for pair in parsed.env)
    environment = child_environment(
        os.environ, sandbox.installation, sandbox.url, http=parsed.http is not None, extra=extra
    )
    child = await start_child(environment)
    ended = asyncio.create_task(child.wait())
    stopped = asyncio.create_task(stop.wait())
    opening = asyncio.create_task(_announce(sandbox))
    await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
    for task in (opening, stopped):
        task.cancel()
    if not stop.is_set():
        print(f"The app has ended with status {child.returncode}. What it printed says why.", file=sys.stderr)
        return child.returncode or OK
    await stop_child(child)
    return OK


async def _announce(sandbox: Sandbox) -> None:
    """Say where the page is once the app is connected, and open it for somebody who sits at a desktop."""
    while not any(  # noqa: ASYNC110 - the inspector gives no signal, and asking for a second costs nothing
        entry.name in {"auth.test", "apps.connections.open"} for entry in sandbox.api_calls()
    ):
        await asyncio.sleep(0.05)
    name = sandbox.installation.manifest.name
    commands = ", ".join(command.command for command in sandbox.installation.manifest.slash_commands)
    print(
        f"\n  {name} runs in a local Slack. No account and no network are needed.\n"
        f"\n  Open   {sandbox.url}\n  Try    {commands or 'a message'} in #general; another person is one click away\n"
        "  Stop   Ctrl+C\n",
        flush=True,
    )
    if _is_desktop():
        await asyncio.to_thread(webbrowser.open, sandbox.url)


def _print_credentials(sandbox: Sandbox) -> None:
    """Print what an app is pointed here with; the first line is the page."""
    installation = sandbox.installation
    print(sandbox.url)
    print(f"SLACK_API_URL={sandbox.api_url}")
    print(f"SLACK_BOT_TOKEN={installation.bot_token}")
    print(f"SLACK_APP_TOKEN={installation.app_token}")
    print(f"SLACK_SIGNING_SECRET={installation.signing_secret}", flush=True)


def _is_desktop() -> bool:
    """Say whether somebody probably sits in front of a screen."""
    has_screen = sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty() and not os.environ.get("CI")


def _setting(text: str) -> str:
    if "=" not in text:
        raise argparse.ArgumentTypeError(f"{text} is not of the form NAME=VALUE")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Slack, on loopback only.")
    parser.add_argument("--no-app", action="store_true", help="start no app; print its address and credentials")
    parser.add_argument("--manifest", default="manifest.yml", metavar="FILE", help="the app's manifest")
    parser.add_argument(
        "--http",
        nargs="?",
        const=APP_URL,
        metavar="URL",
        help=f"deliver signed HTTP ({APP_URL}), not Socket Mode",
    )
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=f"the page's port ({PORT}); 0 takes any")
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        help="set a variable for the app; {url} in it becomes the local Slack's address, with a slash at its end",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
