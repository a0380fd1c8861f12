"""Gateways and carriers that somebody has begun to set up."""

from django.conf import settings
from django.core.checks import Error, register

from orders.carriers import CARRIERS
from payments.gateways import GATEWAYS


@register
def check_outside_parties_are_whole(app_configs, **kwargs):
    """One of which some settings are there and some aren't would be left out in silence."""
    errors = []
    for kind, party in [
        *(("gateway", each) for each in GATEWAYS.values()),
        *(("carrier", each) for each in CARRIERS.values()),
    ]:
        found = party.configuration()
        missing = [f"{party.name}_{setting}".upper() for setting, value in sorted(found.items()) if value is None]
        if missing and any(settings.OUTSIDE.get(party.name, {}).get(setting) for setting in party.needs):
            errors.append(
                Error(
                    f"The {kind} {party.name} is set up in part: {', '.join(missing)} not set.",
                    hint="Set all of its variables (docs/gateways.md), or none.",
                    id="wanliu.E021",
                )
            )
    return errors
