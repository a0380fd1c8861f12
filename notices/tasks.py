"""People are told by workers. Robots are called by those of the queue `webhooks`: a slow chat keeps nobody waiting."""

from celery import shared_task

from common.workers import drain
from notices.mailing import write_letters
from notices.planning import make_notices
from notices.reminding import remind_of_deadlines
from notices.retention import forget_notices
from notices.sending import call_robots


@shared_task
def tell_people() -> None:
    """Tell people what is new, and write the e-mails that are due."""
    drain(make_notices)
    drain(write_letters)


@shared_task
def remind_people() -> None:
    """Tell people of deadlines that are near."""
    drain(remind_of_deadlines)


@shared_task
def call_group_robots() -> None:
    """Tell groups what is due."""
    drain(call_robots)


@shared_task
def forget_old_notices() -> None:
    """Delete what nobody looks at any more."""
    drain(forget_notices)
