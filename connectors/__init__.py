"""Connectors: a shop's real account at its marketplace's open platform, followed and decided on from the desk.

port (what every platform can be asked) → platforms/ (one file each, our protocol code) → http (how anybody is asked).
"""
