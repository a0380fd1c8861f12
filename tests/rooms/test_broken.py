"""What broke here is told in plain words: an error's class is the log's."""

import re
from pathlib import Path
from smtplib import SMTPServerDisconnected

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import translation
from requests import ConnectTimeout, ReadTimeout
from requests.exceptions import SSLError

from common.broken import broken, broken_words
from payments.gateway_errors import gateway_error_words, not_asked

ROOT = Path(__file__).resolve().parents[2]
SILENT, UNREACHED, OURS = "no answer came in time", "no connection", "something broke here, and the log says what"
# Where the class of an error is for nobody to read, or for whoever gives a command: each with what becomes of it there.
KINDS_TOLD = {
    "common/broken.py": "worded",
    "common/commands.py": "told to whoever gave the command",
    "common/errors.py": "logged",
    "common/log_values.py": "logged",
    "common/replica/standing.py": "logged",
    "common/setbacks.py": "the platform's list of setbacks, by which the line of the log is found",
    "payments/gateway_errors.py": "worded when it is shown",
    "payments/gateways/wechatpay.py": "logged",
    "payments/gateways/sandbox.py": "answered to the gateway",
    "common/metering": "a label of figures",
    "connectors/fakes": "a fake's",
    "config": "printed at a start",
    "bench": "a bench's",
    "mutants": "a developer's",
    "scripts": "a developer's",
    "tests": "a test's",
}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ReadTimeout(), SILENT),
        (ConnectTimeout(), SILENT),
        (TimeoutError(), SILENT),
        (ConnectionRefusedError(), UNREACHED),
        (OperationalError("secret"), UNREACHED),
        (SSLError(), UNREACHED),
        (SMTPServerDisconnected(), UNREACHED),
        (IntegrityError("secret"), OURS),
        (KeyError("secret"), OURS),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_an_error_is_worded(error, words):
    assert broken(error) == words
    assert gateway_error_words(not_asked(error)) == f"The gateway could not be asked: {words}."
    with translation.override("zh-hans"):
        assert re.search("[a-z]", broken(error)) is None


def test_what_postgresql_answers_is_told_apart_by_its_number():
    numbers = {"57014": SILENT, "57P01": UNREACHED, "08006": UNREACHED, "40P01": OURS}
    assert {number: broken_words(f"OperationalError {number}") for number in numbers} == numbers


def test_nobody_is_told_a_class():
    """`kind_of` and the name of a class go to the log, but for what is said above."""
    told = re.compile(r"kind_of\(|type\(\w+\)\.__name__")
    for path in sorted(ROOT.glob("*/**/*.py")):
        name = str(path.relative_to(ROOT))
        if name.startswith(".") or any(name == place or name.startswith(f"{place}/") for place in KINDS_TOLD):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if told.search(line) and not re.search(r"\blog\.|def |import |self\.of\b", line):
                assert "_kind_of(refund" in line or "type(field)" in line, f"{name}:{number}: {line.strip()}"
