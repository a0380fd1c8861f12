"""The demo stays away from where people work: its sign-ins and keys stand in a file."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.management import CommandError
from django.db import connections

from demo.catalogue import STORES


def refuse_in_production() -> None:
    """CommandError where people work."""
    if settings.PRODUCTION:
        raise CommandError("This is for trying things, and people work here (PRODUCTION): nothing was made.")


@register(Tags.database)
def check_nobody_is_of_the_demo(app_configs, databases, **kwargs):
    """A database in which the demo was once loaded holds an operator whose password stands in a file."""
    from demo.connected import CONNECTED
    from stores.models import User

    errors = []
    for alias in (databases or []) if settings.PRODUCTION else []:
        connection = connections[alias]
        if User._meta.db_table not in connection.introspection.table_names():
            continue
        people = User.objects.using(alias).filter(username__in=[*STORES, *CONNECTED], is_active=True)
        if names := sorted(people.values_list("username", flat=True)):
            errors.append(
                Error(
                    f"This database holds the demo's people: {', '.join(names)}.",
                    hint="Begin with an empty database.",
                    id="wanliu.E020",
                )
            )
    return errors
