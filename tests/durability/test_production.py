"""scripts/serve: what people shouldn't work with isn't started; what is started is asked at the wire, and stopped."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import kombu
import psycopg
import pytest

from common import heartbeats
from config.embedded import paths
from config.processes import MAIN, QUEUES
from tests.durability.conftest import opened
from tests.durability.deployed import commands
from tests.durability.production import BY_TLS, HOST, Service, wait_for
from tests.durability.test_services_die import gateway_hangs_at, pending, somebody_waits

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
SELDOM = 2.0  # seconds between two looks by a command: each takes the processor from what is awaited
ROLES = (("DATABASE_URL", paths.APP_ROLE), ("OWNER_DATABASE_URL", paths.OWNER))


@pytest.fixture(scope="module")
def services(migrated):
    """One migrated database for all tests of this file, and the processes that work on it."""
    with opened(migrated) as desk, ExitStack() as stack:
        yield Service(desk, stack)


@pytest.fixture
def service(services):
    """A machine on which nothing runs yet; what a test starts ends with it."""
    with ExitStack() as stack:
        yield Service(services.desk, stack, host=services)


@pytest.fixture(scope="module")
def web(services):
    """A web process behind a proxy on this machine."""
    services.start_web()
    return services


@pytest.fixture(scope="module")
def operator(services):
    """The password of an operator, whose account create_operator has opened."""
    made = services.run("manage", "create_operator", "anna")
    assert made.returncode == 0, made.stderr
    password = "a password that anna has chosen"
    choose = "from stores.models import User; anna = User.objects.get(username='anna'); "
    choose += f"anna.set_password({password!r}); anna.save()"
    assert services.look("shell", "--verbosity", "0", "--command", choose)[0]
    return password


def sentences(ended: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said, a sentence a line, and nothing else."""
    assert "Traceback" not in ended.stderr
    lines = ended.stderr.splitlines()
    assert all(line.startswith("scripts/serve: ") for line in lines), ended.stderr
    return [line.removeprefix("scripts/serve: ") for line in lines]


def objects(log: Path) -> list[dict]:
    """The lines of a log, of which each is an object, but for what Celery says when it hears a signal."""
    lines = log.read_text().splitlines()
    return [json.loads(line) for line in lines if line not in ("", "worker: Warm shutdown (MainProcess)")]


