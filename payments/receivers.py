"""What this room does when lower rooms have news."""

from django.dispatch import receiver

from payments.models import LedgerAccount, account_id
from payments.states import AccountKind
from stores.signals import store_created


@receiver(store_created)
def open_accounts(sender, store, **kwargs) -> None:
    """A new store gets its ledger accounts."""
    LedgerAccount.objects.bulk_create(
        LedgerAccount(id=account_id(store.pk, kind), store=store, kind=kind) for kind in AccountKind.values
    )
