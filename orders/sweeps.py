"""What falls due in this room: promises, deadlines, delays, files, and questions to carriers."""

from django.utils.translation import gettext_noop

from common.upkeep import Sweep
from orders.delays.overdue import sweep_due_reports
from orders.erp.receiving import read_files
from orders.erp.running import FILES_SHIPPED, forget_imports, run_imports
from orders.lateness import sweep_late_orders
from orders.models import DelayReport, Order, OwedParcel
from orders.models.queries import TO_SHIP
from orders.parcels import sweep_due_parcels
from orders.tracking import ask_carriers

SWEEPS = (
    Sweep(
        gettext_noop("promises"),
        sweep_due_parcels,
        "orders.tasks.sweep_parcels",
        of_stores=True,
        due=((OwedParcel, "due_at"),),
        undone=lambda: OwedParcel.objects.all(),
    ),
    Sweep(
        gettext_noop("late orders"),
        sweep_late_orders,
        "orders.tasks.sweep_shipping",
        of_stores=True,
        due=((Order, "ship_by"),),
        undone=lambda: Order.objects.filter(TO_SHIP, late_at=None),
    ),
    Sweep(
        gettext_noop("delay reports"),
        sweep_due_reports,
        "orders.tasks.sweep_shipping",
        of_stores=True,
        due=((DelayReport, "expected_at"),),
        undone=lambda: DelayReport.objects.open().filter(overdue_at=None),
    ),
    Sweep("carriers", ask_carriers, "orders.tasks.ask_carriers", of_stores=True),
    Sweep("files read", read_files, "orders.tasks.resume_shipment_imports", of_stores=True),
    Sweep("files shipped", run_imports, "orders.tasks.resume_shipment_imports", of_stores=True),
    Sweep("files forgotten", forget_imports, "orders.tasks.forget_shipment_imports"),
    Sweep(FILES_SHIPPED.name, FILES_SHIPPED.step, "common.tasks.forget_what_is_old"),
)
