"""The files of deploy/ name what exists: commands, settings, paths, metrics."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from commands.command_line import hotline
from commands.hosting import init_command
from docs.tools import generated_parts
from docs.tools.code_map import TOP
from ivr.http import metrics, web_sides

DEPLOY = TOP / "deploy"
UNITS = sorted((DEPLOY / "debian").glob("*.service"))
OURS = "/opt/hotline/current/bin/"
OTHER_NAMES = frozenset({"POSTGRES_PASSWORD", "REPLICATION_PASSWORD", "HOTLINE_UPSTREAM"})
"""Variables of other software that our files pass on."""
LINES = re.compile(r"\\\n\s*")


def compose(name: str = "compose") -> dict[str, Any]:
    loaded = yaml.safe_load((DEPLOY / "compose" / f"{name}.yaml").read_text(encoding="utf-8"))
    return dict(loaded["services"])


def unit(file: Path) -> ConfigParser:
    read = ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    read.read(file)
    return read


def is_command(words: list[str]) -> bool:
    """Whether these words are a command of ours, with options that it has."""
    command: click.Command = hotline
    while words and isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found, words
        command, words = found, words[1:]
    return bool(command.make_context("hotline", words, resilient_parsing=True))


def commands_in_compose() -> Iterator[list[str]]:
    dockerfile = (DEPLOY / "compose" / "Dockerfile").read_text(encoding="utf-8")
    yield json.loads(dockerfile.rpartition("CMD ")[2])
    for name, service in compose().items():
        if "entrypoint" in service:
            shell = " ".join(service["command"])
            yield from (shlex.split(each) for each in re.findall(r"hotline ([^;]+);", shell))
        elif "build" in service and name != "web":
            yield service["command"]


def typed_in(text: str) -> Iterator[list[str]]:
    """What a document tells its reader to type."""
    for line in text.splitlines():
        for words in re.findall(r"(?:^|`|&& |sudo |--rm |-T )hotline ([a-z][^`#<&|(;\"]*)", line):
            yield shlex.split(words.split("./")[0])


def test_every_unit_runs_a_command_of_ours() -> None:
    found = []
    for file in UNITS:
        program, *words = shlex.split(unit(file)["Service"]["ExecStart"])
        if file.name.startswith("hotline-"):
            assert program.startswith(OURS), file.name
            words = words[words.index("app") + 1 :] if program.endswith("python") else words
            assert is_command(words), file.name
            found.append(words[0])
    assert found == ["backup", "check", "restore-drill", "serve", "worker"]


def test_every_timer_and_socket_has_its_service() -> None:
    names = {file.stem for file in UNITS}
    for file in (*DEPLOY.glob("debian/*.timer"), *DEPLOY.glob("debian/*.socket")):
        assert file.stem in names
    for file in UNITS:
        for other in unit(file)["Unit"].get("OnFailure", "").split():
            assert other.removesuffix(".service") in names


def test_containers_run_commands_of_ours() -> None:
    found = [words for words in commands_in_compose() if is_command(words)]
    assert sorted(words[0] for words in found) == [
        "backup", "check", "migrate", "restore-drill", "serve", "worker"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "document", sorted(DEPLOY.rglob("README.md")), ids=lambda file: file.parent.name
)
def test_what_a_document_tells_to_type_exists(document: Path) -> None:
    for words in typed_in(document.read_text(encoding="utf-8")):
        assert is_command([each for each in words if each != "..."]), words


def test_every_setting_that_a_file_names_exists() -> None:
    known = generated_parts.meanings().keys() | OTHER_NAMES
    compose_text = "".join(
        file.read_text(encoding="utf-8") for file in DEPLOY.glob("compose/*.yaml")
    )
    caddy = (DEPLOY / "proxy" / "Caddyfile").read_text(encoding="utf-8")
    named = {*re.findall(r"\$\{(\w+)", compose_text), *re.findall(r"\{\$(\w+)", caddy)}
    assert "PUBLIC_BASE_URL" in named
    assert named - known == set()
    asked = {question.setting for question in init_command.QUESTIONS}
    assert (asked | init_command.fresh_keys().keys()) - known == set()


def test_no_container_has_more_rights_than_it_needs() -> None:
    services = compose()
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert ("ports" in service) is (name == "caddy")
    assert services["db"]["networks"] == ["back"]
    assert services["caddy"]["networks"] == ["front"]
    watched = {name for name, service in services.items() if "healthcheck" in service}
    assert watched == {"web", "worker", "db"}
    state = "state:/var/lib/hotline"
    assert all(
        state in services[name]["volumes"]
        for name in ("web", "worker", "migrate", "backup", "restore-drill")
    )
    assert re.search(r"^USER \d+", (DEPLOY / "compose/Dockerfile").read_text(), re.MULTILINE)


def test_with_more_hosts_each_web_has_the_state_of_its_worker_and_all_have_the_keys() -> None:
    services = compose("scale")
    states = {
        name: next(place for place in service["volumes"] if place.endswith(":/var/lib/hotline"))
        for name, service in services.items()
        if any(place.endswith(":/var/lib/hotline") for place in service.get("volumes", ()))
    }
    assert states["web"] == states["worker"]
    assert states["web-2"] == states["worker-2"] != states["web"]
    for name in states:
        assert services[name]["environment"]["KEYS_FOLDER"] == "/keys", name
        assert "keys:/keys" in services[name]["volumes"], name
    known = {name for name, each in compose().items() if "state:/var/lib/hotline" in str(each)}
    assert known - states.keys() == set(), "each of them reads the keys of days"
    standby = services["db-standby"]
    assert (standby["read_only"], standby["cap_drop"]) == (True, ["ALL"])
    assert (standby["image"], standby["networks"]) == (compose()["db"]["image"], ["back"])


def test_every_door_installs_exact_versions_with_hashes() -> None:
    for file in ("compose/Dockerfile", "debian/install.sh", "release/try_release.py"):
        text = LINES.sub(" ", (DEPLOY / file).read_text(encoding="utf-8"))
        assert "--require-hashes" in text, file
        assert "--no-deps" in text, file
        assert "--no-index" in text, file


def test_proxies_let_the_carrier_through_and_hide_what_is_ours() -> None:
    nginx = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    caddy = (DEPLOY / "proxy" / "Caddyfile").read_text(encoding="utf-8")
    (for_nginx,) = re.findall(r"location ~ \^/\(([\w|]+)\)/ \{\n\s+proxy_pass", nginx)
    (for_caddy,) = re.findall(r"@carrier path (.*)", caddy)
    for path in (*web_sides.CARRIER_SIDE, "/audio/"):
        assert path.strip("/") in for_nginx.split("|")
        assert f"{path}*" in for_caddy.split()
    assert re.search(r"location /metrics \{\s+return 404;", nginx)
    assert re.search(r"handle @metrics \{\s+respond 404", caddy)
    assert re.search(r"location /calendar/ \{\s+access_log off;", nginx)
    assert not re.search(r"^\s*log\b", caddy, re.MULTILINE)
    for header in ("X-Forwarded-Port", "X-Forwarded-Prefix", "Forwarded"):
        assert f"proxy_set_header {header} " in nginx
        assert f"header_up -{header}\n" in caddy


def test_alerts_and_dashboard_watch_metrics_that_exist() -> None:
    source = Path(metrics.__file__).read_text(encoding="utf-8")
    exist = set(re.findall(r'"(hotline_\w+)"', source))
    alerts = yaml.safe_load((DEPLOY / "monitoring" / "alerts.yaml").read_text(encoding="utf-8"))
    dashboard = json.loads((DEPLOY / "monitoring" / "dashboard.json").read_text(encoding="utf-8"))
    questions = [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    questions += [each["expr"] for panel in dashboard["panels"] for each in panel["targets"]]
    watched = set()
    for name in re.findall(r"hotline_\w+", " ".join(questions)):
        watched.add(re.sub(r"_(bucket|count|sum|total)$", "", name))
    assert watched - exist == set()
    # The ledger rests while nothing is erased, and the journal's age says more than its length.
    assert exist - watched == {"hotline_ledger_age_seconds", "hotline_journal_entries"}
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
