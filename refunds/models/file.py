"""A file that somebody showed, as it is kept: made harmless first, under a name that tells nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import uploads
from common.ids import new_id
from common.tenancy import TenantModel


class KeptFile(TenantModel):
    """A photograph, film or paper.

    `stored_as` is its name in the storage, which tells nothing; `name` is what people call it; `type` is what
    the bytes are.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    stored_as = models.CharField(max_length=100, editable=False)
    name = models.CharField(_("name"), max_length=uploads.LONGEST_NAME)
    note = models.CharField(_("note"), max_length=300, blank=True)
    type = models.CharField(_("type"), max_length=30)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    author = models.CharField(_("author"), max_length=150, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether its pixels are what it is, as we wrote them ourselves."""
        return self.type.startswith("image/")

    @property
    def is_film(self) -> bool:
        """Whether it is to be played."""
        return self.type == uploads.MP4

    @property
    def is_shown(self) -> bool:
        """Whether it may be shown in a page: we wrote its container ourselves."""
        return self.is_image or self.is_film
