"""The open platforms, one file each: every module of this package registers its class (docs/adr/0016)."""

from common.registry import import_files
from connectors.port import PLATFORMS, Platform

__all__ = ["PLATFORMS", "platform_of"]

import_files(__name__, __path__)


def platform_of(marketplace: str) -> Platform | None:
    """The open platform that serves a marketplace (`taobao` serves `tmall`); None where we know of none."""
    return next((each() for each in PLATFORMS.values() if marketplace in each.marketplaces), None)
