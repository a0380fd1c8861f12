"""A store's connection to its marketplace's open platform."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.obligations import Obligation, ObligationQuerySet
from common.tenancy import TenantModel, TenantQuerySet
from connectors.port import SetupFault
from connectors.states import ConnectionStatus, LookBack

FAULTS = {
    SetupFault.WRONG_KEY: _("The marketplace doesn't know the application: check the app key."),
    SetupFault.WRONG_SECRET: _("The marketplace can't verify what we sign: check the secret and enter it again."),
    SetupFault.ADDRESS_NOT_ALLOWED: _(
        "This server's address isn't on the application's white list: add it in the marketplace's console."
    ),
    SetupFault.NO_PERMISSION: _(
        "The application lacks the permission for refunds: apply for it in the marketplace's console."
    ),
    SetupFault.CLOCK_OFF: _("This server's clock and the marketplace's differ by minutes: set the clock."),
    SetupFault.CONNECTED_TWICE: _("This shop is connected to another store already: disconnect it there first."),
    SetupFault.OTHER_SHOP: _("The authorisation is of another shop: sign in there as this shop's main account."),
    SetupFault.TEST_APPLICATION: _(
        "The application is still in its test state, where calls are few: have it go live in the marketplace's console."
    ),
}
RENEWAL_LOST = _(
    "The marketplace was asked for new tokens and its answer was lost; the old ones no longer hold: "
    "authorise the shop anew."
)


def new_push_token() -> str:
    """What makes the address for pushed messages unguessable."""
    return token_urlsafe(24)


class ConnectionQuerySet(ObligationQuerySet, TenantQuerySet):
    """Connections by whether they work."""

    def connected(self):
        """Those that are followed."""
        return self.filter(status=ConnectionStatus.CONNECTED)

    def waking(self):
        """Those that news wakes: followed, and not waiting for a person to have set something right."""
        return self.connected().filter(needs_attention=False)


class Connection(Obligation, TenantModel):
    """A store's shop at an open platform. Whoever works on it holds its lease: one shop is read by one worker.

    `sealed_secrets` and `sealed_tokens` are encrypted (common.sealing); of a pasted token that doesn't say whose it is
    `token_mark` says whether another store has the same. `cursor` is the instant up to which every
    change has been listed; a look back lists the past between `looked_from` and `look_until`, of which `looked_at` says
    how much is done. `renewal_asked_at` is set while nobody knows what became of a spent refresh token. `fault` and
    `told` are what the platform found wrong, in our code and in its own words.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    platform = models.CharField(_("marketplace"), max_length=30)
    app_key = models.CharField(_("app key"), max_length=100)
    base_url = models.CharField(_("address"), max_length=200, blank=True)
    sealed_secrets = models.TextField(blank=True, editable=False)
    sealed_tokens = models.TextField(blank=True, editable=False)
    push_token = models.CharField(max_length=64, unique=True, default=new_push_token, editable=False)
    token_mark = models.CharField(max_length=64, blank=True, db_default="", editable=False)
    shop_id = models.CharField(_("shop id"), max_length=100, blank=True)
    shop_name = models.CharField(_("shop"), max_length=200, blank=True)
    status = models.CharField(
        _("status"), max_length=30, choices=ConnectionStatus.choices, default=ConnectionStatus.AUTHORISING
    )
    fault = models.CharField(_("fault"), max_length=30, blank=True)
    told = models.CharField(_("the marketplace's words"), max_length=300, blank=True)
    link_nonce = models.CharField(max_length=64, blank=True, editable=False)
    expires_at = models.DateTimeField(_("access until"), null=True)
    refresh_expires_at = models.DateTimeField(_("authorised until"), null=True)
    write_expires_at = models.DateTimeField(_("decisions until"), null=True)
    renewal_asked_at = models.DateTimeField(null=True, editable=False)
    is_refreshable = models.BooleanField(default=False, editable=False)
    warned_days = models.PositiveSmallIntegerField(null=True, editable=False)
    cursor = models.DateTimeField(_("complete up to"), null=True)
    pulled_at = models.DateTimeField(_("last sync"), null=True)
    changed_at = models.DateTimeField(_("last change"), null=True)
    look_back = models.CharField(max_length=20, choices=LookBack.choices, blank=True)
    looked_from = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    look_until = models.DateTimeField(null=True)
    look_missed = models.PositiveIntegerField(default=0)
    compared_at = models.DateTimeField(_("last comparison"), null=True)
    created_at = models.DateTimeField(_("connected"))

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(fields=["store"], name="connection_once_per_store"),
            models.UniqueConstraint(
                fields=["platform", "base_url", "shop_id"],
                condition=~Q(shop_id="") & ~Q(status="disconnected"),
                name="connection_once_per_shop",
            ),
            models.UniqueConstraint(
                fields=["platform", "base_url", "token_mark"],
                condition=~Q(token_mark="") & ~Q(status="disconnected"),
                name="connection_once_per_token",
            ),
            models.CheckConstraint(
                condition=Q(look_back="", looked_at__isnull=True)
                | ~Q(look_back="")
                & Q(looked_from__isnull=False, looked_at__isnull=False, look_until__isnull=False)
                & Q(looked_at__gte=F("looked_from")),
                name="connection_look_back_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="disconnected") | Q(sealed_secrets="", sealed_tokens=""),
                name="connection_disconnected_keeps_no_secret",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="connection_due")
        ]

    def __str__(self) -> str:
        return self.shop_name or self.shop_id or self.app_key

    def plan(self, after: timedelta | None) -> None:
        """The platform has answered: the next failure is the first again."""
        super().plan(after)
        self.attempts = 0

    @property
    def ends_at(self) -> datetime | None:
        """When a person has to authorise the shop anew, at the latest; None when nobody knows or never."""
        if self.is_refreshable:
            return self.refresh_expires_at
        return min(filter(None, (self.expires_at, self.write_expires_at)), default=None)

    @property
    def words(self) -> str:
        """What a person should do about it; empty when nothing is wrong."""
        if self.status == ConnectionStatus.NEEDS_AUTHORISATION and self.renewal_asked_at is not None:
            return str(RENEWAL_LOST)
        if self.status == ConnectionStatus.NEEDS_AUTHORISATION:
            return str(_("The authorisation has ended or was taken back: authorise the shop anew."))
        return str(FAULTS.get(self.fault, ""))

    @property
    def progress(self) -> float:
        """The share of the look back that is done, 0 to 1."""
        if not self.look_back:
            return 1.0
        whole = (self.look_until - self.looked_from).total_seconds()
        return min(1.0, (self.looked_at - self.looked_from).total_seconds() / whole) if whole > 0 else 1.0
