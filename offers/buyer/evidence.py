"""Photographs and films that the buyer shows from the phone (Q17)."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from common.actors import Actor
from common.errors import Invalid
from common.uploads import clean_upload
from refunds.models import Evidence, Refund
from refunds.platform.evidence import add_evidence, stored
from refunds.states import CaseSide

NOTE_LENGTH = Evidence._meta.get_field("note").max_length


def show_evidence(refund: Refund, file: UploadedFile | None, note: str, *, actor: Actor, now: datetime) -> None:
    """Add the buyer's file. It is read and stored before any row is locked.

    Invalid for what is no evidence, Refused as `add_evidence` says.
    """
    if file is None:
        raise Invalid("file", _("Choose a photo, a film or a PDF first."), "required")
    clean = clean_upload(file, file.name)
    with stored(refund.store_id, clean) as stored_as:
        add_evidence(
            store_id=refund.store_id,
            refund_id=refund.pk,
            side=CaseSide.BUYER,
            file=clean,
            stored_as=stored_as,
            note=note,
            actor=actor,
            now=now,
        )
