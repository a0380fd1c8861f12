"""Counting characters as people see them (Q5)."""

import regex


def length(text: str) -> int:
    """The number of grapheme clusters: an emoji, a flag or a family counts as one."""
    return len(regex.findall(r"\X", text))
