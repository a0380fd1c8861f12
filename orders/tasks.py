"""Beat looks after promises, deadlines, delay reports and imported files; workers ask the carriers."""

from uuid import UUID

from celery import shared_task

from common.workers import drain
from orders import tracking
from orders.delays.overdue import BATCH as REPORTS_AT_ONCE
from orders.delays.overdue import sweep_due_reports
from orders.erp.receiving import read_files
from orders.erp.running import forget_imports, run_imports
from orders.lateness import BATCH as ORDERS_AT_ONCE
from orders.lateness import sweep_late_orders
from orders.parcels import BATCH, sweep_due_parcels


@shared_task
def sweep_parcels() -> None:
    """Flag every promise that is late."""
    while sweep_due_parcels() == BATCH:
        pass


@shared_task
def sweep_shipping() -> None:
    """Note every order that has become late, and every delay report whose date has passed."""
    while sweep_late_orders() == ORDERS_AT_ONCE:
        pass
    while sweep_due_reports() == REPORTS_AT_ONCE:
        pass


@shared_task
def read_shipment_files(ids: list[str]) -> None:
    """Read and check these files."""
    read_files(ids=[UUID(job_id) for job_id in ids], limit=len(ids))


@shared_task
def run_shipment_imports(ids: list[str]) -> None:
    """Ship the orders of these confirmed files."""
    run_imports(ids=[UUID(job_id) for job_id in ids], limit=len(ids))


@shared_task
def resume_shipment_imports() -> None:
    """Read and ship the files that were left behind."""
    drain(read_files)
    drain(run_imports)


@shared_task
def forget_shipment_imports() -> None:
    """Drop the files that were never imported."""
    while forget_imports():
        pass


@shared_task
def ask_carriers_about(ids: list[str]) -> None:
    """Ask about these parcels now; whatever is lost of it the sweep below finds."""
    tracking.ask_carriers(ids=[UUID(shipment_id) for shipment_id in ids])


@shared_task
def ask_carriers() -> None:
    """Ask about every parcel of which something is wanted."""
    drain(tracking.ask_carriers)
