"""The ERP's file on the desk: upload, watch it being read, look at what it would do, confirm, watch it shipped (K2)."""

from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.progress import Progress
from common.sentences import in_readers_words
from orders.erp.imports import CHECKING, MOST_SHOWN, confirm_import, problems_of
from orders.erp.receiving import READING, bring_file
from orders.erp.running import SHIPPING, progress_of
from orders.erp.sheets.limits import MAX_FILE_BYTES, MAX_ROWS, MIB
from orders.models.shipment_import import ImportRow, ShipmentImport
from orders.states import ImportStatus
from orders.why_not import why_not_confirm_import
from stores.models import Store
from stores.permissions import SHIP
from workbench.kit.base import DeskAdmin, column
from workbench.kit.dear import dear_page
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.forms import FileChoice
from workbench.kit.marks import badge, moment
from workbench.shipping.selection import stores_to_ship_for

CONFIRMING = "confirming"
# A file's way, and where it is in each state; one that ended on it is at none of them.
STEPS = {
    READING: gettext_lazy("Read the file"),
    CHECKING: gettext_lazy("Check the rows"),
    CONFIRMING: gettext_lazy("Look and confirm"),
    SHIPPING: gettext_lazy("Ship the orders"),
}
STEP_OF = {ImportStatus.READING: READING, ImportStatus.CHECKED: CONFIRMING, ImportStatus.RUNNING: SHIPPING}
WORKING = (ImportStatus.READING, ImportStatus.RUNNING)
ROWS_SHOWN = 100
MOST_DIGITS = 8  # of a row's number


