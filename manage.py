#!/usr/bin/env python
"""Django's command line for Wanliu."""

import os
import select
import sys

ENDED_BY_PIPE = 141  # as shells tell of who is ended by SIGPIPE


def has_no_reader() -> bool:
    """Whether whoever read what a command prints has enough, as `head` has: nothing more is printed then."""
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)
    if not any(found & select.POLLERR for _file, found in reader.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


if __name__ == "__main__":
    os.environ.setdefault("PROCESS_KIND", "command")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except BrokenPipeError:
        if not has_no_reader():
            raise
        sys.exit(ENDED_BY_PIPE)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        sys.exit(
            f"The database doesn't answer: {reason}\nSee that it runs and that DATABASE_URL names it, then try again."
        )
    finally:
        has_no_reader()
