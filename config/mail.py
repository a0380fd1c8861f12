"""By which server e-mail goes."""

from typing import Any

import dj_email_url

ANSWERS_WITHIN_S = 15


def mail_settings(url: str, *, sender: str) -> dict[str, Any]:
    """Django's settings of e-mail for EMAIL_URL and EMAIL_FROM; none is sent where EMAIL_URL is empty."""
    if not url:
        return {"MAIL_IS_SET_UP": False}
    named = dj_email_url.parse(url)
    return {
        **named,
        "EMAIL_TIMEOUT": named["EMAIL_TIMEOUT"] or ANSWERS_WITHIN_S,
        "DEFAULT_FROM_EMAIL": sender,
        "MAIL_IS_SET_UP": True,
    }
