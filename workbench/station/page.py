"""The page: one field for the scanner, what comes back under the number, photographs of it, and the two answers to it.

A number that nobody announced is put aside, and what was put aside has a page of its own.
"""

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.looks import shows_list
from orders.waybills import carrier_of, carrier_typed
from refunds.models import Refund
from refunds.unclaimed.recording import draw_own_number, last_under, why_not_touch
from stores.permissions import INSPECT_RETURNS
from workbench.kit.deciding import DecisionPagesMixin, in_zone_of
from workbench.kit.decisions import Choice, choose
from workbench.kit.desk import desk_of
from workbench.kit.editing import store_to_add_to
from workbench.kit.fresh import as_of
from workbench.station.aside import PutAside
from workbench.station.deciding import DECISIONS
from workbench.station.handled import count_one, handled
from workbench.station.photos import Photograph, photograph_of
from workbench.station.scanned import Scanned, is_waiting, refunds_under, scan

MOST_TYPED = 100
UNREADABLE = "unreadable"  # asked for where a parcel bears no number that can be read
TAKEN_HERE = {**DECISIONS, Photograph.code: Photograph()}


@require_safe
def station_view(request: HttpRequest) -> HttpResponse:
    """The field, and what was scanned: `number` as the scanner typed it, `refund` the one of several that is meant.

    With `unreadable` instead: what is written down of a parcel that bears no number.

    Who works in several stores picks one first, where that can be done.
    """
    if desk_of(request).only_store is None:
        messages.warning(request, _("Pick one store first, at the top of the page."))
        return HttpResponseRedirect(reverse("admin:index"))
    store = store_to_add_to(request, INSPECT_RETURNS)
    typed = request.GET.get("number", "").replace("\0", "")[:MOST_TYPED]
    found = Scanned("") if UNREADABLE in request.GET else None
    if typed.strip():
        found = scan(store, typed, request.now, refund_id=_picked(request))
    if found is not None and found.refund is None and found.parcel is not None and why_not_touch(found.parcel) is None:
        return HttpResponseRedirect(reverse("admin:refunds_unclaimedparcel_change", args=[found.parcel.pk]))
    return in_zone_of(store, show, request, found)


@require_POST
def station_decision_view(request: HttpRequest, refund_id: UUID, code: str) -> HttpResponse:
    """An answer about a refund of the store, or a photograph. Http404 for a foreign one as for none."""
    store = store_to_add_to(request, INSPECT_RETURNS)
    refund = Refund.objects.for_store(store.pk).select_related("order").filter(pk=refund_id).first()
    if refund is None or code not in TAKEN_HERE:
        raise Http404
    refund.store = refund.order.store = store
    return in_zone_of(store, Station().decide, request, refund, TAKEN_HERE[code])


@require_POST
def put_aside_view(request: HttpRequest) -> HttpResponse:
    """A parcel that nobody announced is put aside; its page asks whose it may be."""
    store = store_to_add_to(request, INSPECT_RETURNS)
    return in_zone_of(store, Aside().decide, request, store, PutAside())


def _picked(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("refund", ""))
    except ValueError:
        return None


def scan_address(number: str, refund_id: UUID | None = None) -> str:
    """Where the page shows what comes back under the number, and the refund; the empty field without one."""
    query = {"number": number, "refund": refund_id}
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('admin:station')}?{asked}" if asked else reverse("admin:station")


class Station(DecisionPagesMixin):
    """Decides as every page of the desk does, and leads back to the field."""

    def ask(self, request, row, decision, form):
        """What came back, with what is wrong about the answer. Where somebody else was faster, it says who."""
        found = scan(row.store, row.return_tracking_number, request.now, refund_id=row.pk)
        return show(request, found, {decision.code: form})

    def after(self, request, row, decision, form, answer):
        """To what else comes back under the number, or to the empty field, with a line that says what was done.

        Photographs are answered on the spot.
        """
        if decision.code == Photograph.code:
            return HttpResponseRedirect(scan_address(row.return_tracking_number, row.pk) + "#photos")
        count_one(request)
        number = row.return_tracking_number
        done = {"number": number, "order": row.order.number, "done": decision.told(row, form.cleaned_data)}
        messages.success(request, _("%(number)s · order %(order)s: %(done)s") % done)
        waits = any(is_waiting(each) for each in refunds_under(row.store, number) if each.pk != row.pk)
        return HttpResponseRedirect(scan_address(number if waits else ""))

    def back(self, row, view="change", anchor=""):
        """To what was scanned."""
        return HttpResponseRedirect(scan_address(row.return_tracking_number, row.pk))


