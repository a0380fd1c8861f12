"""Group robots: added, changed, tried, paused. Owners only; address and secret are shown to nobody again."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices import actions
from notices.actions import LONGEST_ADDRESS, LONGEST_SECRET
from notices.kinds import KINDS, ROBOT_KINDS
from notices.models import LONGEST_KEYWORD, LONGEST_NAME, NoticeCopy, Robot
from notices.robots import ROBOTS, robot_choices
from notices.states import CopyError, CopyStatus, RobotStatus
from notices.why_not import why_not_pause_robot, why_not_resume_robot, why_not_test_robot
from notices.wording import words_of
from stores.permissions import MANAGE_STORE
from webhooks.states import CallError
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.editing import AddingMixin, Saving
from workbench.kit.marks import moment
from workbench.kit.owners import OwnersAdmin
from workbench.kit.queue import Queue, QueueFilter, QueueMixin

ROBOT_QUEUES = [
    Queue("all", gettext_lazy("All"), lambda rows, now: rows, empty=gettext_lazy("No robot was added yet.")),
    Queue(
        "paused",
        gettext_lazy("Group robots that aren't called"),
        lambda rows, now: rows.filter(status=RobotStatus.PAUSED, deleted_at=None),
        empty=gettext_lazy("Every robot is called."),
        icon="smart_toy",
        tone="red",
    ),
]
COPY_TONES = {CopyStatus.WAITING: "blue", CopyStatus.SENT: "green", CopyStatus.FAILED: "red"}


def chat_of(robot: Robot) -> str:
    """What its chat is called; its name where another release knows it."""
    return str(ROBOTS[robot.platform].label) if robot.platform in ROBOTS else robot.platform


def robot_status(robot: Robot):
    """Whether it is called, in the colour of how that is to be taken."""
    tone = "green" if robot.status == RobotStatus.ACTIVE else "red"
    return format_html('<span class="wl-badge {}">{}</span>', tone, robot.get_status_display())


def error_in_words(code: str) -> str:
    """Why a copy hasn't arrived."""
    return str({**dict(CallError.choices), **dict(CopyError.choices)}.get(code, code))


class RobotForm(DecisionForm):
    """Which chat, where the robot is, and what its group is told of."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=LONGEST_NAME, help_text=gettext_lazy("What you call the group.")
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("In the group: Settings → Robots → add a custom robot, and copy its webhook address."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=LONGEST_SECRET,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=gettext_lazy("Where the robot checks signatures (DingTalk: begins with SEC). WeCom has none."),
    )
    keyword = forms.CharField(
        label=gettext_lazy("Keyword"),
        max_length=LONGEST_KEYWORD,
        required=False,
        help_text=gettext_lazy("Where the robot takes only messages with a keyword: it then stands in each."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Told of"),
        choices=lambda: [(kind.code.value, kind.title) for kind in ROBOT_KINDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all of them."),
    )


class NewRobotForm(RobotForm):
    """Which chat it is in, too."""

    platform = forms.ChoiceField(label=gettext_lazy("Chat"), choices=robot_choices, widget=forms.RadioSelect)
    field_order = ("platform", "name", "url", "secret", "keyword", "kinds")


class KnownRobotForm(RobotForm):
    """Its address and its secret stay where they are left empty."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["url"].required = False
        kept = gettext_lazy("Kept secret: empty leaves it as it is.")
        self.fields["url"].help_text = self.fields["secret"].help_text = kept


class AddRobot(Saving):
    """Tell a group of what happens."""

    label, form, capability = gettext_lazy("Add a group robot"), NewRobotForm, MANAGE_STORE
    done = gettext_lazy("The robot is added. Send a test message to see whether the group gets it.")

    def run(self, store, data, *, actor, now):
        actions.add_robot(store=store, **data, actor=actor, now=now)


class RobotDecision(Decision):
    """What an owner decides about a robot."""

    capability, is_inline = MANAGE_STORE, True

    def concerns(self, robot):
        return robot.deleted_at is None

    def refusal(self, robot, now):
        return None

    def told_about(self, robot, actor, now) -> dict:
        """What every action about it is told."""
        return {"store_id": robot.store_id, "robot_id": robot.pk, "actor": actor, "now": now}


