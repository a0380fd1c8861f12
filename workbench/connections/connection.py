"""The page of a store's connection, and what its owner does about it."""

from datetime import datetime
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from common.calendar import start_of_day
from common.errors import Refused
from common.tenancy import tenant_scope
from connectors.connecting import connect_shop
from connectors.linking import make_link, why_not_make_link
from connectors.looking_back import fetch_past
from connectors.mending import disconnect_shop, resume_shop, why_not_disconnect, why_not_resume_shop
from connectors.messages import push_address
from connectors.models import Connection
from connectors.platforms import platform_of
from connectors.port import Authorisation, Secret
from connectors.shops import platform_for
from connectors.states import ConnectionStatus
from stores.models import Store
from stores.permissions import MANAGE_STORE
from workbench.connections.card import words_about
from workbench.connections.link import callback_address
from workbench.connections.state import STOPPED, TONES, behind, calls_left, in_trouble, things_to_do, until
from workbench.kit.base import column, timed_column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm, choose, take_outside
from workbench.kit.desk import desk_of
from workbench.kit.editing import Saving, store_to_add_to
from workbench.kit.marks import end
from workbench.kit.owners import OwnersAdmin
from workbench.kit.queue import Queue, QueueFilter, QueueMixin, Tile
from workbench.kit.switches import day_field

SECRETS = {
    Secret.APP_SECRET: gettext_lazy("App secret"),
    Secret.SIGN_SECRET: gettext_lazy("Signing secret"),
    Secret.MESSAGE_KEY: gettext_lazy("Key of pushed messages"),
    Secret.TOKEN: gettext_lazy("Token of pushed messages"),
    Secret.AES_KEY: gettext_lazy("AES key of pushed messages"),
}

NONE_YET = gettext_lazy("No shop is connected yet. Pick one store, press + and enter the keys of its application.")
QUEUES = [
    Queue("all", gettext_lazy("All"), lambda rows, now: rows, empty=NONE_YET),
    Queue(
        "trouble",
        gettext_lazy("Connections to mend"),
        in_trouble,
        empty=gettext_lazy("Every connection works."),
        icon="link_off",
        tone="red",
    ),
]


def _secret_field(label: str, *, required: bool, help_text: str = "") -> forms.CharField:
    """Written and never shown: no value of it ever stands in a page."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, required=required, max_length=500, widget=widget, help_text=help_text)


class ConnectForm(DecisionForm):
    """The keys that the platform of the store `row` wants; what was entered before is replaced by it."""

    app_key = forms.CharField(label=gettext_lazy("App key"), max_length=100)

    def __init__(self, *args, row: Store, now: datetime, **kwargs):
        super().__init__(*args, row=row, now=now, **kwargs)
        platform = platform_of(row.marketplace)
        self.secrets = [secret for secret in Secret if secret in platform.secrets | platform.push_secrets]
        for secret in self.secrets:
            is_needed = secret in platform.secrets
            note = "" if is_needed else _("Only for messages that the marketplace pushes.")
            self.fields[str(secret)] = _secret_field(SECRETS[secret], required=is_needed, help_text=note)
        note = _("Only if you hold tokens already; else leave both empty.")
        self.fields["access_token"] = _secret_field(_("Access token"), required=False, help_text=note)
        self.fields["refresh_token"] = _secret_field(_("Refresh token"), required=False)
        if platform.names_shop:
            note = _("Only if the application serves several shops: which of them this one is.")
            self.fields["shop_id"] = forms.CharField(label=_("Shop id"), required=False, max_length=100, help_text=note)


class ConnectShop(Saving):
    """Enter the keys of a shop, or enter them anew."""

    code, label, icon, capability = "connect", gettext_lazy("Enter the keys"), "key", MANAGE_STORE
    form, template = ConnectForm, "workbench/decisions/decide.html"

    def fill(self, request, store):
        """With where the keys come from, and what the platform's console wants to know in return."""
        form = super().fill(request, store)
        platform = platform_of(store.marketplace)
        note = _("From the page of your application in the marketplace's console.")
        if platform.authorisation == Authorisation.OAUTH:
            words = _("Enter there as the address to come back to: %(address)s")
            note = f"{note} {words % {'address': callback_address(request, platform.name)}}"
        form.fields["app_key"].help_text = note
        return form

    def initial(self, store):
        """The key that is no secret."""
        kept = Connection.objects.for_store(store.pk).first()
        return {"app_key": kept.app_key} if kept else {}

    def consequences(self, row):
        """What is done with them."""
        return [
            _("They are tried at the marketplace at once; what is wrong with them is said, and then nothing is kept."),
            _("They are kept encrypted and never shown again. Enter all: they replace what was entered before."),
        ]

    def run(self, store, data, *, actor, now):
        """In no transaction: it asks the network. The address stays what the operator has set."""
        with tenant_scope(store.pk):
            kept = Connection.objects.for_store(store.pk).first()
        return connect_shop(
            store=store,
            app_key=data["app_key"],
            secrets={secret: data[str(secret)] for secret in Secret if data.get(str(secret))},
            access_token=data["access_token"].strip(),
            refresh_token=data["refresh_token"].strip(),
            base_url=kept.base_url if kept else "",
            shop_id=data.get("shop_id", ""),
            actor=actor,
            now=now,
        )


