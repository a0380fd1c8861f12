"""What of this room goes after a while."""

from connectors.hinting import HINTS

RETENTIONS = (HINTS,)
