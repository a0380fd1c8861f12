"""The categories of goods that marketplaces open to retention."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.words import in_one_language
from stores import marketplaces


class CategoryOpening(models.Model):
    """A product category that a marketplace has opened to retention, from a date on; edited by the operator (Q2)."""

    marketplace = models.CharField(_("marketplace"), max_length=20, choices=marketplaces.choices)
    category = models.CharField(_("category id"), max_length=50)
    name = models.CharField(_("name"), max_length=100)
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"), null=True, blank=True)

    class Meta:
        verbose_name = _("opened category")
        verbose_name_plural = _("opened categories")
        ordering = ["marketplace", "opens_on", "category"]
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "category"], name="category_opening_once"),
            models.CheckConstraint(
                condition=models.Q(closes_on__isnull=True) | models.Q(closes_on__gt=models.F("opens_on")),
                name="category_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{in_one_language(self.name)} ({self.category})"


def open_categories(marketplace: str, on) -> models.QuerySet:
    """Ids of the categories that are open on a date."""
    return (
        CategoryOpening.objects.filter(marketplace=marketplace, opens_on__lte=on)
        .exclude(closes_on__lte=on)
        .values("category")
    )
