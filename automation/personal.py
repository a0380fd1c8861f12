"""What this room's tables keep of a buyer: nothing."""

from automation.models import RuleVersion, Ruling, StoreRule
from common.personal import Holding

HOLDINGS = (
    Holding(StoreRule, nobody=("name", "draft")),
    Holding(RuleVersion, nobody=("name", "says", "published_by")),
    Holding(Ruling, nobody=("why",)),
)
