"""A mail server on the loopback, spoken to in SMTP: it keeps what arrives, refuses whom it is told to, or is slow."""

import socket
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest


class Mailbox:
    """What has arrived; `refuses` maps an address to the answer that it gets instead."""

    def __init__(self):
        self.arrived: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}
        self.slow_s = 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Take the address or refuse it."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Keep the e-mail."""
        time.sleep(self.slow_s)
        self.arrived.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def texts(self) -> list[tuple[str, str, str]]:
        """(to, subject, text) of each."""
        return [(each["To"], each["Subject"], each.get_content()) for each in self.arrived]


@pytest.fixture
def mailbox(settings):
    """E-mail is set up, and this is where it arrives."""
    from aiosmtpd.controller import Controller  # only tests of e-mail need it

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.DEFAULT_FROM_EMAIL = "Wanliu <desk@example.com>"
    settings.MAIL_IS_SET_UP, settings.PUBLIC_URL = True, "https://desk.example.com"
    yield box
    controller.stop()
