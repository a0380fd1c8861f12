"""By which server e-mail goes, and under which address links in it lead back."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import dj_email_url
from django.core.exceptions import ImproperlyConfigured

KNOWN = ("smtp", "submission")
ANSWERS_WITHIN_S = 15


def mail_settings(url: str, *, sender: str) -> dict[str, Any]:
    """Django's settings of e-mail for EMAIL_URL and EMAIL_FROM; none is sent where EMAIL_URL is empty.

    ImproperlyConfigured for what can't be meant.
    """
    if not url:
        return {"MAIL_IS_SET_UP": False}
    parts = urlsplit(url)
    if parts.scheme not in KNOWN or not parts.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL names a server that sends e-mail: submission://user:password@mail.example.com:587 (TLS),"
            " smtp://… (plain), smtp://…:465/?ssl=true."
        )
    if "@" not in parseaddr(sender)[1]:
        raise ImproperlyConfigured("EMAIL_FROM is the sender of what EMAIL_URL sends: Wanliu <desk@example.com>.")
    named = dj_email_url.parse(url)
    return {
        **named,
        "EMAIL_TIMEOUT": named["EMAIL_TIMEOUT"] or ANSWERS_WITHIN_S,
        "DEFAULT_FROM_EMAIL": sender,
        "MAIL_IS_SET_UP": True,
    }


def public_address(url: str) -> str:
    """PUBLIC_URL without a slash at its end. ImproperlyConfigured for what is no address of a site."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured("PUBLIC_URL is where people reach the desk: https://desk.example.com, and no path.")
    return url.rstrip("/")
