"""Who acts in the demo."""

from common.actors import Actor, ActorKind

OPERATOR = Actor(ActorKind.OPERATOR, "demo", "运营方")
AGENT = Actor(ActorKind.MERCHANT, "demo", "客服小柔")
BUYER = Actor(ActorKind.BUYER, "demo", "买家")
COLLEAGUE = Actor(ActorKind.MERCHANT, "demo-2", "客服阿杰")