class UploadForm(DecisionForm):
    """The file, and the store whose orders it ships when there are several to choose from."""

    store = forms.ChoiceField(label=gettext_lazy("Store"))
    file = forms.FileField(label=gettext_lazy("File"), widget=FileChoice(attrs={"accept": ".csv,.xlsx,.txt"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stores = self.row
        self.stores = {str(store.pk): store for store in stores}
        self.fields["store"].choices = [(code, store.name) for code, store in self.stores.items()]
        if len(stores) == 1:
            self.fields["store"].initial = stores[0].pk
            self.fields["store"].widget = forms.HiddenInput()
        self.fields["file"].help_text = _("csv or xlsx, at most %(mb)d MB and %(rows)s rows.") % {
            "mb": MAX_FILE_BYTES // MIB,
            "rows": f"{MAX_ROWS:,}",
        }

    def clean_store(self) -> Store | None:
        """The store that was chosen."""
        return self.stores[self.cleaned_data["store"]]


class UploadFile(Decision):
    """Take a file for one of these stores."""

    code, label = "upload", gettext_lazy("Import tracking numbers")
    capability, form = SHIP, UploadForm
    template = "workbench/shipping/upload.html"

    def may(self, user, stores):
        """In one of them at least; they are those in which the user ships."""
        return bool(stores)

    def refusal(self, stores, now):
        """A file may always come; what is wrong with it is told row by row."""
        return None

    def run(self, stores, data, *, actor, now):
        upload = data["file"]
        return bring_file(store=data["store"], file=upload.file, name=upload.name, actor=actor, now=now)


class ConfirmImport(Decision):
    """A worker ships the orders."""

    code, label, icon = "confirm", gettext_lazy("Ship the orders"), "local_shipping"
    done = gettext_lazy("The file is being imported.")
    capability, is_inline = SHIP, True

    def concerns(self, job):
        """Until it is confirmed."""
        return job.status == ImportStatus.CHECKED

    def refusal(self, job, now):
        return why_not_confirm_import(job)

    def run(self, job, data, *, actor, now):
        confirm_import(store_id=job.store_id, job_id=job.pk, actor=actor, now=now)


def _shipped(job: ShipmentImport):
    if not job.total:
        return "–"
    done = progress_of(job).done
    return format_html(
        '<span class="wl-meter"><progress max="{}" value="{}"></progress> <span>{} / {}</span></span>',
        job.total,
        done,
        done,
        job.total,
    )


def _state(job: ShipmentImport) -> dict[str, Any]:
    """How far the job is, as its page shows and asks it: a step, how much of it is done, and that in words."""
    progress = progress_of(job)
    is_working = job.status in WORKING
    step = (is_working and progress.step) or STEP_OF.get(job.status, "")
    return {
        "total": progress.of or job.total,
        "done": progress.done,
        "step": step,
        "words": _in_words(job, progress) if is_working else "",
        "finished": not is_working,
    }


def _in_words(job: ShipmentImport, progress: Progress) -> str:
    numbers = {"done": f"{progress.done:,}", "of": f"{progress.of:,}"}
    if job.leased_until is None:
        if job.last_error:
            return _("It broke off and is tried again in a moment.")
        return _("Waits for its turn.")
    if progress.step == SHIPPING:
        return _("%(done)s of %(of)s rows shipped") % numbers
    if progress.step == CHECKING:
        return _("%(done)s of %(of)s rows checked") % numbers
    return _("%(done)s of about %(of)s rows read") % numbers if progress.done else _("The file is being opened.")


def _steps(at: str) -> list[tuple[str, str]]:
    """Each step's name, and whether it is done, current or to come, by the class of its mark."""
    names = list(STEPS)
    place = names.index(at)
    return [
        (STEPS[name], "is-done" if number < place else "is-current" if number == place else "")
        for number, name in enumerate(names)
    ]


def _rows_after(job: ShipmentImport, place: int) -> list[ImportRow]:
    """What the file will ship, from below that row on: a page of it, and one more if there is one."""
    rows = ImportRow.objects.for_store(job.store_id).filter(job=job, code="", place__gt=place)
    return list(rows.select_related("order").order_by("place")[: ROWS_SHOWN + 1])


def _will_ship(job: ShipmentImport) -> dict[str, int]:
    """How many orders the file ships, and in how many parcels: an order may be several, and a parcel several rows."""
    good = ImportRow.objects.for_store(job.store_id).filter(job=job, code="")
    parcels = good.values("order_id", "carrier", "tracking_number").distinct()
    return {**good.aggregate(orders=Count("order_id", distinct=True)), "parcels": parcels.count()}


class ShipmentImportAdmin(DecidingMixin, DeskAdmin):
    """Files of the last time; each has a page with its errors or its progress."""

    class Media:
        css = {"all": ["workbench/work.css", "workbench/steps.css", "workbench/shipping.css"]}
        js = ["workbench/progress.js", "workbench/shipping.js"]

    decisions = (ConfirmImport(),)
    change_list_template = "workbench/shipping/imports.html"
    list_display = ("file_name", "show_status", "show_progress", "wrong", "show_who", "show_created")
    ordering = ("-id",)
    show_status = column(gettext_lazy("status"), badge)
    show_progress = column(gettext_lazy("Rows shipped"), _shipped)
    show_who = column(gettext_lazy("by"), lambda job: job.actor.get("label", ""))
    show_created = column(gettext_lazy("uploaded"), lambda job: moment(job.created_at))

    def get_urls(self):
        """The steps' addresses, before the admin's catch-all."""
        view = self.admin_site.admin_view
        return [
            path("upload/", view(self.upload_view), name="orders_shipmentimport_upload"),
            path("<uuid:object_id>/progress/", view(self.progress_view), name="orders_shipmentimport_progress"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        """The list, by the name that the menu gives it."""
        context = {"title": _("Shipment files"), "may_upload": bool(stores_to_ship_for(request))}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @dear_page
    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file and show what it would do; nothing is shipped before it is confirmed."""
        return self.decide(request, stores_to_ship_for(request), UploadFile())

    def after(self, request, row, decision, form, answer):
        """A file that was taken is looked at next."""
        if isinstance(decision, UploadFile):
            return self.back(answer)
        return super().after(request, row, decision, form, answer)

    def row_page(self, request, job, bound=None):
        """The file's page: how far it is, or what is wrong with it, or what it will ship."""
        state = _state(job)
        asked = request.GET.get("after", "")
        after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < MOST_DIGITS else 0
        rows = _rows_after(job, after) if job.status == ImportStatus.CHECKED else []
        return self.page(
            request,
            "workbench/shipping/import.html",
            job.file_name,
            job=job,
            state=state,
            steps=_steps(state["step"]) if state["step"] else [],
            why_unreadable=in_readers_words((job.unreadable or {}).get("detail")),
            valid=job.total - job.wrong,
            problems=problems_of(job, MOST_SHOWN),
            most_shown=MOST_SHOWN,
            rows=rows[:ROWS_SHOWN],
            after=after,
            next_after=rows[ROWS_SHOWN - 1].place if len(rows) > ROWS_SHOWN else None,
            will_ship=_will_ship(job) if job.status == ImportStatus.CHECKED else {},
            decide=self.choices(request, job),
        )

    def progress_view(self, request: HttpRequest, object_id) -> JsonResponse:
        """How far the file is, for the page to show."""
        return JsonResponse(_state(self.find(request, object_id)))
