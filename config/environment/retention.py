"""How long each kind of rows is kept: its setting, in days, with the default and the least that may be said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KeptDays:
    """`default` is None for what is kept until somebody says otherwise."""

    setting: str
    keeps: str
    default: int | None
    least: int


MOST_DAYS = 36_500

KEPT = (
    KeptDays("KEEP_ANSWERS_DAYS", "answers to calls with an Idempotency-Key, from the call on", 1, 1),
    KeptDays("KEEP_DELIVERIES_DAYS", "webhook deliveries that have ended", 30, 3),
    KeptDays("KEEP_FAILED_CALLS_DAYS", "the API calls that failed, counted by kind", 7, 1),
    KeptDays("KEEP_NOTICES_DAYS", "gateways' notices that are processed, and their bodies", 400, 90),
    KeptDays("KEEP_LETTERS_DAYS", "e-mails", 30, 7),
    KeptDays("KEEP_DEVICES_DAYS", "browsers in which somebody was signed in, since they were last used", 400, 30),
    KeptDays("KEEP_SIGN_INS_DAYS", "who signed in, and who tried to, from which address", 365, 180),
    KeptDays("KEEP_SHIPMENT_FILES_DAYS", "shipment files that were never shipped", 7, 1),
    KeptDays("KEEP_SHIPPED_FILES_DAYS", "the list of shipment files that were", 730, 30),
    KeptDays("KEEP_DESK_NOTICES_DAYS", "notices to people of stores, by bell, group and e-mail", 30, 7),
    KeptDays("KEEP_INVITATIONS_DAYS", "invitations, since their link ended; who joined stays a member", 180, 30),
    KeptDays(
        "KEEP_BULK_JOBS_DAYS",
        "bulk sendings and bulk decisions that are finished; the offers and the refunds stay",
        365,
        30,
    ),
    KeptDays("KEEP_MESSAGES_DAYS", "marketplaces' messages that are done", 8, 8),
    KeptDays("KEEP_PACKS_DAYS", "evidence packs, since they were asked for", 1, 1),
    KeptDays("KEEP_UNCLAIMED_DAYS", "unclaimed parcels and their photographs, since they ended", 180, 30),
    KeptDays("KEEP_EXPORTS_DAYS", "files with a buyer's data, and their links", 7, 1),
    KeptDays("KEEP_LOOKS_DAYS", "who looked at buyers' data; whole months go at once", 365, 180),
    KeptDays("KEEP_STRAY_FILES_DAYS", "uploaded files whose row never came", 2, 1),
    KeptDays(
        "KEEP_BUYERS_DAYS",
        "what is personal in orders that have ended, since they were paid: then it is erased for good "
        "(docs/personal-data.md)",
        None,
        400,
    ),
)
