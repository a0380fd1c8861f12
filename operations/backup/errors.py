"""Why a back-up or a restore was given up."""


class BackupFailed(Exception):
    """There is no back-up, or nothing was restored; says why, and what to do."""
