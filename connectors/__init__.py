"""Connectors: a shop's real account at its marketplace's open platform, followed and decided on from the desk.

port/ (what every platform can be asked) → platforms/ (one file each; top/, kwai/, doudian/, weixin/ are protocols) →
reading (what they send), http, limits (how anybody is asked) · connecting (by keys), linking (by a link), sealing
(what is secret), looking_back (the past), mending (what stops a shop) · waking (a worker is told) → working (a shop's
turn), shops and talking (what it is asked with, and how) → deciding, hinting, pulling (reading ahead), reasons →
taking (copies, mirror) · receivers, answering, by_hand, outcomes (what merchants decide) · messages (pushes) · fakes/
(loopback servers).
"""
