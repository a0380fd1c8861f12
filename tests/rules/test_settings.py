"""What the environment may say: every mistake is told at once, and all of it stands in docs/deploy.md."""

import os
import re
import subprocess
import sys

import pytest

from common.apps import OBJECTS_BETWEEN_COLLECTIONS
from config.embedded.paths import ROOT
from config.environment import SETTINGS, Mistakes, read_environment
from config.environment.retention import KEPT
from config.mail import mail_settings
from config.processes import QUEUES
from config.supervise.options import Options
from scripts.settings_table import page
from tests.cases import for_each

NAMES = [setting.name for setting in SETTINGS]
READ = re.compile(r'said\["([A-Z_]+)"\]')
ASKED = re.compile(r"""\b((?:os\.)?environ)(?:\.\w+)?[(\[]\s*["']([A-Z_]+)["']""")
# Who else reads the environment: `make run`, which has its own; and what is no setting of ours.
OWN_WAYS = {"config/supervise/options.py", "config/supervise/prepare.py"}
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PROCESS_KIND", "SETTINGS_FILE"}
KEY = "x7Kq9-" * 10
SEALING_KEY = "c2VhbGluZyBrZXkgb2YgZXhhY3RseSAzMiBieXRlcy4="
GOOD = {
    "PRODUCTION": "1",
    "DATA_DIR": "/srv/wanliu",
    "DATABASE_URL": "postgres://wanliu_app:secret-one@db:5432/wanliu",
    "OWNER_DATABASE_URL": "postgres://wanliu:secret-two@db:5432/wanliu",
    "REDIS_URL": "redis://:secret-three@valkey:6379/0",
    "SECRET_KEY": KEY,
    "CONNECTOR_KEYS": SEALING_KEY,
    "ALLOWED_HOSTS": "desk.example.com",
    "TRUSTED_PROXIES": "10.0.0.0/8",
    "PUBLIC_URL": "https://desk.example.com",
}


@pytest.fixture
def said(monkeypatch):
    """What is read of this environment and nothing else."""

    def read(**environ):
        for name in [*os.environ]:
            if name in NAMES or name.removesuffix("_FILE") in NAMES:
                monkeypatch.delenv(name)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        return read_environment()

    return read


def sentences(said, **environ) -> list[str]:
    with pytest.raises(Mistakes) as mistakes:
        said(**environ)
    return mistakes.value.each


def test_an_empty_environment_is_that_of_a_first_try(said):
    values = said()
    assert values == {setting.name: setting.default for setting in SETTINGS}
    assert values["PRODUCTION"] is False


def test_empty_is_unset(said):
    assert said(**dict.fromkeys(NAMES, "")) == said()


def test_production_says_everything_that_it_needs_at_once(said):
    told = sentences(said, PRODUCTION="1")
    needed = [setting for setting in SETTINGS if setting.needed]
    assert [line.partition(" ")[0] for line in told] == [setting.name for setting in needed]
    assert len(needed) >= 7
    assert all(" must be set in production: " in line and line.endswith(".") for line in told)


def test_what_production_needs_is_enough_and_makes_it_strict(said):
    values = said(**GOOD)
    assert values["HTTPS_ONLY"] is True
    assert (values["DEBUG"], values["DEMO"], values["WEBHOOKS_ALLOW_LOOPBACK"]) == (False, False, False)


