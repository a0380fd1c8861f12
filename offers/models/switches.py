"""Each method has its own switch with a date from which it is available, per marketplace and per store (Q4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.tenancy import TenantModel
from offers.registry import method_choices
from stores import marketplaces


class MarketplaceMethod(models.Model):
    """The platform's switch for a method on a marketplace; edited by the operator.

    Without a row the method is available.
    """

    marketplace = models.CharField(_("marketplace"), max_length=20, choices=marketplaces.choices)
    method = models.CharField(_("method"), max_length=30, choices=method_choices)
    is_on = models.BooleanField(_("on"), default=True)
    available_from = models.DateField(_("available from"))

    class Meta:
        verbose_name = _("method of a marketplace")
        verbose_name_plural = _("methods of marketplaces")
        ordering = ["marketplace", "available_from", "method"]
        constraints = [models.UniqueConstraint(fields=["marketplace", "method"], name="marketplace_method_once")]

    def __str__(self) -> str:
        return f"{self.get_marketplace_display()}: {self.get_method_display()}"


class StoreMethod(TenantModel):
    """A store's own switch for a method. Without a row the marketplace's switch decides."""

    method = models.CharField(_("method"), max_length=30, choices=method_choices)
    is_on = models.BooleanField(_("on"), default=True)
    available_from = models.DateField(_("available from"))

    class Meta:
        verbose_name = _("method of a store")
        verbose_name_plural = _("methods of stores")
        ordering = ["method"]
        constraints = [models.UniqueConstraint(fields=["store", "method"], name="store_method_once")]

    def __str__(self) -> str:
        return self.get_method_display()
