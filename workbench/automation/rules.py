"""Automatic rules: drafted, looked at on the past, published, put in order, turned off. Owners only."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automation import actions
from automation.models import RuleVersion, Ruling, StoreRule
from automation.templates import TEMPLATES
from automation.trying import MOST_TRIED, Trial, try_rule
from automation.why_not import why_not_publish, why_not_turn_off
from automation.wording import limit_words, then_words, when_words
from common.sentences import in_readers_words
from common.words import labelled
from stores.models import Store
from stores.permissions import MANAGE_STORE
from workbench.automation.form import RuleForm, filled_in
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision
from workbench.kit.editing import AddingMixin, Saving, store_to_add_to
from workbench.kit.marks import badge
from workbench.kit.owners import OwnersAdmin

MOST_SHOWN = 30


def newest_say(rule: StoreRule) -> dict | None:
    """What the newest version says."""
    versions = RuleVersion.objects.for_store(rule.store_id).filter(rule=rule).order_by("-number")
    return versions.values_list("says", flat=True).first()


class AddRule(Saving):
    """Write a rule down, from nothing or from one of the usual ones."""

    label, form, capability = gettext_lazy("Add an automatic rule"), RuleForm, MANAGE_STORE
    template = "workbench/automation/form.html"
    done = gettext_lazy("Drafted. Look at what it would have done, then publish it.")

    def fill(self, request, row):
        """With the template that was picked, if one was."""
        form = super().fill(request, row)
        picked = next((each for each in TEMPLATES if each.code == request.GET.get("template")), None)
        if picked is not None and picked.fits(row.rules):
            form.initial |= picked.fields
        return form

    def context(self, store):
        return {"templates": [each for each in TEMPLATES if each.fits(store.rules)]}

    def run(self, store, data, *, actor, now):
        return actions.draft_rule(store=store, **data, actor=actor, now=now)


class RuleDecision(Decision):
    """What an owner decides about a rule."""

    capability, is_inline = MANAGE_STORE, True

    def refusal(self, rule, now):
        return None

    def named(self, rule, actor, now) -> dict:
        """What most actions about it are told."""
        return {"store_id": rule.store_id, "rule_id": rule.pk, "actor": actor, "now": now}


class ChangeRule(RuleDecision):
    """Change the draft."""

    code, label, icon, tone, is_inline = "edit", gettext_lazy("Change"), "edit", "", False
    form, template, done = RuleForm, "workbench/automation/form.html", gettext_lazy("Saved.")

    def concerns(self, rule):
        return rule.is_known

    def initial(self, rule):
        return {"name": rule.name, **filled_in(rule.definition)}

    def consequence(self, rule):
        """Only publishing changes what happens."""
        return _("What is published acts as before until you publish the change.")

    def run(self, rule, data, *, actor, now):
        actions.change_rule(store=rule.store, rule_id=rule.pk, **data, actor=actor, now=now)


class PublishRule(RuleDecision):
    """Let it act, after a look at what it would have done."""

    code, label, icon, is_inline = "publish", gettext_lazy("Try and publish"), "rocket_launch", False
    template = "workbench/automation/publish.html"
    done = gettext_lazy("Published: it acts on what is asked for from now on.")

    def concerns(self, rule):
        return rule.is_known

    def refusal(self, rule, now):
        return why_not_publish(rule, newest_say(rule))

    def title(self, rule):
        return _("What “%(rule)s” would have done") % {"rule": rule.name}

    def fill(self, request, rule):
        """Reads the past while the page is asked for, not when it is published."""
        form = super().fill(request, rule)
        form.trial = Trial() if request.method == "POST" else try_rule(rule, request.now)
        return form

    def consequence(self, rule):
        return _("See what it would have done in the last 90 days, then let it act.")

    def context(self, rule):
        return {**rule_in_words(rule), "most_tried": MOST_TRIED}

    def run(self, rule, data, *, actor, now):
        actions.publish_rule(**self.named(rule, actor, now))


class TurnOff(RuleDecision):
    """Let it act no more."""

    code, label, icon, tone = "off", gettext_lazy("Turn off"), "power_settings_new", "danger"
    done = gettext_lazy("It is off.")

    def concerns(self, rule):
        return rule.is_live

    def refusal(self, rule, now):
        return why_not_turn_off(rule)

    def consequence(self, rule):
        return _("It does nothing any more from this moment; what it did stays.")

    def run(self, rule, data, *, actor, now):
        actions.turn_off_rule(**self.named(rule, actor, now))


class MoveUp(RuleDecision):
    """Let it have its turn earlier."""

    code, label, icon, tone, leads_to = "up", gettext_lazy("Move up"), "arrow_upward", "", "changelist"

    def concerns(self, rule):
        return rule.place > 1

    def consequence(self, rule):
        return _("The first rule that is about a refund has it.")

    def run(self, rule, data, *, actor, now):
        actions.move_rule(store=rule.store, rule_id=rule.pk, place=rule.place - 1, actor=actor, now=now)


def newer_words() -> str:
    """In place of what a rule says, while a release that knows it is being put in."""
    return _("This rule was made with a newer version, which is just being put in. Look again in a few minutes.")


def rule_in_words(rule: StoreRule) -> dict:
    """What a rule's draft says, for its pages."""
    if not rule.is_known:
        return {"when": [], "then": newer_words(), "limits": "–"}
    definition = rule.definition
    return {"when": when_words(definition), "then": then_words(definition), "limits": limit_words(definition)}


