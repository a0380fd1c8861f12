"""The tenant and what belongs to it: people, keys, products, return addresses."""

import zoneinfo
from datetime import date, datetime, timedelta
from functools import cache
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager

from common.calendar import PLATFORM_ZONE, day_of, end_of_day
from common.changed import Traced
from common.ids import new_id
from common.money import MoneyField
from common.tenancy import TenantModel, TenantQuerySet
from common.words import lined
from stores import marketplaces
from stores.states import KeyScope, MemberRole, ProductSource

MOST_TRIED = 50  # per cent of the refunds in which the recommendation may try something out
MOST_URGE_ALERT = 999  # urged orders are counted up to here and no further
UNCLAIMED_DAYS, MOST_UNCLAIMED_DAYS = 14, 180  # in which somebody finds out whose a parcel is


def validate_time_zone(name: str) -> None:
    """ValidationError when `name` is not an IANA time zone."""
    if name not in _known_time_zones():
        raise ValidationError(_("Unknown time zone; use a name such as “Asia/Shanghai”."), code="invalid")


@cache
def _known_time_zones() -> set[str]:
    """Reading their names takes a walk over the file system."""
    return zoneinfo.available_timezones()


class CeilingField(MoneyField):
    """Yuan that one act of a member may give away at most; null is no ceiling."""

    def __init__(self, **kwargs):
        super().__init__(**{"null": True, "blank": True, "validators": [MinValueValidator(0)], **kwargs})


