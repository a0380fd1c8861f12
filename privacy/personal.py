"""What this room keeps of a buyer: whose data was asked for."""

from common.personal import Holding
from privacy.models import BuyerRequest, Look

HOLDINGS = (
    Holding(
        BuyerRequest,
        kept={"buyer_id": "whose data it was; the pseudonym once it is erased"},
        nobody=("last_error", "asked_by"),
    ),
    Holding(
        Look,
        topic="topic_id",
        nobody=("actor_kind", "actor_id", "actor_label", "place"),
    ),
)