class Aside(DecisionPagesMixin):
    """Puts a parcel of the store aside, and leads to its page."""

    def ask(self, request, row, decision, form):
        """The scanned number again, with what is wrong; of a form that was sent before, what it put aside."""
        typed, own = (form.data.get(name, "")[:MOST_TYPED] for name in ("number", "own_number"))
        if own and not typed.strip() and (parcel := last_under(row.pk, own)) is not None:
            for text in form.non_field_errors():
                messages.warning(request, text)
            return HttpResponseRedirect(reverse("admin:refunds_unclaimedparcel_change", args=[parcel.pk]))
        found = scan(row, typed, request.now) if typed.strip() else Scanned("")
        return show(request, found, {decision.code: form})

    def after(self, request, row, decision, form, answer):
        """To the parcel's page, with the field for the next one."""
        count_one(request)
        said = decision.told(row, form.cleaned_data)
        if not answer.has_number:
            said = _("Write %(number)s on the parcel: that is its number here. Whose may it be?")
            said %= {"number": answer.tracking_number}
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:refunds_unclaimedparcel_change", args=[answer.pk]))


def show(request: HttpRequest, found: Scanned | None, bound: Mapping[str, forms.Form] | None = None) -> HttpResponse:
    """The page, with what was scanned; `bound` has the form that was filled in, by the code of its decision."""
    if found is not None:
        shows_list(found.refunds)
    context = {} if found is None or found.refund is None else {"as_of": as_of(request, found.refund)}
    context |= {
        **admin.site.each_context(request),
        "title": _("Returns station"),
        "found": found,
        "handled": handled(request),
    }
    if found is not None and found.refund is not None:
        context |= _answers(request, found.refund, bound or {})
    elif found is not None and found.is_number:
        context |= _put_aside(request, found, bound or {})
    return TemplateResponse(request, "workbench/station/page.html", context)


def _answers(request: HttpRequest, refund: Refund, bound: Mapping[str, forms.Form]) -> dict:
    """Both answers about the refund, each with its form where it can be given now."""
    answers: dict[str, Choice] = {}
    for code, decision in DECISIONS.items():
        url = reverse("admin:station_decide", args=[refund.pk, code])
        form = bound.get(code) or decision.make_form(refund, request.now)
        answers[code.replace("-", "_")] = choose(request, decision, refund, url=url, form=form)
    refusals = [str(text) for form in bound.values() for text in form.non_field_errors()]
    photographs = None
    if is_waiting(refund):
        photograph = photograph_of(refund)
        url, form = reverse("admin:station_decide", args=[refund.pk, photograph.code]), bound.get(photograph.code)
        photographs = choose(request, photograph, refund, url=url, form=form)
    return {"answers": answers, "photographs": photographs, "refusals": [] if is_waiting(refund) else refusals}


def _put_aside(request: HttpRequest, found: Scanned, bound: Mapping[str, forms.Form]) -> dict:
    """The form that puts the scanned parcel aside, and what became of an earlier one of this number."""
    store, decision = store_to_add_to(request, INSPECT_RETURNS), PutAside()
    form = bound.get(decision.code)
    if form is None:
        form = decision.form(
            row=store,
            now=request.now,
            auto_id=decision.auto_id,
            initial={
                "number": found.number,
                "own_number": "" if found.number else draw_own_number(store),
                "carrier": carrier_typed(carrier_of(found.number)),
            },
        )
    return {"aside": choose(request, decision, store, url=reverse("admin:station_aside"), form=form)}
