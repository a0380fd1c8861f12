"""Where an account is signed in and from which devices, who is invited into a store, and what is written to whom."""

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.obligations import Obligation
from common.tenancy import TenantModel
from common.web.sessions import LONGEST_AGENT
from stores.states import LetterKind, MemberRole


class DeskSession(AbstractBaseSession):
    """A session at the desk; beside what Django keeps of it, whose it is and from where it was seen last."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    began_at = models.DateTimeField(_("signed in"), null=True)
    seen_at = models.DateTimeField(_("last seen"), null=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    agent = models.CharField(max_length=LONGEST_AGENT, blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls):
        """Where Django reads and writes it."""
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def handle(self) -> str:
        """What names it on a page: its key would let in whoever reads it."""
        return salted_hmac("desk session", self.session_key, algorithm="sha256").hexdigest()


class Device(models.Model):
    """A browser in which an account was signed in, known by a cookie. `confirmed_at`: since when it is one's own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices", db_index=False)
    browser = models.UUIDField(editable=False)
    agent = models.CharField(max_length=LONGEST_AGENT, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    first_at = models.DateTimeField(_("first sign-in"))
    seen_at = models.DateTimeField(_("last sign-in"))
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [models.UniqueConstraint(fields=["user", "browser"], name="device_once_per_browser")]
        indexes = [models.Index(fields=["seen_at"], name="device_age")]

    def __str__(self) -> str:
        return self.agent


class Invitation(TenantModel):
    """Somebody may join a store in a role, by a link. `issue` counts the links: only the newest one opens.

    `invited_by` is empty for a command of the operator's. `tries` counts the user names that were tried with this link.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=20, choices=MemberRole.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("invited by"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(_("invited"))
    issue = models.PositiveIntegerField(default=1)
    ends_at = models.DateTimeField(_("ends"))
    tries = models.PositiveSmallIntegerField(default=0)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("joined"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("joined"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None) & ~Q(email=""),
                name="invitation_open_once_per_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="invitation_newest"),
            models.Index(fields=["ends_at"], name="invitation_age"),
        ]

    def __str__(self) -> str:
        return self.email or str(_("Link to hand over"))

    @property
    def is_open(self) -> bool:
        """Whether nobody has joined and nobody has withdrawn it; it may have ended."""
        return self.accepted_at is None and self.withdrawn_at is None


class Letter(Obligation):
    """An e-mail that is owed to somebody. What it says is worded when it is sent, and so are the links in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=LetterKind.choices)
    to = models.EmailField(_("to"))
    language = models.CharField(max_length=10)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    # The id of an invitation; no key, for e-mails are the platform's and invitations a store's.
    about = models.UUIDField(null=True, editable=False, db_index=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="letter_due"),
            models.Index(fields=["created_at"], name="letter_age"),
            models.Index(fields=["created_at"], condition=Q(needs_attention=True), name="letter_attention"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.to}"