class TestStart:
    """Nothing is started before everything is in order."""

    def test_all_is_in_order(self, service):
        ended = service.run("check")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout == "Everything is in order.\n"

    def test_a_file_of_settings_says_what_the_environment_doesnt(self, service, tmp_path):
        file = tmp_path / "wanliu.env"
        shown = (Path(__file__).parents[2] / "deploy" / "wanliu.env").read_text()
        file.write_text(f"{shown}\nEMAIL_URL=submission://mail.example.com\nEMAIL_FROM=Wanliu <desk@example.com>\n")
        assert service.run("check", SETTINGS_FILE=str(file)).returncode == 0
        for text, told in (
            ("HSTS_DAYS='many'", "HSTS_DAYS must be a whole number"),
            ("# a line\nwhat", "SETTINGS_FILE says no NAME=value in line 2."),
        ):
            file.write_text(text)
            ended = service.run("check", SETTINGS_FILE=str(file))
            assert (ended.returncode, len(sentences(ended))) == (78, 1)
            assert sentences(ended)[0].startswith(told)
        [nowhere] = sentences(service.run("manage", "health", SETTINGS_FILE="/nowhere"))
        assert nowhere == "SETTINGS_FILE can't be read: /nowhere: No such file or directory."

    def test_djangos_own_check_has_nothing_to_say(self, service):
        ended = service.run("manage", "check", "--deploy", "--database", "default", "--fail-level", "WARNING")
        assert ended.returncode == 0, ended.stderr
        assert "no issues" in ended.stdout

    @pytest.mark.parametrize("what", ["web", "worker", "beat", "migrate", "check", "manage"])
    def test_every_mistake_is_told_before_anything_is_done(self, service, what):
        wrong = {"ALLOWED_HOSTS": "*", "TRUSTED_PROXIES": "", "SECRET_KEY": "guess me", "DEBUG": "1", "PORT": "x"}
        ended = service.run(what, **wrong)
        assert ended.returncode == 78
        assert [line.split()[0] for line in sentences(ended)] == [
            "PORT",
            "SECRET_KEY",
            "ALLOWED_HOSTS",
            "TRUSTED_PROXIES",
            "DEBUG",
        ]
        assert "guess me" not in ended.stderr

    def test_a_role_that_owns_the_tables_is_refused(self, service):
        owners = service.environ["OWNER_DATABASE_URL"]
        ended = service.run("web", DATABASE_URL=owners, OWNER_DATABASE_URL="")
        assert ended.returncode == 78
        [told] = sentences(ended)
        assert told.startswith(
            "The database role “wanliu” owns the tables it works with. Give DATABASE_URL a role of its"
        )

    def test_half_a_gateway_is_refused(self, service):
        ended = service.run("worker", WECHATPAY_MCHID="1", WECHATPAY_APPID="2")
        assert ended.returncode == 78
        [told] = sentences(ended)
        assert told.startswith("The gateway wechatpay is set up in part: ")
        assert "WECHATPAY_API_V3_KEY" in told

    def test_without_its_database_it_is_to_be_tried_again(self, service):
        ended = service.run("worker", DATABASE_URL="postgres://wanliu_app@127.0.0.1:9/wanliu", OWNER_DATABASE_URL="")
        assert ended.returncode == 75
        [told] = sentences(ended)
        assert told.startswith("the database of DATABASE_URL doesn't answer: ")

    def test_where_it_cant_write_or_listen_it_says_in_a_sentence(self, service):
        taken = socket.create_server(("127.0.0.1", 0))
        with taken:
            here = str(taken.getsockname()[1])
            cases = [
                ("check", {"DATA_DIR": "/proc/wanliu"}, 78, "DATA_DIR can't be written to: /proc/wanliu: "),
                ("check", {"METRICS_DIR": "/proc/wanliu"}, 78, "METRICS_DIR can't be written to: /proc/wanliu: "),
                ("web", {"HOST": "192.0.2.1"}, 78, "HOST and PORT say 192.0.2.1 and "),
                (
                    "web",
                    {"PORT": here},
                    75,
                    f"HOST and PORT say 127.0.0.1 and {here}, where nobody can listen: Address",
                ),
                (
                    "metrics",
                    {"METRICS_PORT": here},
                    75,
                    f"METRICS_HOST and METRICS_PORT say 127.0.0.1 and {here}, where",
                ),
            ]
            for what, environ, code, told in cases:
                ended = service.run(what, **environ)
                assert (ended.returncode, len(sentences(ended))) == (code, 1), ended.stderr
                assert sentences(ended)[0].startswith(told)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may say whose a directory is")
    @pytest.mark.parametrize("what", ["web", "check", "migrate", "manage"])
    def test_root_leaves_nothing_where_files_are_anothers(self, service, what, tmp_path):
        os.chown(tmp_path, 65534, 65534)
        ended = service.run(what, DATA_DIR=str(tmp_path), METRICS_DIR=str(tmp_path / "metrics"))
        assert ended.returncode == 78
        assert sentences(ended) == ["DATA_DIR is nobody's: run this as nobody, not as root (sudo -u nobody …)."]
        assert list(tmp_path.iterdir()) == []

    def test_tables_that_are_to_come_are_waited_for(self, service):
        service.desk.superuser("CREATE DATABASE empty OWNER wanliu")
        urls = {name: paths.database_url(service.desk.data_dir, role=role, database="empty") for name, role in ROLES}
        ended = service.run("beat", **urls)
        assert ended.returncode == 75
        [told] = sentences(ended)
        assert told.endswith(" migrations are not applied: run `scripts/serve migrate` first.")

    def test_the_demo_is_not_for_people_who_work(self, service):
        ended = service.run("manage", "load_demo")
        assert ended.returncode == 1
        assert "people work here (PRODUCTION): nothing was made" in ended.stderr
        assert service.run("manage", "create_operator", "taote-demo").returncode == 0
        try:
            ended = service.run("web")
        finally:
            with psycopg.connect(service.environ["DATABASE_URL"]) as connection:
                connection.execute("UPDATE stores_user SET is_active = false WHERE username = 'taote-demo'")
        assert ended.returncode == 78
        assert sentences(ended)[0].startswith("This database holds the demo's people: taote-demo. Begin with an empty")

    @pytest.mark.parametrize("arguments", [(), ("all",), ("web", "twice"), ("worker", "nothing")])
    def test_what_it_doesnt_know_it_says(self, service, arguments):
        assert service.run(*arguments).returncode == 64

    def test_new_keys_are_good_ones(self, service):
        made = dict(line.split("=", 1) for line in service.run("new-keys").stdout.splitlines())
        assert service.run("check", **made).returncode == 0


