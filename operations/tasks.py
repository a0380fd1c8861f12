"""What beat does for the platform as a whole."""

from celery import shared_task

from operations.test_clock import follow_clocks


@shared_task
def follow_test_clocks() -> None:
    """Do what is due in sandboxes by their own clocks."""
    follow_clocks()
