"""Checks that the marketplace named in a call exists."""

from django.utils.translation import gettext as _

from common.errors import Invalid
from stores import marketplaces


def known_rules(marketplace: str) -> marketplaces.MarketplaceRules:
    """The marketplace's newest rules. Invalid when there is no such marketplace."""
    known = marketplaces.newest()
    if marketplace not in known:
        raise Invalid("marketplace", _("Unknown marketplace; use one of: %(known)s.") % {"known": ", ".join(known)})
    return known[marketplace]
