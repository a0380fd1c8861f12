"""What a buyer asks of their data, and how far it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    """What is asked."""

    EXPORT = "export", _("Export everything that is kept")
    ERASURE = "erasure", _("Erase everything personal")


class RequestStatus(models.TextChoices):
    """How far it is."""

    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class LookWay(models.TextChoices):
    """Through what somebody saw a buyer's data."""

    PAGE = "page", _("Page of the desk")
    LIST = "list", _("List of the desk")
    SEARCH = "search", _("Search")
    FILE = "file", _("File")
    CALL = "call", _("Call of the API")
