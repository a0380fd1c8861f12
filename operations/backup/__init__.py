"""Everything there is, written to a place, and put back from there into an empty one.

database dumps and restores PostgreSQL's rows of every store and counts them; files copies the evidence; whole makes
and restores a back-up of both and of the keys. errors: `BackupFailed` says why there is none, and what to do.
"""

from operations.backup.errors import BackupFailed
from operations.backup.whole import back_up, restore

__all__ = ["BackupFailed", "back_up", "restore"]