class ChangeRobot(RobotDecision):
    """Another name, address or secret, or other kinds."""

    code, label, icon, tone, is_inline = "edit", gettext_lazy("Change"), "edit", "", False
    form, done = KnownRobotForm, gettext_lazy("Saved.")

    def initial(self, robot):
        return {"name": robot.name, "keyword": robot.keyword, "kinds": robot.kinds}

    def run(self, robot, data, *, actor, now):
        actions.change_robot(**self.told_about(robot, actor, now), changes=data)


class SendTestMessage(RobotDecision):
    """See whether the group gets it."""

    code, label, icon, tone = "test", gettext_lazy("Send a test message"), "send", ""
    done = gettext_lazy("A test message is on its way. What the chat answers appears here within seconds.")

    def refusal(self, robot, now):
        return why_not_test_robot(robot)

    def run(self, robot, data, *, actor, now):
        actions.send_test_message(**self.told_about(robot, actor, now))


class PauseRobot(RobotDecision):
    """Tell the group nothing more."""

    code, label, icon, tone = "pause", gettext_lazy("Pause"), "pause", ""

    def concerns(self, robot):
        return super().concerns(robot) and robot.status == RobotStatus.ACTIVE

    def refusal(self, robot, now):
        return why_not_pause_robot(robot)

    def consequence(self, robot):
        """It isn't told afterwards."""
        return _("What happens meanwhile the group isn't told.")

    def run(self, robot, data, *, actor, now):
        actions.pause_robot(**self.told_about(robot, actor, now))


class ResumeRobot(RobotDecision):
    """Tell the group again."""

    code, label, icon = "resume", gettext_lazy("Call it again"), "play_arrow"

    def concerns(self, robot):
        return super().concerns(robot) and robot.status == RobotStatus.PAUSED

    def refusal(self, robot, now):
        return why_not_resume_robot(robot)

    def consequence(self, robot):
        """News of a day at most."""
        return _("What has waited for less than a day is told first, in one message.")

    def run(self, robot, data, *, actor, now):
        actions.resume_robot(**self.told_about(robot, actor, now))


class DeleteRobot(RobotDecision):
    """Tell the group nothing more, and forget where it is."""

    code, label, icon, tone = "delete", gettext_lazy("Delete"), "delete", "danger"
    leads_to = "changelist"

    def run(self, robot, data, *, actor, now):
        actions.delete_robot(**self.told_about(robot, actor, now))


class RobotAdmin(QueueMixin, AddingMixin, DecidingMixin, OwnersAdmin):
    """Robots, and what is decided about them."""

    queues = ROBOT_QUEUES
    on_overview = only_what_waits = True
    adding = AddRobot()
    decisions = (ChangeRobot(), SendTestMessage(), ResumeRobot(), PauseRobot(), DeleteRobot())
    list_display = ("name", "show_chat", "show_status", "show_kinds", "show_told")
    list_filter = (QueueFilter,)
    show_chat = column(gettext_lazy("Chat"), chat_of)
    show_status = column(gettext_lazy("status"), robot_status)
    show_kinds = column(gettext_lazy("Told of"), lambda robot: len(robot.kinds) or _("all"))
    show_told = column(gettext_lazy("Told last"), lambda robot: moment(robot.told_at))

    def get_queryset(self, request):
        """Those that exist."""
        return super().get_queryset(request).existing()

    def page_queryset(self, request):
        """See get_queryset."""
        return super().page_queryset(request).existing()

    def row_page(self, request, robot, bound=None):
        """A robot, what is wrong with it, what its group was told last, and what can be decided about it."""
        copies = NoticeCopy.objects.for_store(robot.store_id).filter(robot=robot)
        recent = copies.select_related("notice__store").order_by("-pk")[:20]
        told = [(each, words_of(each.notice), COPY_TONES[each.status], error_in_words(each.error)) for each in recent]
        return self.page(
            request,
            "workbench/notices/robot.html",
            robot.name,
            robot=robot,
            chat=chat_of(robot),
            status=robot_status(robot),
            kinds=[KINDS[code].title for code in robot.kinds if code in KINDS],
            recent=told,
            decide=self.choices(request, robot, bound),
        )