class Store(Traced):
    """A merchant's shop on one marketplace: the tenant."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    marketplace = models.CharField(_("marketplace"), max_length=20, choices=marketplaces.choices)
    time_zone = models.CharField(_("time zone"), max_length=50, default=PLATFORM_ZONE, validators=[validate_time_zone])
    site = models.CharField(_("site"), max_length=20, choices=marketplaces.site_choices, blank=True)
    is_demo = models.BooleanField(_("demo"), default=False, db_default=False, editable=False)
    # For trying things: nobody outside is asked for it. Said when it is opened and never again; a trigger holds that.
    is_sandbox = models.BooleanField(_("sandbox"), default=False, db_default=False, editable=False)
    # A sandbox's own clock is so far ahead of everybody's (docs/adr/0048).
    clock_ahead = models.DurationField(default=timedelta(), db_default=timedelta(), editable=False)
    # While it is moved on: until when, and by which call. What is left of a call that was cut off.
    clock_until = models.DateTimeField(null=True, editable=False)
    clock_call = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    negotiation_open = models.BooleanField(
        _("negotiation opened"),
        default=True,
        help_text=_("The marketplace opens negotiation to stores in batches (T1)."),
    )
    # What a restriction forbids (P7); stores.listings sets and heeds them.
    listings_blocked = models.BooleanField(_("no new listings"), default=False, editable=False)
    products_off = models.BooleanField(_("products taken off"), default=False, editable=False)
    priority_shipping_tag = models.BooleanField(
        _("tag orders for priority shipping"),
        default=True,
        db_default=True,
        help_text=_("An order whose buyer is persuaded to stay is tagged, so that the warehouse ships it first (K1)."),
    )
    smart_customer_service = models.BooleanField(
        _("smart customer service"),
        default=True,
        db_default=True,
        help_text=_("Shows which orders buyers urge you to ship. When it is off they are recorded but not shown (K5)."),
    )
    urge_alert_at = models.PositiveSmallIntegerField(
        _("urged orders that interrupt"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_URGE_ALERT)],
        help_text=_("When so many urged orders wait, the workbench interrupts everybody with the way to them (K6)."),
    )
    second_factor_required = models.BooleanField(
        _("members need a second factor"),
        default=False,
        db_default=False,
        help_text=_("Whoever signs in without one sets it up before anything of the store is shown."),
    )
    shares_out_refunds = models.BooleanField(_("share new refunds out in turn"), default=False, db_default=False)
    unclaimed_days = models.PositiveSmallIntegerField(
        _("days for unclaimed parcels"),
        default=UNCLAIMED_DAYS,
        db_default=UNCLAIMED_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_UNCLAIMED_DAYS)],
    )
    # Asked by stores.ceilings, of whoever isn't an owner.
    agent_offer_ceiling = CeilingField(verbose_name=_("most that an agent may offer"))
    agent_approval_ceiling = CeilingField(verbose_name=_("most that an agent may approve"))
    finance_payment_ceiling = CeilingField(verbose_name=_("most that finance may send"))
    # What the recommendation keeps to, in per cent (docs/adr/0082): of a refund's amount, null is no ceiling;
    # and of the refunds, in which it tries something out.
    most_offered_percent = models.PositiveSmallIntegerField(
        _("largest share recommended"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    tried_percent = models.PositiveSmallIntegerField(
        _("share of refunds that try something out"),
        default=10,
        db_default=10,
        validators=[MaxValueValidator(MOST_TRIED)],
    )
    # While its zone has just changed: the day that was running, and the instant at which it is over (docs/adr/0027).
    held_day = models.DateField(null=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    # What pseudonyms of erased buyers are made with (common.personal).
    buyer_salt = models.UUIDField(default=uuid4, db_default=RandomUUID(), editable=False)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["code"]
        indexes = [models.Index(fields=["id"], condition=models.Q(clock_ahead__gt=timedelta()), name="store_ahead")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(clock_ahead=timedelta()) | models.Q(clock_ahead__gt=timedelta(), is_sandbox=True),
                name="store_only_sandbox_ahead",
            ),
            models.CheckConstraint(
                condition=models.Q(products_off=False) | models.Q(listings_blocked=True),
                name="store_off_means_blocked",
            ),
            models.CheckConstraint(
                condition=models.Q(urge_alert_at=None) | models.Q(urge_alert_at__range=(1, MOST_URGE_ALERT)),
                name="store_urge_alert_in_bounds",
            ),
            models.CheckConstraint(
                condition=models.Q(most_offered_percent=None) | models.Q(most_offered_percent__range=(1, 100)),
                name="store_most_offered_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(tried_percent__range=(0, MOST_TRIED)), name="store_tried_in_bounds"
            ),
            models.CheckConstraint(
                condition=models.Q(unclaimed_days__range=(1, MOST_UNCLAIMED_DAYS)),
                name="store_unclaimed_days_in_bounds",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q((ceiling, None)) | models.Q((f"{ceiling}__gte", 0)),
                    name=f"store_{ceiling}_not_negative",
                )
                for ceiling in ("agent_offer_ceiling", "agent_approval_ceiling", "finance_payment_ceiling")
            ),
            models.CheckConstraint(
                condition=models.Q(held_day=None, held_until=None)
                | models.Q(held_day__isnull=False, held_until__isnull=False),
                name="store_held_day_has_end",
            ),
        ]

    def on_its_clock(self, now: datetime) -> datetime:
        """What a sandbox's own clock shows at this instant of everybody's; of any other store the instant itself."""
        return now + self.clock_ahead

    def business_day(self, now: datetime) -> date:
        """The day on which what is limited by day counts: the store's date, which a change of its zone never moves on.

        The day that was running goes on to its end in the old zone, and no date comes back.
        """
        if self.held_until is None:
            return day_of(now, self.time_zone)
        if now < self.held_until:
            return self.held_day
        return max(self.held_day, day_of(now, self.time_zone))

    def business_day_ends(self, now: datetime) -> datetime:
        """The instant at which `business_day` is another one."""
        day = self.business_day(now)
        ends = end_of_day(day, self.time_zone)
        return ends if day != self.held_day else max(ends, self.held_until)

    def __str__(self) -> str:
        return self.name

    @property
    def rules(self) -> marketplaces.MarketplaceRules:
        """The marketplace's rules for what begins now."""
        return marketplaces.current_rules(self.marketplace)

    @property
    def alerts_at(self) -> int:
        """How many urged orders interrupt the desk: the store's own number, else the marketplace's (K6)."""
        return self.urge_alert_at or self.rules.urge_alert_at


