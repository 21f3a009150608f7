"""What is in deploy/ fits the app: every metric, setting, path and command that it names exists."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from calls.backlog import Backlog
from calls.measuring import REGISTRY
from config_table import SETTINGS
from listeners.metrics import Standing
from scripts import dashboard
from tests.repo.tree import PACKAGES, ROOT, TOP_LEVEL

DEPLOY = ROOT / "deploy"
PAGE = ROOT / "docs" / "operating.md"
NOT_THE_APP = ("sandbox",)
OF_PROMETHEUS = {"up"}
OF_OTHERS = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}

_METRIC = re.compile(r"\b(?:startcall|process)_[a-z_]+\b")
_INSTRUCTION = re.compile(r"^([A-Z]+) (.+)$", re.MULTILINE)


def metric_names() -> set[str]:
    """Return the name of every sample that can be told."""
    families = [*REGISTRY.collect(), *Standing(Backlog(0, 0, 0.0, 0), 0).collect()]
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
    return {family.name + ending for family in families for ending in endings.get(family.type, ())}


def instructions() -> list[tuple[str, str]]:
    """Return what the container file does, each step in one line."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    return _INSTRUCTION.findall(re.sub(r"\\\n\s*", "", text))


def compose() -> dict[str, Any]:
    """Return the compose file."""
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    return read


def unit() -> list[tuple[str, str]]:
    """Return every setting of the systemd unit."""
    text = (DEPLOY / "startcall.service").read_text(encoding="utf-8")
    return re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE)


def rules() -> list[dict[str, Any]]:
    """Return every alert."""
    groups = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.parametrize("name", ["alerts.yml", "grafana.json"])
def test_every_metric_that_is_named_exists(name: str) -> None:
    """A graph of a metric that was renamed stays empty, and an alert on one never goes off."""
    named = set(_METRIC.findall((DEPLOY / name).read_text(encoding="utf-8")))

    assert named
    assert set() == named - metric_names()


def test_every_metric_of_ours_is_shown_and_explained() -> None:
    """What nobody looks at need not be counted."""
    shown = (DEPLOY / "grafana.json").read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    ours = {family.name for family in REGISTRY.collect() if family.name.startswith("startcall_")}
    ours |= {family.name for family in Standing(Backlog(0, 0, 0.0, 0), 0).collect()}

    assert [] == sorted(name for name in ours if name not in shown)
    assert [] == sorted(name for name in ours if f"`{name}" not in page)


def test_the_dashboard_is_made_from_its_source() -> None:
    """It is changed in one place."""
    assert dashboard.render() == dashboard.TARGET.read_text(encoding="utf-8"), "run: python -m scripts.dashboard"


def test_the_dashboard_can_be_read() -> None:
    """Every panel has a place of its own and queries with names of their own."""
    panels = json.loads(dashboard.TARGET.read_text(encoding="utf-8"))["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]

    assert len(panels) == len({panel["id"] for panel in panels}) == len(set(places))
    for panel in panels:
        letters = [target["refId"] for target in panel.get("targets", [])]
        assert len(letters) == len(set(letters))


def test_every_alert_says_what_happened_and_what_to_do() -> None:
    """Whoever is woken finds it on the page, too."""
    page = PAGE.read_text(encoding="utf-8")

    for rule in rules():
        assert {"summary", "remedy"} == set(rule["annotations"]), rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert f"`{rule['alert']}`" in page
    assert len(rules()) == len({rule["alert"] for rule in rules()})


def test_error_codes_and_results_in_alerts_exist() -> None:
    """An alert on a code that Slack no longer gives never goes off."""
    from calls.slack.codes import CLASS_OF_CODE, CLASS_OF_OUR_CODE  # noqa: PLC0415 - only here
    from calls.slack.measured import OTHER  # noqa: PLC0415 - only here

    text = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    codes = {code for found in re.findall(r'code=~?"([a-z_|]+)"', text) for code in found.split("|")}

    assert set() == codes - CLASS_OF_CODE.keys() - CLASS_OF_OUR_CODE.keys() - {OTHER}


def test_the_container_does_not_run_as_root() -> None:
    """What breaks in does not own the machine, and the base is pinned."""
    found = instructions()
    users = [value for name, value in found if name == "USER"]
    bases = [value for name, value in found if name == "ARG" and value.startswith("PYTHON=")]

    assert ["10001:10001"] == users
    assert found.index(("USER", users[0])) < next(i for i, (name, _) in enumerate(found) if name == "CMD")
    assert re.search(r":\d+\.\d+\.\d+-slim-[a-z]+$", bases[0])
    assert {"${PYTHON}", "${PYTHON} AS packages"} == {value for name, value in found if name == "FROM"}


def test_the_container_has_all_of_the_app_and_nothing_else() -> None:
    """A module that is forgotten would be missed only at the start; `.env` must not get in."""
    copied = [
        word for name, value in instructions() if name == "COPY" and "--from" not in value for word in value.split()
    ]
    sources = {word for word in copied if not word.startswith("/") and word != "./" and not word.endswith("/")}
    app = {*(f"{name}.py" for name in TOP_LEVEL if (ROOT / f"{name}.py").exists()), "doctor", *PACKAGES}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}

    assert sources == app - set(NOT_THE_APP) | {"requirements.txt", "manifest.yml", "LICENSE"}
    assert sources == let_in
    assert ignored.index("*") < min(index for index, line in enumerate(ignored) if line.startswith("!"))


