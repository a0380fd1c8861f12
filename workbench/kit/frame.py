"""What the refund's pages share: the time zone of its store, and the way back to it."""

from functools import wraps

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from refunds.models import Refund


def in_store_time(view):
    """Find the refund (or what is about one) and show a page about it in the time zone of its store."""

    @wraps(view)
    def inner(self, request, object_id, **kwargs):
        refund = self.find(request, object_id)
        with timezone.override(refund.store.time_zone):
            response = view(self, request, refund, **kwargs)
            return response.render() if hasattr(response, "render") else response

    return inner


def back_to(refund: Refund, anchor: str = "") -> HttpResponseRedirect:
    """Back to the refund's page."""
    return HttpResponseRedirect(reverse("admin:refunds_refund_change", args=[refund.pk]) + anchor)