class User(AbstractUser):
    """Somebody who signs in. Merchants are staff with roles in stores; superusers are the platform's operators.

    `first_name` holds the whole name, as it is written in Chinese.
    """

    opened_for = models.ForeignKey(
        Store,
        verbose_name=_("opened for"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text=_("The store whose owner may add this account as a member."),
    )
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    # The second factor (stores.actions.second_factor): its sealed secret, the last step of 30 s of which a code was
    # taken, and the digests of the recovery codes that are left.
    sealed_totp = models.TextField(blank=True, default="", db_default="", editable=False)
    totp_step = models.BigIntegerField(default=0, db_default=0, editable=False)
    recovery_digests = ArrayField(models.CharField(max_length=64), default=list, db_default=[], editable=False)
    # How often a code was tried since when; a right one begins anew.
    code_tries = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    code_tries_from = models.DateTimeField(null=True, editable=False)
    # When a device signed in last that wasn't known, until somebody on a known one has looked at it.
    new_device_at = models.DateTimeField(null=True, editable=False)

    @property
    def has_second_factor(self) -> bool:
        """Whether the password alone doesn't let them in."""
        return bool(self.sealed_totp)

    def get_session_auth_hash(self) -> str:
        """What sessions are compared with: they end with the password, and with what is asked beside it."""
        return self._with_second_factor(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self):
        """The same under former SECRET_KEYs."""
        for key in settings.SECRET_KEY_FALLBACKS:
            yield self._with_second_factor(self._get_session_auth_hash(secret=key), key)

    def _with_second_factor(self, of_password: str, key: str | None = None) -> str:
        if not self.has_second_factor:
            return of_password
        return salted_hmac("second factor", of_password, secret=key).hexdigest()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")


EMPTY = models.Value([], output_field=ArrayField(models.CharField(max_length=50)))


class Membership(TenantModel):
    """A user's role in a store."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=MemberRole.choices)
    since = models.DateTimeField(
        _("since"), null=True, help_text=_("Empty for those who were there before it was kept.")
    )

    # What they take of refunds that are shared out, by kind and by the goods' category; nothing stands for all of them.
    skilled_kinds = ArrayField(models.CharField(max_length=20), default=list, db_default=EMPTY)
    skilled_categories = ArrayField(models.CharField(max_length=50), default=list, db_default=EMPTY)

    # Refunds that are shared out go to whoever has the lowest number, and get them the highest.
    turn = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["store", "user"], name="membership_once_per_store")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class ApiKeyManager(BaseAPIKeyManager.from_queryset(TenantQuerySet)):
    """Makes and finds keys; only a hash is kept."""


class ApiKey(AbstractAPIKey, TenantModel):
    """A client's key: of one store (the merchant's side) or of one marketplace (the buyers' side of all its stores)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    marketplace = models.CharField(_("marketplace"), max_length=20, choices=marketplaces.choices, blank=True)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=KeyScope.choices), verbose_name=_("scopes"), default=list, blank=True
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    is_demo = models.BooleanField(
        _("demo"), default=False, db_default=False, editable=False
    )  # reaches the demo's stores only

    objects = ApiKeyManager()

    class Meta(AbstractAPIKey.Meta):
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(store__isnull=False, marketplace="")
                | models.Q(store__isnull=True) & ~models.Q(marketplace=""),
                name="api_key_of_store_or_marketplace",
            )
        ]

    def save(self, **how) -> None:
        """A new one is inserted at once: it has its id already, and a row of that id would be looked for in vain."""
        super().save(**{"force_insert": self._state.adding, **how})


digits = RegexValidator(r"\A[0-9]{1,20}\Z", _("Write the item id as 1 to 20 digits."))


class Product(Traced, TenantModel):
    """An item of the store's product warehouse."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item_id = models.CharField(_("item id"), max_length=20, validators=[digits])
    title = models.CharField(_("title"), max_length=200)
    category = models.CharField(_("category"), max_length=50, blank=True)
    price = MoneyField(verbose_name=_("price"))
    listed = models.BooleanField(_("listed"), default=True)
    # Unlisted by a restriction, to be listed again when it is lifted (P7).
    taken_off = models.BooleanField(_("taken off"), default=False, editable=False)
    source = models.CharField(_("source"), max_length=20, choices=ProductSource.choices, default=ProductSource.OWN)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["store", "item_id"], name="product_item_id_once"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(listed=False) | models.Q(taken_off=False), name="product_taken_off_is_unlisted"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "updated_at"], name="product_changed"),
            models.Index(fields=["store", "-id"], name="product_newest"),
            models.Index(fields=["store"], condition=models.Q(taken_off=True), name="product_taken_off"),
        ]

    def __str__(self) -> str:
        return self.title


class ReturnAddressQuerySet(TenantQuerySet):
    """Return addresses by whether they can still be named to buyers."""

    def usable(self):
        """Those that aren't retired."""
        return self.filter(retired_at=None)


class ReturnAddress(Traced, TenantModel):
    """Where buyers of a store send returns. It is told to buyers, so it never changes.

    Another one takes its `place` instead, and it is retired; the first place is that of the store's default.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.UUIDField(default=new_id, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)
    contact = models.CharField(_("contact"), max_length=50)
    phone = models.CharField(_("phone"), max_length=30)
    address = models.CharField(_("address"), max_length=300)

    objects = ReturnAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("return address")
        verbose_name_plural = _("return addresses")
        indexes = [
            models.Index(fields=["store", "updated_at"], name="return_address_changed"),
            models.Index(fields=["store", "-id"], name="return_address_newest"),
        ]

    def __str__(self) -> str:
        return lined(f"{self.contact} {self.phone}", self.address)
