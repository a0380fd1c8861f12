"""Carriers are asked: take up what is due, ask outside any transaction, write down the answers."""

import logging
from collections.abc import Sequence
from uuid import UUID

from common import clock
from common.actors import SYSTEM
from common.broken import broken
from common.errors import told_safely
from common.metering.asking import asking
from common.obligations import ask_soon
from common.sentences import sentence as _
from common.tenancy import system_scope
from common.workers import BATCH, side_by_side, write_down
from orders.carriers import carrier
from orders.carriers.base import CarrierReport, CarrierStage, Consignment
from orders.models import Shipment
from orders.shipments import Answered, record_reports, take_up_shipments
from orders.states import ShipmentTask

log = logging.getLogger("wanliu.carriers")


def ask_carriers(*, ids: Sequence[UUID] | None = None, limit: int = BATCH) -> int:
    """Ask about up to `limit` due shipments (of these ids, if given); returns how many were taken up.

    Safe to run anywhere, any number of times, and to kill at any moment: the carrier does a thing once per key. A
    carrier that is back is soon asked about whatever else it left open.
    """
    with system_scope():
        shipments = take_up_shipments(now=clock.now(), limit=limit, ids=ids)
    if not shipments:
        return 0
    answers = side_by_side([(shipments, 1)], lambda shipment: Answered(shipment.task, _ask(shipment)))
    write_down(answers, lambda some: record_reports(answers=some, actor=SYSTEM, now=clock.now()))
    again = {one.port for one, told in answers if one.attempts > 1 and told.report.stage != CarrierStage.UNKNOWN}
    if again:
        ask_soon(Shipment.objects.filter(port__in=again))
    return len(shipments)


def _ask(shipment: Shipment) -> CarrierReport:
    """What the carrier says. One that breaks its promise and raises leaves it unknown: the batch goes on."""
    key = str(shipment.pk)
    consignment = Consignment(key, shipment.carrier, shipment.tracking_number, shipment.address)
    try:
        with asking("carrier", shipment.port) as asked:
            report = _report(shipment, consignment)
            asked.outcome = "unknown" if report.stage == CarrierStage.UNKNOWN else "answered"
            return report
    except Exception as error:
        log.error("carrier %s raised for shipment %s: %s", shipment.port, key, told_safely(error))
        return CarrierReport(
            key, CarrierStage.UNKNOWN, error=_("It could not be asked: %(kind)s.") % {"kind": broken(error)}
        )


def _report(shipment: Shipment, consignment: Consignment) -> CarrierReport:
    port = carrier(shipment.port)
    match shipment.task:
        case ShipmentTask.CREATE_PICKUP:
            return port.create_pickup(consignment)
        case ShipmentTask.RECALL:
            return port.recall(consignment)
        case _:
            return port.track(consignment)
