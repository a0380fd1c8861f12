"""States of rules, what they can do, and what came of them; the same strings in database and events."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleStatus(models.TextChoices):
    """Whether a rule acts."""

    DRAFT = "draft", _("Draft")
    LIVE = "live", _("On")
    OFF = "off", _("Off")


class RuleAct(models.TextChoices):
    """What a rule does about a refund that it is about."""

    OFFER = "offer", _("Send an offer")
    APPROVE = "approve", _("Approve")
    REFUSE = "refuse", _("Refuse with a reason")
    ASK_EVIDENCE = "ask_evidence", _("Ask the buyer for evidence")
    ASK_PLATFORM = "ask_platform", _("Ask the platform to step in")
    ASSIGN = "assign", _("Give it to somebody")
    TAG = "tag", _("Tag it")
    TELL = "tell", _("Tell colleagues of it")


class RulingOutcome(models.TextChoices):
    """What came of a store's rules for one refund."""

    UNMATCHED = "unmatched", _("No rule is about it")
    ACTED = "acted", _("Acted")
    HELD_OUT = "held_out", _("Held out to compare")
    CAPPED = "capped", _("The day's limit was reached")
    REFUSED = "refused", _("Not possible")


class ProgrammeChoice(models.TextChoices):
    """What a refund may run under, as rules name it."""

    ORDINARY = "ordinary", _("Ordinary refund")
    RETURNLESS = "returnless", _("Refund without return")


class VipChoice(models.TextChoices):
    """Which buyers."""

    ANY = "", _("All buyers")
    YES = "yes", _("VIP only")
    NO = "no", _("Without VIP")


class StepChoice(models.TextChoices):
    """The hardest step of the quality rules that is in force against the store."""

    NONE = "none", _("None")
    DEMOTION = "demotion", _("Demotion")
    NO_NEW_LISTINGS = "no_new_listings", _("No new listings")
    PRODUCTS_OFF = "products_off", _("Products taken off")
