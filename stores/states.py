"""What a store, its members, its keys and its products can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberRole(models.TextChoices):
    """What a member may do in a store; see stores.permissions."""

    OWNER = "owner", _("Owner")
    AGENT = "agent", _("Agent")
    FINANCE = "finance", _("Finance")
    WAREHOUSE = "warehouse", _("Warehouse")
    VIEWER = "viewer", _("Viewer")


class KeyScope(models.TextChoices):
    """What a store key may do; `:write` includes `:read`."""

    ORDERS_READ = "orders:read", _("Orders: read")
    ORDERS_WRITE = "orders:write", _("Orders: read and write")
    REFUNDS_READ = "refunds:read", _("Refunds: read")
    REFUNDS_WRITE = "refunds:write", _("Refunds: read and write")
    OFFERS_READ = "offers:read", _("Offers: read")
    OFFERS_WRITE = "offers:write", _("Offers: read and write")
    PAYMENTS_READ = "payments:read", _("Payments: read")
    PAYMENTS_WRITE = "payments:write", _("Payments: read and write")
    CATALOG_READ = "catalog:read", _("Products and addresses: read")
    CATALOG_WRITE = "catalog:write", _("Products, addresses and settings: read and write")
    WEBHOOKS_READ = "webhooks:read", _("Events and webhooks: read")
    WEBHOOKS_WRITE = "webhooks:write", _("Events and webhooks: read and write")


class ProductSource(models.TextChoices):
    """Where a product or an order comes from (R4)."""

    OWN = "own", _("Own")
    DISTRIBUTION = "distribution", _("Distribution library")
    THIRD_PARTY = "third_party", _("Third-party platform")


class EventArea(models.TextChoices):
    """Which part of the set-up an event changes, or what an owner wants to know of besides."""

    STORE = "store", _("Store and settings")
    MEMBERS = "members", _("Members")
    KEYS = "keys", _("API keys")
    LIMITS = "limits", _("Limits and cost rates")
    SWITCHES = "switches", _("Methods and categories")
    PRODUCTS = "products", _("Product warehouse")
    ADDRESSES = "addresses", _("Return addresses")
    COUPONS = "coupons", _("Coupons")
    EXPORTS = "exports", _("Exports of buyers' data")
    PRIVACY = "privacy", _("Buyers' data")
    ACCOUNTS = "accounts", _("Accounts")
    WORK = "work", _("Work left aside")  # of the event in common.events
    CONNECTIONS = "connections", _("Connections")
    WEBHOOKS = "webhooks", _("Webhooks")
    AUTOMATION = "automation", _("Automatic rules")
    PROGRAMME = "programme", _("Refund without return")
    NOTICES = "notices", _("Notices")


class LetterKind(models.TextChoices):
    """What an e-mail to a person is about."""

    INVITATION = "invitation", _("Invitation")
    PASSWORD_RESET = "password_reset", _("Reset of a password")
    CONFIRM_ADDRESS = "confirm_address", _("Confirmation of an address")
    NEW_DEVICE = "new_device", _("Sign-in on a new device")
    NOTICES = "notices", _("What happened in a store")