class EnterAnew(ConnectShop):
    """The same where it works, or where something else comes first."""

    label, tone = gettext_lazy("Enter the keys anew"), "plain"

    def consequence(self, connection):
        """When."""
        return _("When the application or one of its secrets is another one by now.")


class OwnersDecision(Decision):
    """What an owner decides about a connection."""

    capability = MANAGE_STORE


class LinkForm(DecisionForm):
    """Nothing is asked; it knows where the merchant comes back to."""

    callback = ""

    def clean(self):
        """The address to come back to."""
        return {"callback": self.callback}


class Authorise(OwnersDecision):
    """Let us into the shop, at the platform."""

    code, label, icon = "authorise", gettext_lazy("Authorise by a link"), "link"
    form, is_inline = LinkForm, True
    answer_template = "workbench/connections/link.html"

    def concerns(self, connection):
        """Only where the platform has links."""
        return platform_for(connection).authorisation == Authorisation.OAUTH

    def refusal(self, connection, now):
        return why_not_make_link(connection)

    def consequence(self, connection):
        """How it goes on."""
        return _("You sign in at the marketplace as the shop's main account and come back here by yourself.")

    def fill(self, request, connection):
        """With the address to come back to."""
        form = super().fill(request, connection)
        form.callback = callback_address(request, connection.platform)
        return form

    def run(self, connection, data, *, actor, now):
        """The link, which is shown this once."""
        link = make_link(store_id=connection.store_id, user=actor.id, callback=data["callback"], actor=actor, now=now)
        return {"title": str(self.label), "link": link, "platform": platform_for(connection).shown}


class Resume(OwnersDecision):
    """It was set right at the platform."""

    code, label, icon = "resume", gettext_lazy("I have set it right"), "replay"
    done, is_inline = gettext_lazy("The shop is asked again at once."), True

    def concerns(self, connection):
        """Where something was to be set right."""
        return why_not_resume_shop(connection) is None

    def refusal(self, connection, now):
        return why_not_resume_shop(connection)

    def consequence(self, connection):
        """Nothing was lost meanwhile."""
        return _("It goes on from where it was; nothing that happened meanwhile is lost.")

    def run(self, connection, data, *, actor, now):
        resume_shop(store_id=connection.store_id, actor=actor, now=now)


class PastForm(DecisionForm):
    """From when on."""

    since = day_field(gettext_lazy("Since"))

    def clean_since(self):
        """The instant at which the day began in the store."""
        return start_of_day(self.cleaned_data["since"], self.row.store.time_zone)


class FetchPast(OwnersDecision):
    """List what changed before the shop was connected."""

    code, label, icon, tone = "fetch-past", gettext_lazy("Fetch the past"), "history", "plain"
    done, form = gettext_lazy("The past is fetched, beside what changes now."), PastForm

    def refusal(self, connection, now):
        if connection.status == ConnectionStatus.CONNECTED:
            return None
        return Refused("invalid_transition", _("The shop isn't connected."))

    def consequence(self, connection):
        """How far back."""
        return _("Every refund that changed since then is read, as far back as the marketplace lists them.")

    def run(self, connection, data, *, actor, now):
        fetch_past(store_id=connection.store_id, since=data["since"], actor=actor, now=now)


class Disconnect(OwnersDecision):
    """Follow the shop no more."""

    code, label, icon, tone = "disconnect", gettext_lazy("Disconnect"), "link_off", "danger"
    done = gettext_lazy("The shop is disconnected and its keys are forgotten.")

    def concerns(self, connection):
        """What is there to be disconnected."""
        return why_not_disconnect(connection) is None

    def refusal(self, connection, now):
        return why_not_disconnect(connection)

    def consequence(self, connection):
        """What ends."""
        return _(
            "Its refunds aren't followed any more, decisions on their way are given up, and its keys and tokens are"
            " forgotten. What was read stays."
        )

    def run(self, connection, data, *, actor, now):
        disconnect_shop(store_id=connection.store_id, actor=actor, now=now)


CONNECT, ENTER_ANEW = ConnectShop(), EnterAnew()


def connection_badge(connection: Connection) -> str:
    """Its status as a badge."""
    tone = TONES.get(ConnectionStatus(connection.status), "grey")
    return format_html('<span class="wl-badge {}">{}</span>', tone, connection.get_status_display())


