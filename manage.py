#!/usr/bin/env python
"""Django's command line for Wanliu."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("PROCESS_KIND", "command")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        sys.exit(
            f"The database doesn't answer: {reason}\nSee that it runs and that DATABASE_URL names it, then try again."
        )
