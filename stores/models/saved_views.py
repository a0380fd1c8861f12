"""What somebody looks at again and again: a list of the desk with its tab, filters and search under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.tenancy import TenantModel

LONGEST_QUERY = 500


class SavedView(TenantModel):
    """A list's address under a name, of one person in one store.

    `list_name` is the list's model (`refunds.refund`), `query` what stands behind the question mark. What is shared is
    seen by everybody in the store; with `is_default` the list opens like this for its owner.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=LONGEST_QUERY)
    is_shared = models.BooleanField(_("for everybody in the store"), default=False)
    is_default = models.BooleanField(_("the list opens like this"), default=False)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["store", "owner", "list_name", "name"], name="saved_view_name_once"),
            models.UniqueConstraint(
                fields=["store", "owner", "list_name"], condition=Q(is_default=True), name="saved_view_default_once"
            ),
        ]
        indexes = [models.Index(fields=["store", "list_name"], name="saved_view_of_list")]

    def __str__(self) -> str:
        return self.name
