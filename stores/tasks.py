"""What workers do for people: e-mails, and forgetting."""

from celery import shared_task

from common.workers import drain
from stores.people import sending, sign_ins
from stores.sessions import forget_sessions


@shared_task
def send_letters() -> None:
    """Send the e-mails that are due."""
    drain(sending.send_letters)


@shared_task
def forget_people() -> None:
    """Delete expired sessions, browsers that nobody uses any more, and old e-mails."""
    drain(forget_sessions)
    drain(sign_ins.forget_devices)
    drain(sending.forget_letters)
