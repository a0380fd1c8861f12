"""What a store, its members, its keys and its products can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member may do in a store; see stores.permissions."""

    OWNER = "owner", _("Owner")
    AGENT = "agent", _("Agent")
    FINANCE = "finance", _("Finance")
    WAREHOUSE = "warehouse", _("Warehouse")
    VIEWER = "viewer", _("Viewer")


class KeyScope(models.TextChoices):
    """What a store key may do; `:write` includes `:read`."""

    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    REFUNDS_READ = "refunds:read"
    REFUNDS_WRITE = "refunds:write"
    OFFERS_READ = "offers:read"
    OFFERS_WRITE = "offers:write"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"


class ProductSource(models.TextChoices):
    """Where a product or an order comes from (R4)."""

    OWN = "own", _("Own")
    DISTRIBUTION = "distribution", _("Distribution library")
    THIRD_PARTY = "third_party", _("Third-party platform")
