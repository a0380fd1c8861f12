"""What the refund's pages share: the time zone of its store."""

from functools import wraps

from workbench.kit.deciding import in_zone_of


def in_store_time(view):
    """Find the refund (or what is about one) and show a page about it in the time zone of its store."""

    @wraps(view)
    def inner(self, request, object_id, **kwargs):
        row = self.find(request, object_id)
        return in_zone_of(row, view, self, request, row, **kwargs)

    return inner