def _to_do(connection: Connection, now: datetime) -> str:
    return next((each.text for each in things_to_do(connection, now)), "–")


class ConnectionAdmin(QueueMixin, DecidingMixin, OwnersAdmin):
    """Which shop at which platform a store is, and whether that works."""

    queues = QUEUES
    only_what_waits = True
    list_filter = (QueueFilter,)
    list_display = ("show_shop", "show_platform", "show_status", "show_behind", "show_until", "show_to_do")
    decisions = (Resume(), Authorise(), FetchPast(), Disconnect())
    show_shop = column(gettext_lazy("shop"), lambda row: row.shop_name or row.store.name)
    show_platform = column(gettext_lazy("marketplace"), lambda row: platform_for(row).shown)
    show_status = column(gettext_lazy("status"), connection_badge)
    show_behind = timed_column(gettext_lazy("behind"), lambda row, now: behind(row, now) or "–")
    show_until = column(gettext_lazy("authorised until"), lambda row: end(until(row)))
    show_to_do = timed_column(gettext_lazy("to do"), _to_do)

    class Media:
        css = {"all": ["workbench/work.css"]}

    def tiles(self, request, now):
        """Only of the stores that the user manages."""
        if not desk_of(request).connectable:
            return []
        own = self.managed(request, Connection.objects.in_scope())
        shown = [queue for queue in self.queues if queue.code != "all"]
        return [Tile((queue.rows(own, now),), partial(self.tile_of, queue)) for queue in shown]

    def has_add_permission(self, request):
        """Owners, in one store at a time, whose marketplace has an open platform."""
        store = desk_of(request).only_store
        return store is not None and bool(platform_of(store.marketplace)) and super().has_add_permission(request)

    def get_urls(self):
        """Entering keys asks the network: it is outside of the transaction that the other pages are in."""
        view = self.admin_site.asking_view(sensitive_post_parameters()(self.connect_view))
        return [
            path("add/", view, name="connectors_connection_add"),
            path("<str:object_id>/connect/", view, name="connectors_connection_connect"),
            *super().get_urls(),
        ]

    def connect_view(self, request: HttpRequest, object_id: str = "") -> HttpResponse:
        """Enter the keys of the picked store's shop, or anew those of a connection."""
        with desk_of(request).scope():
            store = self.find(request, object_id).store if object_id else store_to_add_to(request, MANAGE_STORE)
            if platform_of(store.marketplace) is None:
                raise PermissionDenied(_("This marketplace has no open platform that we know."))
            form = CONNECT.fill(request, store)
            is_complete = request.method == "POST" and form.is_valid()
        answers = take_outside(request, CONNECT, store, form) if is_complete else None
        if answers is not None:
            return self.kept(request, answers[0])
        with desk_of(request).scope(), timezone.override(store.time_zone):
            return self.decision_page(request, store, CONNECT, form, CONNECT.template).render()

    def kept(self, request: HttpRequest, connection: Connection) -> HttpResponseRedirect:
        """To the connection's page, with a word on how it stands."""
        if connection.status == ConnectionStatus.CONNECTED and not connection.last_error:
            messages.success(request, _("The shop is connected and is read from now on."))
        elif connection.status == ConnectionStatus.CONNECTED:
            messages.warning(request, _("The keys are kept; the marketplace doesn't answer now and is asked again."))
        else:
            messages.success(request, _("The keys are kept. Now authorise the shop by the link."))
        return self.back(connection)

    def row_page(self, request, connection, bound=None):
        """How it stands, and what can be done."""
        platform = platform_for(connection)
        status, has_links = connection.status, platform.authorisation == Authorisation.OAUTH
        to_keys = reverse("admin:connectors_connection_connect", args=[connection.pk])
        helps_next = status == ConnectionStatus.DISCONNECTED or (not has_links and status in STOPPED)
        enter_keys = choose(request, CONNECT if helps_next else ENTER_ANEW, connection, url=to_keys)
        choices = [*self.choices(request, connection, bound).values()]
        choices.insert(0 if helps_next else -2, enter_keys)
        takes_pushes = platform.takes_pushes and status != ConnectionStatus.DISCONNECTED
        return self.page(
            request,
            "workbench/connections/connection.html",
            connection.shop_name or connection.store.name,
            connection=connection,
            platform=platform,
            status=connection_badge(connection),
            why=words_about(connection),
            warnings=things_to_do(connection, request.now),
            behind=behind(connection, request.now),
            progress=f"{connection.progress:.0%}",
            calls=calls_left(connection),
            push_url=request.build_absolute_uri(push_address(connection)) if takes_pushes else "",
            callback_url=callback_address(request, platform.name) if has_links else "",
            until=until(connection),
            is_let_in=status in (ConnectionStatus.CONNECTED, ConnectionStatus.NEEDS_SETUP),
            choices=choices,
        )
