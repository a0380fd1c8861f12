"""The supervisor's parts, with real processes; the whole of it runs in `make run`."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.embedded.processes import MARKER, Command, ServiceError, marked_with, stop_survivors
from config.supervise import child as child_module
from config.supervise.child import Child
from config.supervise.console import fresh_log, limit_log, tail
from config.supervise.options import Options
from config.supervisor import write_demo_file

WAIT_SECONDS = 60


def sleeper(**environ: str) -> Command:
    """A process with a child of its own that both sleep, as a server with a pool does."""
    script = "echo started; sleep 300 & wait"
    return Command("sleeper", ["sh", "-c", script], env={"PATH": os.defpath, **environ}, cwd=Path("/"))


def wait_for(condition, tick=lambda: None):
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        tick()
        time.sleep(0.02)


def group_is_alive(leader_pid: int) -> bool:
    members = [p for p in psutil.process_iter(["status"]) if os.getpgid(p.pid) == leader_pid]
    return any(member.info["status"] != psutil.STATUS_ZOMBIE for member in members)


@pytest.fixture
def child(tmp_path):
    child = Child("sleeper", sleeper, tmp_path)
    yield child
    child.kill()


def test_a_killed_child_is_started_again_and_its_own_children_go(child, capsys):
    child.start()
    wait_for(lambda: "started" in child.log.read_text())
    first = child.pid

    os.kill(first, signal.SIGKILL)
    wait_for(lambda: child.is_running and child.pid != first, child.tick)

    assert child.deaths_in_a_row == 1
    assert not group_is_alive(first)
    assert "sleeper was killed by signal 9; starting it again in 0.5 s" in capsys.readouterr().out


def test_the_pause_doubles_with_each_death_up_to_a_bound(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(child_module, "BACK_OFF_SECONDS", 0.01)
    monkeypatch.setattr(child_module, "BACK_OFF_MAX_SECONDS", 0.03)
    failing = Child("failing", lambda: Command("failing", ["false"], env={}, cwd=Path("/")), tmp_path)

    failing.start()
    wait_for(lambda: failing.deaths_in_a_row == 4, failing.tick)

    lines = [line for line in capsys.readouterr().out.splitlines() if "ended with code 1" in line]
    assert [line.split(" in ")[1].split(" s ")[0] for line in lines] == ["0.01", "0.02", "0.03", "0.03"]


def test_a_preparation_that_fails_is_tried_again(tmp_path, capsys):
    attempts = []

    def prepare():
        attempts.append(1)
        if len(attempts) == 2:
            raise ServiceError("disk full")

    child = Child("sleeper", sleeper, tmp_path, prepare=prepare)
    child.start()
    os.kill(child.pid, signal.SIGKILL)
    wait_for(lambda: len(attempts) == 3 and child.is_running, child.tick)
    child.kill()

    assert "sleeper cannot be started: disk full" in capsys.readouterr().out


def test_stopping_asks_first_and_kills_what_does_not_listen(tmp_path):
    stubborn = Command("stubborn", ["sh", "-c", "trap '' TERM; echo ready; sleep 300 & wait"], env={}, cwd=Path("/"))
    child = Child("stubborn", lambda: stubborn, tmp_path, stop_seconds=0.2)
    child.start()
    pid = child.pid
    wait_for(lambda: "ready" in child.log.read_text())

    child.stop()

    assert not child.is_running
    assert not group_is_alive(pid)


def test_survivors_are_found_by_their_marker(tmp_path):
    ours = Child("ours", lambda: sleeper(**{MARKER: str(tmp_path)}), tmp_path)
    theirs = Child("theirs", lambda: sleeper(**{MARKER: str(tmp_path / "other")}), tmp_path)
    ours.start()
    theirs.start()
    wait_for(lambda: len(marked_with(tmp_path)) == 2)  # the shell and its sleep

    stopped = stop_survivors(lambda: marked_with(tmp_path), signal.SIGTERM, seconds=0.5)

    assert stopped == 2
    assert not ours.is_running
    assert theirs.is_running
    theirs.kill()


def test_logs_begin_anew_and_stay_bounded(tmp_path, monkeypatch):
    log = tmp_path / "web.log"
    log.write_text("yesterday\n")
    fresh_log(log)
    monkeypatch.setattr("config.supervise.console.LOG_MAX_BYTES", 10)
    with log.open("ab") as held_open_by_a_child:
        held_open_by_a_child.write(b"a long first line\n")
        held_open_by_a_child.flush()
        limit_log(log)
        held_open_by_a_child.write(b"next\n")

    assert (tmp_path / "web.log.1").read_text() == "a long first line\n"
    assert log.read_text() == "next\n"
    assert tail(log) == "    next"


def test_options_name_the_embedded_services_only_when_the_urls_are_unset(tmp_path):
    unset = Options.from_environ({"DATA_DIR": str(tmp_path), "DATABASE_URL": ""})
    given = Options.from_environ({"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://db/x", "PORT": "8009"})

    assert (unset.port, unset.database_url, unset.base_url) == (8000, None, "http://127.0.0.1:8000")
    assert unset.child_environ({})["DATABASE_URL"].endswith("/wanliu")
    assert given.child_environ({"PATH": "/bin"}) == {
        "PATH": "/bin",
        "DATABASE_URL": "postgres://db/x",
        "OWNER_DATABASE_URL": "",
        "REDIS_URL": unset.child_environ({})["REDIS_URL"],
        "DATA_DIR": str(tmp_path),
        "PORT": "8009",
        "DEMO": "0",
        "PYTHONUNBUFFERED": "1",
        MARKER: str(tmp_path),
    }


@pytest.mark.parametrize(
    ("environ", "owner"),
    [
        ({}, "postgres://wanliu@"),
        ({"DATABASE_URL": "postgres://app@db/x"}, ""),
        ({"DATABASE_URL": "postgres://app@db/x", "OWNER_DATABASE_URL": "postgres://boss@db/x"}, "postgres://boss@db/x"),
    ],
)
def test_only_the_set_up_step_is_told_how_to_connect_as_the_owner(tmp_path, environ, owner):
    options = Options.from_environ({"DATA_DIR": str(tmp_path), **environ})
    assert options.child_environ(environ)["OWNER_DATABASE_URL"] == ""
    assert options.prepare_environ(environ)["OWNER_DATABASE_URL"].startswith(owner)
    assert bool(options.prepare_environ(environ)["OWNER_DATABASE_URL"]) is bool(owner)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "８０"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(ServiceError, match="PORT must be a number"):
        Options.from_environ({"PORT": port})


def test_a_port_or_data_directory_in_use_is_refused_with_the_way_out(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        options = Options.from_environ({"DATA_DIR": str(tmp_path), "PORT": str(port)})
        with pytest.raises(ServiceError, match=f"port {port} .* make run"):
            options.check_port_free()
    options.check_port_free()

    lock = options.take_data_dir()
    with pytest.raises(ServiceError, match="in use by another"):
        options.take_data_dir()
    os.close(lock)
    os.close(options.take_data_dir())


def test_the_demo_file_has_the_address_first_and_is_private(tmp_path):
    options = Options.from_environ({"DATA_DIR": str(tmp_path), "PORT": "8010"})
    options.credentials_file.write_text(json.dumps({"users": {"operator": {"username": "o", "password": "p"}}}))

    write_demo_file(options)

    content = json.loads(options.demo_file.read_text())
    assert list(content) == ["base_url", "users"]
    assert content["base_url"] == "http://127.0.0.1:8010"
    assert options.demo_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("environ", "demo"),
    [
        ({}, True),
        ({"DEMO": "0"}, False),
        ({"DATABASE_URL": "postgres://x/y"}, False),
        ({"DATABASE_URL": "postgres://x/y", "DEMO": "1"}, True),
        ({"DATABASE_URL": ""}, True),
    ],
)
def test_the_demo_is_for_the_embedded_database_unless_asked_by_name(tmp_path, environ, demo):
    options = Options.from_environ({"DATA_DIR": str(tmp_path), **environ})
    assert options.demo is demo
    assert Options.from_environ(options.child_environ({})).demo is demo, "the set-up step is told the same"


def test_with_the_demo_its_fakes_are_told_of_and_its_shops_are_asked_often(tmp_path):
    options = Options.from_environ({"DATA_DIR": str(tmp_path)})
    options.credentials_file.write_text("{}")
    options.fakes_dir.mkdir()
    options.fakes_file.write_text(json.dumps({"taobao": "http://127.0.0.1:9"}))
    write_demo_file(options)
    assert json.loads(options.demo_file.read_text())["fakes"] == {"taobao": "http://127.0.0.1:9"}
    options.chat_file.write_text(json.dumps({"url": "http://127.0.0.1:7", "secret": "s"}))
    write_demo_file(options)
    assert json.loads(options.demo_file.read_text())["chat"] == "http://127.0.0.1:7"
    name = "CONNECTOR_LONGEST_PAUSE_S"
    assert options.child_environ({})[name] == "10"
    assert options.child_environ({name: "60"})[name] == "60"
    mails = {"EMAIL_URL": "smtp://mail", "EMAIL_FROM": "a@example.com"}
    assert options.child_environ({})["EMAIL_URL"] == "console:"  # stands in log/worker.log
    assert options.child_environ(mails).items() >= mails.items()


def test_the_sign_ins_of_an_embedded_demo_are_not_shown_for_another_database(tmp_path):
    options = Options.from_environ({"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://x/y"})
    options.credentials_file.write_text(json.dumps({"users": {"operator": {"username": "o", "password": "p"}}}))
    write_demo_file(options)
    assert list(json.loads(options.demo_file.read_text())) == ["base_url"]


def test_a_database_that_does_not_answer_is_one_line_without_the_password(tmp_path):
    """With DATABASE_URL set nothing is started for it; the whole supervisor says what is wrong and ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        free_port = server.getsockname()[1]
    environ = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "PORT": str(free_port),
        "DATABASE_URL": f"postgres://wanliu:secret@127.0.0.1:{free_port}/wanliu",
        "REDIS_URL": f"redis://127.0.0.1:{free_port}/0",
    }
    run = subprocess.run([sys.executable, "-m", "config.supervisor"], env=environ, capture_output=True, text=True)

    assert run.returncode == 1
    assert f"PostgreSQL at DATABASE_URL (postgres://127.0.0.1:{free_port}/wanliu) does not answer" in run.stdout
    assert "secret" not in run.stdout
    assert not (tmp_path / "demo.json").exists()