class TestProxy:
    """What came by TLS through the named proxy is answered; nobody else's word is taken."""

    def test_by_tls_the_page_comes_and_its_cookies_are_for_tls(self, web):
        status, headers, page = web.ask("/admin/login/", **BY_TLS)
        assert status == 200
        assert "csrfmiddlewaretoken" in page
        cookies = headers.get_all("Set-Cookie")
        assert cookies
        assert all("; Secure" in cookie for cookie in cookies)
        assert headers["Strict-Transport-Security"] == f"max-age={30 * 24 * 3600}"

    def test_a_page_in_plain_text_is_sent_to_tls(self, web):
        status, headers, _ = web.ask("/admin/login/?next=/admin/")
        assert (status, headers["Location"]) == (301, f"https://{HOST}/admin/login/?next=/admin/")
        assert headers.get_all("Set-Cookie") is None

    def test_a_sign_in_in_plain_text_is_refused(self, web, operator):
        form = urlencode({"username": "anna", "password": operator})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, headers, page = web.ask("/admin/login/", "POST", form, **kind)
        assert status == 403
        assert headers.get_all("Set-Cookie") is None
        assert "Ask by https only" in page

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_call_in_plain_text_is_refused(self, web, method):
        status, _, body = web.ask("/api/v1/refunds/", method, Authorization="Bearer abc.def")
        assert status == 403
        assert '"tls_needed"' in body
        assert web.ask("/api/v1/refunds/", method, Authorization="Bearer abc.def", **BY_TLS)[0] == 401

    def test_a_host_that_isnt_named_is_refused(self, web):
        assert web.ask("/admin/login/", Host="evil.example.com", **BY_TLS)[0] == 400

    def test_health_answers_in_plain_text(self, web):
        assert web.ask("/healthz")[0] == 200
        assert web.ask("/healthz", Host="10.1.2.3:8000")[0] == 200
        for host in (HOST, "10.1.2.3:8000"):
            assert web.ask("/readyz", Host=host)[0] == 503, "no worker"

    def test_who_signs_in_is_who_the_proxy_says(self, web, operator):
        assert web.sign_in("anna", "wrong password", X_Forwarded_For="198.51.100.7, 203.0.113.9")[0] == 200
        found = web.desk.rows("SELECT DISTINCT ip_address::text FROM axes_accessattempt WHERE username = 'anna'")
        assert found == [("203.0.113.9/32",)]
        assert web.sign_in("anna", operator, X_Forwarded_For="203.0.113.9")[0] == 302

    def test_from_an_address_that_isnt_named_nothing_counts(self, service):
        service.start_web(TRUSTED_PROXIES="192.0.2.0/24")
        assert service.ask("/admin/login/", **BY_TLS)[0] == 301
        assert service.ask("/api/v1/refunds/", Authorization="Bearer abc.def", **BY_TLS)[0] == 403


class TestStop:
    """What is under way is ended; nothing is lost and nobody is turned away."""

    def test_a_call_under_way_is_answered_after_sigterm(self, service, operator):
        process, answers = service.start_web(), []
        with psycopg.connect(service.environ["DATABASE_URL"]) as connection:
            connection.execute("SELECT 1 FROM stores_user WHERE username = 'anna' FOR UPDATE")
            call = threading.Thread(target=lambda: answers.append(service.sign_in("anna", operator)))
            call.start()
            wait_for(lambda: somebody_waits(service.desk), "the sign-in to be under way")
            process.send_signal(signal.SIGTERM)
            time.sleep(1)
            assert process.poll() is None, "it waits for the call"
            connection.rollback()
        call.join(60)
        assert [answer[0] for answer in answers] == [302]
        assert process.wait(60) == 0
        assert not service.is_up()
        lines = objects(service.log("web"))
        assert {"wanliu.access", "_granian"} <= {line["logger"] for line in lines}
        assert all(line["request_id"] for line in lines if line["logger"] == "wanliu.access")

    def test_a_task_under_way_is_finished_and_the_next_ones_stay_where_they_are(self, service):
        desk = service.desk
        desk.offer("stopped", 1)
        desk.accept_all()
        worker = service.start_worker(PYTHONWARNINGS="ignore:You're running the worker")  # as root, as tests are in CI
        with gateway_hangs_at(desk, pending(desk, 1)):
            tell(desk, "payments.tasks.settle_due_payments")
            wait_for(lambda: somebody_waits(desk), "the payment to be under way")
            for _ in range(3):
                tell(desk, "common.tasks.heartbeat")
            worker.send_signal(signal.SIGTERM)
            time.sleep(2)
            assert worker.poll() is None, "it waits for the task"
        assert worker.wait(60) == 0
        assert desk.payments() == {"succeeded": 1}
        assert desk.rows("SELECT max(calls) FROM payments_sandboxtransfer") == [(1,)]
        assert waiting(desk) == 3
        [done] = [line for line in objects(service.log("worker")) if "succeeded in" in line["event"]]
        assert "settle_due_payments" in done["event"]


