"""Copies for people become e-mails: what is due for one person and store is one letter, which stores.people sends."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.actions import bookkeeping
from common.setbacks import sweep_rows
from notices.kinds import KINDS
from notices.models import DeskNotice, NoticeCopy, NoticeTerms
from notices.states import CopyError, CopyStatus
from notices.telling import is_mailed
from notices.wording import words_of
from stores.models import Membership, User
from stores.people.letters import write_letter
from stores.states import LetterKind, MemberRole

COPIES_AT_ONCE = 500
MOST_LINES = 30


def write_letters() -> int:
    """Have up to COPIES_AT_ONCE copies that are due sent by e-mail; returns how many that were."""
    return sweep_rows("e-mails of notices", _due, _write, limit=COPIES_AT_ONCE)


def _due() -> QuerySet[NoticeCopy]:
    rows = NoticeCopy.objects.in_scope().filter(person__isnull=False, status=CopyStatus.WAITING, due_at__lte=Now())
    rows = rows.select_related("notice__store", "person").order_by("pk")
    return rows.select_for_update(of=("self",), skip_locked=True, no_key=True)


@bookkeeping("What an e-mail tells of is on record.")
def _write(copies: Sequence[NoticeCopy]) -> None:
    store_ids = {copy.store_id for copy in copies}
    terms = {each.store_id: each for each in NoticeTerms.objects.filter(store__in=store_ids)}
    wanted = _wanted(copies, terms)
    told: dict[tuple[int, User], list[DeskNotice]] = defaultdict(list)
    for copy in wanted:
        told[copy.store_id, copy.person].append(copy.notice)
    for (store_id, user), notices in told.items():
        with translation.override(terms[store_id].language):
            _letter(user, notices, _readers(terms[store_id], notices))
    rows = NoticeCopy.objects.filter(pk__in=[copy.pk for copy in copies])
    rows.filter(pk__in=[copy.pk for copy in wanted]).update(status=CopyStatus.SENT, sent_at=clock.wall())
    rows.filter(status=CopyStatus.WAITING).update(status=CopyStatus.FAILED, error=CopyError.NOT_WANTED)


def _wanted(copies: Sequence[NoticeCopy], terms: Mapping[int, NoticeTerms]) -> list[NoticeCopy]:
    """Those for whoever is still of the store, to be told, and has an address: a copy may have waited for hours."""
    members = Membership.objects.filter(store__in=terms, user__in={copy.person_id for copy in copies})
    members = members.filter(user__is_active=True)
    roles = {(store_id, user_id): role for store_id, user_id, role in members.values_list("store", "user", "role")}
    return [
        copy
        for copy in copies
        if copy.person.email
        and copy.notice.kind in KINDS
        and is_mailed(terms[copy.store_id], KINDS[copy.notice.kind], roles.get((copy.store_id, copy.person_id)))
    ]


def _readers(terms: NoticeTerms, notices: Sequence[DeskNotice]) -> list[str]:
    """The roles that may get all of these by e-mail: whoever has none of them any more gets none of it."""
    kinds = {KINDS[notice.kind] for notice in notices}
    return [role for role in MemberRole.values if all(is_mailed(terms, kind, role) for kind in kinds)]


def _letter(user: User, notices: Sequence[DeskNotice], roles: Sequence[str]) -> None:
    first = sorted(notices, key=lambda notice: (not notice.is_urgent, notice.pk))
    words = [words_of(notice) for notice in first[:MOST_LINES]]
    store = first[0].store
    count = ngettext("%(count)d notice", "%(count)d notices", len(first)) % {"count": len(first)}
    subject = words[0].title if len(first) == 1 else count
    lines = ["\n".join(part for part in each if part) for each in words]
    if len(first) > MOST_LINES:
        more = len(first) - MOST_LINES
        lines.append(ngettext("… and %(count)d more", "… and %(count)d more", more) % {"count": more})
    write = partial(write_letter, LetterKind.NOTICES, to=user.email, user=user, now=clock.wall())
    subject = _("%(store)s: %(notices)s") % {"store": store.name, "notices": subject}
    write(subject=subject, lines=lines, store=store.pk, roles=roles)
