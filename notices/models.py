"""How a store wants to be told, its robots, what people are told of, and who of them has read it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.callees import Callee
from common.ids import new_id
from common.money import MoneyField
from common.tenancy import TenantModel
from notices.kinds import KINDS, NoticeKind
from notices.states import CopyStatus, Gathering, RobotStatus, RobotTrouble

LONGEST_NAME, LONGEST_KEYWORD, LONGEST_SAID, LONGEST_ABOUT = 60, 30, 200, 200
BELL, EMAIL = "bell", "email"
CHANNELS = (BELL, EMAIL)
TELL_BEFORE_HOURS = 4
MOST_HOURS_BEFORE = 72


class NoticeTerms(TenantModel):
    """How a store wants to be told. `chosen` holds kind → channel → roles, for the kinds that it has chosen about.

    `cursor` is the last event that was looked at. Between `quiet_from` and `quiet_until`, on the store's clock, only
    what is urgent goes out by e-mail and robots. `tells_before` a deadline whoever has to decide is told, and owners
    at half of it; empty tells nobody.
    """

    cursor = models.BigIntegerField(editable=False)
    chosen = models.JSONField(_("who is told of what"), default=dict, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    gathering = models.CharField(
        _("e-mails and robots"), max_length=10, choices=Gathering.choices, default=Gathering.HOURLY
    )
    tells_before = models.DurationField(_("told before a deadline"), null=True, blank=True)
    language = models.CharField(
        _("language of e-mails and robots"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )

    class Meta:
        verbose_name = _("settings of notices")
        verbose_name_plural = _("settings of notices")
        constraints = [
            models.UniqueConstraint(fields=["store"], name="notice_terms_once"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=models.F("quiet_until"))),
                name="notice_terms_quiet_is_a_span",
            ),
        ]

    def __str__(self) -> str:
        return str(self.store)

    def roles(self, kind: NoticeKind, channel: str) -> list[str]:
        """The roles that are told of this kind by `channel`: the desk's bell only, where nothing was chosen."""
        chosen = self.chosen.get(kind.code.value)
        if chosen is not None:
            return [role for role in chosen.get(channel, ()) if role in kind.possible_roles]
        return list(kind.roles) if channel == BELL else []


class Robot(Callee, TenantModel):
    """A robot of a group chat. `kinds` are what the group is told of, empty for all that a group can be.

    Its address and its secret lie in `sealed`; `host` is what may be shown of them. `sent_at` are the instants of the
    last messages, by the database's clock: as many as the chat takes in a minute.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    platform = models.CharField(_("chat"), max_length=20)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    host = models.CharField(_("address"), max_length=255)
    sealed = models.TextField(editable=False)
    keyword = models.CharField(_("keyword"), max_length=LONGEST_KEYWORD, blank=True)
    kinds = ArrayField(models.CharField(max_length=20), verbose_name=_("told of"), default=list, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=RobotStatus.choices, default=RobotStatus.ACTIVE)
    paused_for = models.CharField(_("paused because"), max_length=20, choices=RobotTrouble.choices, blank=True)
    said = models.CharField(_("last answer"), max_length=LONGEST_SAID, blank=True)
    sent_at = ArrayField(models.DateTimeField(), default=list, editable=False)
    told_at = models.DateTimeField(_("told last"), null=True)
    created_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("group robot")
        verbose_name_plural = _("group robots")
        constraints = [
            models.CheckConstraint(
                name="robot_paused_for_a_reason",
                condition=Q(status=RobotStatus.ACTIVE, paused_for="")
                | (Q(status=RobotStatus.PAUSED) & ~Q(paused_for="")),
            )
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="robot_newest"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="robot_due"),
        ]

    def __str__(self) -> str:
        return self.name

    def wants(self, kind: NoticeKind) -> bool:
        """Whether its group is told of this kind."""
        return not kind.is_personal and (not self.kinds or kind.code.value in self.kinds)


class DeskNotice(TenantModel):
    """Something that people of a store are told of: everybody with one of `roles`, and `person`.

    It is about an event, or (`step` > 0) about a deadline that comes near. What it says is worded when it is read; kept
    of a refund or an order is what a reader needs to know which one it is, and `about` names what else it is. `by` is
    who did it, by the id that events know: they aren't told of their own acts.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=20)
    roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    by = models.CharField(max_length=64, blank=True, editable=False)
    event = models.BigIntegerField(null=True, editable=False)
    name = models.CharField(_("event"), max_length=50, blank=True)
    subject_type = models.CharField(max_length=30, blank=True, editable=False)
    refund_id = models.UUIDField(null=True, editable=False)
    order_id = models.UUIDField(null=True, editable=False)
    order_number = models.CharField(_("order"), max_length=64, blank=True)
    refund_kind = models.CharField(max_length=20, blank=True, editable=False)
    about = models.CharField(max_length=LONGEST_ABOUT, blank=True, editable=False)
    amount = MoneyField(verbose_name=_("amount"), null=True)
    due_at = models.DateTimeField(null=True, editable=False)
    step = models.PositiveSmallIntegerField(default=0, editable=False)
    at = models.DateTimeField(_("at"))
    created_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "event"], condition=Q(event__isnull=False), name="notice_once_per_event"
            ),
            models.UniqueConstraint(
                fields=["store", "refund_id", "due_at", "step"],
                condition=Q(step__gt=0),
                name="notice_once_per_deadline",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="notice_newest"),
            models.Index(fields=["created_at"], name="notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_number}"

    @property
    def is_urgent(self) -> bool:
        """Whether it waits for nothing."""
        return self.kind not in KINDS or KINDS[self.kind].is_urgent


class NoticeCopy(TenantModel):
    """A notice for one robot, or for the e-mail of one person. It goes out once `due_at`, by the database's clock."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(DeskNotice, on_delete=models.CASCADE, related_name="copies", db_index=False)
    robot = models.ForeignKey(Robot, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    status = models.CharField(_("status"), max_length=10, choices=CopyStatus.choices, default=CopyStatus.WAITING)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=20, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("copy of a notice")
        verbose_name_plural = _("copies of notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(robot__isnull=True, person__isnull=False) | Q(robot__isnull=False, person__isnull=True),
                name="notice_copy_for_one",
            ),
            models.UniqueConstraint(
                fields=["notice", "robot", "person"], nulls_distinct=False, name="notice_copy_once"
            ),
        ]
        indexes = [
            models.Index(fields=["robot", "-id"], condition=Q(robot__isnull=False), name="notice_copy_of_robot"),
            models.Index(
                fields=["robot", "due_at"],
                condition=Q(status="waiting", robot__isnull=False),
                name="notice_copy_waiting",
            ),
            models.Index(
                fields=["due_at"], condition=Q(status="waiting", person__isnull=False), name="notice_copy_to_mail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.robot_id or self.person_id}"


class NoticeMark(TenantModel):
    """Up to which notice somebody has read all of a store's."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    read_up_to = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "user"], name="notice_mark_once")]


class NoticeRead(TenantModel):
    """Somebody has looked at this notice."""

    notice = models.ForeignKey(DeskNotice, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_read_once")]
