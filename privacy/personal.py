"""What this room keeps of a buyer: whose data was asked for."""

from common.personal import Holding
from privacy.models import BuyerRequest

HOLDINGS = (
    Holding(
        BuyerRequest,
        kept={"buyer_id": "whose data it was; the pseudonym once it is erased"},
        nobody=("last_error", "asked_by"),
    ),
)