def versions_of(rule: StoreRule) -> QuerySet[RuleVersion]:
    """What was published of it, newest first."""
    return RuleVersion.objects.for_store(rule.store_id).filter(rule=rule).order_by("-number")[:MOST_SHOWN]


def version_in_words(version: RuleVersion) -> str:
    """What it said, in one line."""
    if not version.is_known:
        return newer_words()
    said = version.definition
    then = labelled(then_words(said), f"“{said.text}”") if said.text else then_words(said)
    return " · ".join([*(when_words(said) or [_("always")]), then, limit_words(said)])


class RuleAdmin(AddingMixin, DecidingMixin, OwnersAdmin):
    """The store's rules in the order of their turns."""

    ordering = ("place", "id")
    change_list_template = "workbench/automation/list.html"
    adding = AddRule()
    decisions = (ChangeRule(), PublishRule(), MoveUp(), TurnOff())
    list_display = ("name", "show_place", "show_when", "show_then", "show_status", "show_version")
    show_place = column(gettext_lazy("turn"), lambda rule: rule.place)
    show_when = column(gettext_lazy("when"), lambda rule: " · ".join(rule_in_words(rule)["when"]) or _("always"))
    show_then = column(gettext_lazy("then"), lambda rule: rule_in_words(rule)["then"])
    show_status = column(gettext_lazy("status"), badge)
    show_version = column(gettext_lazy("version"), lambda rule: f"v{rule.version}" if rule.version else "–")

    def place_to_add(self, request) -> Store:
        """The picked store, with its rules of the marketplace."""
        return store_to_add_to(request, MANAGE_STORE)

    def changelist_view(self, request, extra_context=None):
        """With the usual rules to begin with, where one may be added."""
        may_add = self.has_add_permission(request)
        usual = [each for each in TEMPLATES if each.fits(self.place_to_add(request).rules)] if may_add else []
        add_url = reverse("admin:automation_storerule_add")
        return super().changelist_view(request, {**(extra_context or {}), "templates": usual, "add_url": add_url})

    def row_page(self, request, rule, bound=None):
        """What it says, what came of it lately, and its versions."""
        rulings = (
            Ruling.objects.for_store(rule.store_id).filter(rule=rule).select_related("refund__order").order_by("-at")
        )
        recent = list(rulings[:MOST_SHOWN])
        return self.page(
            request,
            "workbench/automation/rule.html",
            rule.name,
            rule=rule,
            status=badge(rule),
            is_changed=rule.is_live and newest_say(rule) != rule.draft,
            recent=[(ruling, in_readers_words(ruling.why)) for ruling in recent],
            versions=[(version, version_in_words(version)) for version in versions_of(rule)],
            decide=self.choices(request, rule, bound),
            **rule_in_words(rule),
        )