@pytest.mark.skipif(not (shutil.which("faketime") and FAKETIME), reason="faketime isn't here")
class TestClocks:
    """A process whose clock isn't PostgreSQL's does nothing that is due, and says so."""

    @pytest.mark.parametrize(
        ("shift", "told"), [("+30d", "2592000 s ahead of PostgreSQL's"), ("-1d", "86400 s behind PostgreSQL's")]
    )
    def test_neither_a_worker_nor_the_command_sweeps_by_a_wrong_clock(self, service, shift, told):
        desk, wrong = service.desk, {"LD_PRELOAD": str(FAKETIME), "FAKETIME": shift}
        desk.offer(f"patient{shift[1:]}", 1)
        pending = "SELECT id, due_at > now() AND due_at < now() + interval '30 days'"
        pending += " FROM offers_offer WHERE status = 'pending'"
        before = desk.rows(pending)
        assert {has_time_left for _offer, has_time_left in before} == {True}
        service.start_worker(**wrong)
        tell(desk, "offers.tasks.sweep_offers")
        says = "offers.tasks.sweep_offers is left to workers whose clock is right"
        wait_for(lambda: says in service.log("worker").read_text(), "the worker to say so")
        swept = service.run("manage", "sweep", **wrong)
        assert swept.returncode == 1
        assert f"Nothing was done: this process's clock is {told}." in swept.stderr
        assert desk.rows(pending) == before
        for look in (service.look, partial(by_hand, service)):
            wait_for(
                lambda look=look: self.is_told_of(service, look, told), "health to tell of the worker", every=SELDOM
            )

    @staticmethod
    def is_told_of(service, look, told: str) -> bool:
        """Whether the worker, which is told of something again, is the one whose clock is wrong."""
        tell(service.desk, "offers.tasks.sweep_offers")
        is_well, (here, *there) = look("health", "clocks")
        assert here == "ok       clock    here: agrees with PostgreSQL's"
        return not is_well and any(line.endswith(f"does nothing that is due: {told}") for line in there)


class TestHealth:
    """Whoever dies is seen to be dead."""

    def test_who_is_not_heard_of_for_half_a_minute_is_dead(self):
        assert heartbeats.EVERY_S * 3 < heartbeats.LIVES_S < 30

    def test_what_is_deployed_starts_and_what_dies_shows(self, service):
        once = {arguments for arguments in commands() if arguments[0] in ("migrate", "manage")}
        assert service.run("migrate").returncode == 0
        assert once == {("migrate",), ("manage", "health")}
        running = {arguments: service.start(*arguments) for arguments in commands() - once}
        assert {name for name, *_queue in running} == {"web", "worker", "beat", "metrics"}
        wait_for(service.is_up, "web")
        wait_for(lambda: service.ask("/readyz")[0] == 200, "a worker")
        workers = Counter((queue or ["celery"])[0] for name, *queue in running if name == "worker")
        workers.update(dict.fromkeys(QUEUES[MAIN].others, workers[MAIN]))  # which it takes from as well
        wait_for(lambda: self.ready(service)["workers"] == workers, "every worker", every=SELDOM)
        wait_for(lambda: self.ready(service)["beat"] == "ok", "beat", every=SELDOM)
        for look in (service.look, partial(by_hand, service)):
            wait_for(lambda look=look: look("health")[0], "everything to be done once", 150, every=3 * SELDOM)

        running["beat",].kill()
        wait_for(lambda: self.ready(service)["beat"] == "silent", "its silence", every=SELDOM)
        is_well, told = by_hand(service, "health", "beat")
        assert (is_well, told[0]) == (False, "failing  beat     beat: 0 alive")

        for arguments, process in running.items():
            if arguments[0] == "worker":
                process.kill()
        wait_for(lambda: service.ask("/readyz")[0] == 503, "their death", every=SELDOM)
        dead = [f"failing  worker   {queue}: 0 alive" for queue in sorted(workers)]
        what = "the death of every queue's worker"
        for look in (service.look, partial(by_hand, service)):
            wait_for(lambda look=look: look("health", "workers") == (False, dead), what, every=SELDOM)

    @staticmethod
    def ready(service) -> dict:
        return json.loads(service.ask("/readyz")[2])


def by_hand(service, *arguments: str) -> tuple[bool, list[str]]:
    """What a `Service.look` tells, by the command as people give it."""
    ended = service.run("manage", *arguments)
    assert ended.returncode in (0, 1), ended.stderr
    return ended.returncode == 0, ended.stdout.splitlines()


def tell(desk, task: str) -> None:
    """Put a message for the worker of the main queue."""
    with kombu.Connection(paths.broker_url(desk.environ["REDIS_URL"])) as connection:
        body = ([], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None})
        headers = {"task": task, "id": f"{task}-{time.monotonic()}", "lang": "py"}
        connection.Producer().publish(body, routing_key="celery", exchange="celery", headers=headers, serializer="json")


def waiting(desk) -> int:
    """How many messages lie in the main queue."""
    return desk.redis().llen("celery")
