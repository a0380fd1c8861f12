"""The agreement's texts: one file per version and language beside this one.

A text is never changed, only followed by another.
"""

from functools import cache
from pathlib import Path

from django.utils.translation import get_language

HERE = Path(__file__).parent
VERSIONS = ("2.0", "3.0")  # oldest first
CURRENT = VERSIONS[-1]


def agreement_text(version: str) -> str:
    """The text of a version in the reader's language: Chinese, or English for everybody else."""
    return _read(version, "zh-hans" if (get_language() or "").startswith("zh") else "en")


@cache
def _read(version: str, language: str) -> str:
    return (HERE / f"{version}.{language}.txt").read_text()
