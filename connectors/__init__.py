"""Connectors: a shop's real account at its marketplace's open platform, followed and decided on from the desk.

port (what every platform can be asked) → platforms/ (one file each) → http, limits (how anybody is asked) ·
connecting, sealing (keys, links) · working (a shop's turn) → deciding, hinting, pulling → taking (copies, mirror) ·
receivers, by_hand, outcomes (what merchants decide) · messages (pushes) · fakes/ (loopback servers).
"""
