"""Connectors: a shop's real account at its marketplace's open platform, followed and decided on from the desk.

port (what every platform can be asked) → platforms/ (one file each; top/ and kwai/ are protocols) → reading (what they
send), http, limits (how anybody is asked) · connecting, sealing (keys, links) · waking (a worker is told) → working (a
shop's turn, asked as shops says) → deciding, hinting, pulling → taking (copies, mirror) ·
receivers, by_hand, outcomes (what merchants decide) · messages (pushes) · fakes/ (loopback servers).
"""