@for_each(
    ("name", "value", "told"),
    [
        ("PORT", "x", "PORT must be a whole number from 1 to 65535, not “x”."),
        ("PORT", "65536", "PORT must be a whole number from 1 to 65535, not “65536”."),
        ("WEB_THREADS", "0", "WEB_THREADS must be a whole number from 1 to 64, not “0”."),
        ("DEBUG", "maybe", "DEBUG must be 1 or 0, not “maybe”."),
        ("SESSION_IDLE_HOURS", "-1", "SESSION_IDLE_HOURS must be hours, more than 0 and at most 8760, not “-1”."),
        ("API_RATE", "many", "API_RATE must be a rate such as 6000/min, not “many”."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be one of CRITICAL, DEBUG, ERROR, INFO, WARNING, not “loud”."),
        ("TRUSTED_PROXIES", "10.0.0.0/40", "TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8"),
        ("TRUSTED_PROXIES", "10.0.0.1, 0.0.0.0/0", "TRUSTED_PROXIES must not be everybody: with “0.0.0.0/0”"),
        ("ALLOWED_HOSTS", "https://a.com", "ALLOWED_HOSTS must be host names without scheme, port and path"),
        ("ALLOWED_HOSTS", "a.com:8000", "“a.com:8000” is none."),
        (
            "CSRF_TRUSTED_ORIGINS",
            "desk.a.com",
            "CSRF_TRUSTED_ORIGINS must be addresses such as https://desk.example.com",
        ),
        (
            "DATABASE_URL",
            "mysql://a:hidden@b/c",
            "DATABASE_URL must be an address such as postgres://role:password@host",
        ),
        ("DATABASE_URL", "postgres://a:hidden@b:port/c", "DATABASE_URL must be an address such as postgres://"),
        ("REDIS_URL", "valkey:6379", "REDIS_URL must be an address such as redis://:password@host:6379/0."),
        ("CELERY_BROKER_URL", "http://b", "CELERY_BROKER_URL must be an address such as redis://"),
        (
            "CELERY_BROKER_URL",
            "amqp://a:hidden@/",
            "CELERY_BROKER_URL must name RabbitMQ's host: amqp://name:password@host",
        ),
        (
            "CELERY_BROKER_URL",
            "amqp://a:hidden@b/;redis://c",
            "CELERY_BROKER_URL must name RabbitMQ's host: amqp://name:password@host:5672/vhost; several with ; between",
        ),
        *[
            (name, url, f"{name} must name each sentinel once and then the master: sentinel://:password@host1:26379,")
            for name in ("REDIS_URL", "CELERY_BROKER_URL")
            for url in (
                "sentinel://:hidden@a:1,b:2",
                "sentinel://a:26379;sentinel://b:26379/0",
                "sentinel://a/m?x=hidden",
            )
        ],
        ("CONNECTOR_KEYS", f"{SEALING_KEY},hidden", "number 2 of them is none."),
        ("SECRET_KEY", "hidden", "SECRET_KEY is weak: give at least 50 random characters; `scripts/serve"),
        ("DATA_DIR", __file__, f"DATA_DIR must be a directory, which {__file__} isn't."),
        *[
            ("PUBLIC_URL", url, "PUBLIC_URL must be an address such as https://desk.example.com, and no path")
            for url in ("desk.a.com", "ftp://desk.a.com", "https://desk.a.com/x", "https://")
        ],
        *[
            ("EMAIL_URL", url, "EMAIL_URL must be an address such as submission://user:password@mail.example.com:587")
            for url in ("mail.a.com", "http://a:hidden@mail.a.com", "smtp://")
        ],
        ("EMAIL_FROM", "nobody", "EMAIL_FROM must be a sender such as Wanliu <desk@example.com>, not “nobody”."),
        ("SESSION_IDLE_HOURS", "200", "SESSION_IDLE_HOURS must not be more than SESSION_LONGEST_HOURS."),
        ("METRICS_KEY", "hidden", "METRICS_KEY must be at least 20 letters and digits without a blank"),
        (
            "TRACES_URL",
            "127.0.0.1:4318",
            "TRACES_URL must be an address with its path such as http://127.0.0.1:4318/v1",
        ),
        ("TRACES_PERCENT", "0", "TRACES_PERCENT must be a whole number from 1 to 100, not “0”."),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_setting_and_tells_no_secret(said, name, value, told):
    [sentence] = sentences(said, **{name: value})
    assert told in sentence
    assert sentence.startswith(name)
    assert "hidden" not in sentence


@for_each(
    ("name", "value", "told"),
    [
        ("DEBUG", "1", "DEBUG must be 0 in production, or left out: Django's error pages."),
        ("DEMO", "1", "DEMO must be 0 in production"),
        ("HTTPS_ONLY", "0", "HTTPS_ONLY must be 1 in production, or left out"),
        ("WEBHOOKS_ALLOW_LOOPBACK", "1", "WEBHOOKS_ALLOW_LOOPBACK must be 0 in production"),
        ("DATA_DIR", "data", "DATA_DIR must be an absolute path in production, not data."),
        ("ALLOWED_HOSTS", "desk.a.com,*", "ALLOWED_HOSTS must name the hosts in production"),
        ("CSRF_TRUSTED_ORIGINS", "http://a.com", "CSRF_TRUSTED_ORIGINS must begin with https:// in production"),
        ("PUBLIC_URL", "http://desk.a.com", "PUBLIC_URL must begin with https:// in production"),
        ("EMAIL_URL", "console:", "EMAIL_URL must name a server in production"),
        ("OWNER_DATABASE_URL", "postgres://wanliu:a@other/wanliu", "must name the database of DATABASE_URL"),
        ("OWNER_DATABASE_URL", GOOD["DATABASE_URL"], "OWNER_DATABASE_URL must name another role than DATABASE_URL"),
        ("ALLOWED_HOST", "desk.a.com", "ALLOWED_HOST is no setting: did you mean ALLOWED_HOSTS?"),
    ],
)
def test_where_people_work_more_is_refused(said, name, value, told):
    environ = {**GOOD, name: value}
    if name == "ALLOWED_HOST":
        del environ["ALLOWED_HOSTS"]
        assert "ALLOWED_HOSTS must be set in production" in sentences(said, **environ)[0]
    assert told in sentences(said, **environ)[-1]


def test_a_secret_may_be_in_a_file_and_not_in_two_places(said, tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert said(SECRET_KEY_FILE=str(file))["SECRET_KEY"] == KEY
    assert sentences(said, SECRET_KEY_FILE=str(file), SECRET_KEY=KEY) == [
        "SECRET_KEY is set, and so is SECRET_KEY_FILE: leave one of them out."
    ]
    assert "names a file that can't be read" in sentences(said, SECRET_KEY="", SECRET_KEY_FILE="/nowhere/key")[0]


def test_a_command_ends_with_the_sentences_and_no_traceback():
    environ = {**os.environ, "PORT": "x", "API_RATE": "many"}
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "PORT must be a whole number from 1 to 65535, not “x”.",
        "API_RATE must be a rate such as 6000/min, not “many”.",
    ]


def test_every_setting_is_used_and_nothing_else_is_read():
    files = [*(ROOT / "config").rglob("*.py"), ROOT / "manage.py"]
    code = {str(path.relative_to(ROOT)): path.read_text() for path in files}
    used = {name for text in code.values() for name in READ.findall(text)}
    by_make_run = {name for path in OWN_WAYS for _of, name in ASKED.findall(code[path])}
    by_queue = {queue.setting for queue in QUEUES.values()}
    by_kind = {kept.setting for kept in KEPT}  # config.settings asks for each of them
    assert (used | by_make_run | by_queue | by_kind) - {"DJANGO_SETTINGS_MODULE"} == set(NAMES)
    others = {name for path in code.keys() - OWN_WAYS for of, name in ASKED.findall(code[path]) if of == "os.environ"}
    assert others == NOT_OURS


def test_the_page_of_settings_is_made_of_the_table():
    assert (ROOT / "docs" / "deploy.md").read_text() == page(), "scripts/settings_table.py writes it anew"


NONSENSE = [
    *("   ", "-1", "0", "1e9", "99999999999999", "12h", "１２", "nonsense!", "挽留", "{}", "%s", "\x1b[31m", "a b"),
    *("//", "ftp://a/b", "https://a.com/x/", "https://a.com:99999", "https://user:pw@a.com", "http://[::1", "a,b,,c"),
    *(
        "postgres://",
        "postgres://a:b@c:port/d",
        "postgres://a:b@c/d/",
        "postgres://a@/d?foo=bar",
        "redis://",
        "redis://h/x",
    ),
    *(
        "redis://h:x/0",
        "amqp://a:b@/",
        "sentinel://a",
        "10.0.0.0/33",
        "é.example.com",
        "/etc/passwd/x",
        "'1'",
        "x" * 5000,
    ),
]
ANYTHING = {"DATA_DIR", "METRICS_DIR", "ALLOWED_HOSTS"}  # many of these are a directory's name, or a machine's


def test_whatever_is_said_of_any_setting_is_taken_or_refused_in_one_sentence_that_names_it(said):
    """Of each at least twenty of these are refused, and none is a traceback or an answer about another setting."""
    wrong = []
    alone = {**GOOD, "EMAIL_FROM": "a@b.c", "OWNER_DATABASE_URL": "", "METRICS_KEY": "k" * 20}
    for setting in SETTINGS:
        refused = 0
        for value in NONSENSE:
            try:
                said(**{**alone, setting.name: value})
            except Mistakes as mistakes:
                refused += 1
                [sentence] = mistakes.each
                whole = sentence.startswith(f"{setting.name} ") and sentence.endswith(".") and "\n" not in sentence
                wrong += [] if whole else [(setting.name, value, sentence)]
        wrong += [(setting.name, refused)] if refused < 20 and setting.name not in ANYTHING else []
    assert wrong == []
    for name in ("HOST", "METRICS_HOST"):
        assert said(**{name: "[::1]"})[name] == "::1"
        assert "without scheme and port" in sentences(said, **{name: "http://127.0.0.1"})[0]
    for name in ("DATA_DIR", "METRICS_DIR"):
        assert "path" in sentences(said, **{name: "x" * 5000})[0]
        assert "absolute path" in sentences(said, **{**GOOD, name: "somewhere"})[0]
    assert said(REDIS_URL=" redis://h:6379/0 ")["REDIS_URL"] == "redis://h:6379/0", "blanks around it are a slip"
    for sender in ("a@b.c", "Wanliu <a@b.c>", "挽留 <a@b.c>"):
        assert said(EMAIL_URL="console:", EMAIL_FROM=sender)["EMAIL_FROM"] == sender


def test_a_server_of_e_mail_needs_a_sender(said):
    [sentence] = sentences(said, EMAIL_URL="smtp://mail.a.com")
    assert sentence == "EMAIL_FROM must name the sender of what EMAIL_URL sends: Wanliu <desk@example.com>."
    assert said(PUBLIC_URL="https://desk.a.com/")["PUBLIC_URL"] == "https://desk.a.com"


def test_what_make_run_says_is_read_without_a_mistake(said, tmp_path):
    told = Options.from_environ({"DATA_DIR": str(tmp_path)}).child_environ({})
    values = said(**{name: text for name, text in told.items() if name in NAMES})
    assert (values["EMAIL_URL"], values["EMAIL_FROM"]) == ("console:", "Wanliu <demo@example.com>")
    assert mail_settings(values["EMAIL_URL"], sender="a@b.c")["EMAIL_BACKEND"].endswith("console.EmailBackend")


def test_figures_are_told_on_a_port_of_their_own_and_to_strangers_with_a_key_only(said):
    here = {"METRICS_DIR": "/run/wanliu/metrics"}
    assert said(**here)["METRICS_PORT"] == 9464
    assert sentences(said, **here, METRICS_HOST="0.0.0.0") == [
        "METRICS_KEY must be set where METRICS_HOST lets other machines ask: figures tell how much is sold."
    ]
    assert said(**here, METRICS_HOST="0.0.0.0", METRICS_KEY="k" * 20)["METRICS_HOST"] == "0.0.0.0"
    assert sentences(said, **here, METRICS_PORT="8000") == [
        "METRICS_PORT must be another port than PORT: figures are nothing for the desk's callers."
    ]
    assert said(METRICS_HOST="0.0.0.0", METRICS_PORT="8000")["METRICS_DIR"] is None


def test_garbage_is_looked_for_again_once_all_is_loaded():
    """While the settings and all rooms are loaded it isn't, which takes a seventh of a start."""
    looks = "print(gc.isenabled(), gc.get_threshold()[0], gc.get_freeze_count() > 0)"
    command = [sys.executable, "-c", f"import django, gc; django.setup(); {looks}"]
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert ended.stdout == f"True {OBJECTS_BETWEEN_COLLECTIONS} True\n", ended.stderr