def environment_names() -> set[str]:
    """Return every environment variable that the files in deploy/ set for the app."""
    names = set(compose()["services"]["startcall"]["environment"])
    for name, value in instructions():
        names |= set(re.findall(r"(\w+)=", value)) if name == "ENV" else set()
    for name, value in unit():
        names |= set(re.findall(r"(\w+)=", value)) if name == "Environment" else set()
    return names


def test_every_setting_that_is_named_exists() -> None:
    """A setting that is misspelt has no effect."""
    assert set() == environment_names() - {setting.name for setting in SETTINGS} - OF_OTHERS


def test_compose_runs_the_app_without_rights() -> None:
    """Read-only, without capabilities, reachable from this machine alone, after its database is there."""
    service = compose()["services"]["startcall"]

    assert (True, ["ALL"], "10001:10001") == (service["read_only"], service["cap_drop"], service["user"])
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert {"database": {"condition": "service_healthy"}} == service["depends_on"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    assert "privileged" not in service
    assert set(compose()["volumes"]) == {
        volume.partition(":")[0] for one in compose()["services"].values() for volume in one.get("volumes", [])
    }


def test_the_unit_gives_the_app_only_its_folder() -> None:
    """It can write where its database is, and nowhere else."""
    settings = dict(unit())

    assert ("strict", "startcall", "startcall") == (
        settings["ProtectSystem"],
        settings["StateDirectory"],
        settings["User"],
    )
    assert ("yes", "", "on-failure", "2") == (
        settings["NoNewPrivileges"],
        settings["CapabilityBoundingSet"],
        settings["Restart"],
        settings["RestartPreventExitStatus"],
    )
    assert settings["ExecStart"].endswith("/app.py")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's own program")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Misspelt settings of a unit are passed over with a warning, and then protect nothing."""
    text = (DEPLOY / "startcall.service").read_text(encoding="utf-8")
    here = tmp_path / "startcall.service"
    here.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", text), encoding="utf-8")

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(here)], check=False, capture_output=True, text=True
    )

    assert [] == [line for line in said.stderr.splitlines() if "startcall.service" in line]


def test_what_is_for_machines_of_ones_own_is_closed_at_the_proxy() -> None:
    """Both examples keep /metrics from the public, and let WebSockets through."""
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")

    for name in ("metrics", "readyz", "healthz"):
        assert name in caddy
        assert name in nginx
    assert "proxy_set_header Upgrade $http_upgrade;" in nginx
    assert nginx.count("{") == nginx.count("}")


def test_every_file_in_deploy_is_on_the_page() -> None:
    """What nobody is told of is not found."""
    page = PAGE.read_text(encoding="utf-8")

    assert [] == sorted(path.name for path in DEPLOY.iterdir() if f"deploy/{path.name}" not in page)


def test_every_command_of_the_app_on_the_page_exists() -> None:
    """What is copied from the page runs."""
    from command_line import parser  # noqa: PLC0415 - only here

    words = re.findall(r"app\.py (doctor|worker|backup|calls \w+)((?: --?\w+| [A-Z]+| [\w./-]+\.sqlite3)*)", _page())
    assert words
    for command, rest in words:
        parser().parse_args([*command.split(), *(rest.split() or _missing(command))])


def _missing(command: str) -> list[str]:
    needed = {"backup": ["FILE"], "calls end": ["ID"], "calls retry": ["ID"], "calls info": ["ID"]}
    return needed.get(command, [])


def _page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_no_secret_gets_into_the_repository_by_these_files() -> None:
    """Passwords come from the environment."""
    for path in sorted(DEPLOY.iterdir()):
        text = Path(path).read_text(encoding="utf-8")
        assert not re.search(r"(?i)password: (?!\$\{)", text), path.name
        assert not any(fnmatchcase(word, "xox*-*") for word in text.split())
