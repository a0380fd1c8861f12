"""What the desk makes of the rooms' news."""

from functools import partial

from django.dispatch import receiver

from common.hints import tell_of
from refunds.signals import pack_asked

tell_worker = partial(tell_of, "workbench.tasks.make_evidence_packs")


@receiver(pack_asked)
def have_the_pack_made(sender, *, pack, writes, **kwargs) -> None:
    """A worker sets it, in the words of the desk."""
    writes.hint(tell_worker, pack.pk)
