"""What anybody may read: which items of a store carry the badge, for live rooms (R6)."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from common.tenancy import system_scope, tenant_scope
from refunds.returnless.promises import covered_items, enrolment_in_force
from stores.models import Store

FRESH_S = 30


@require_safe
@cache_control(public=True, max_age=FRESH_S)
def public_badges(request: HttpRequest, code: str) -> JsonResponse:
    """`{"certified", "items": [{"item_id", "badge": true}]}`.

    A store that is unknown, not on the programme or not yet in force answers alike: nothing tells whether it exists.
    """
    with system_scope():
        store = Store.objects.filter(code=code).first()
    found, covered = None, []
    if store is not None and store.rules.returnless_version:
        with tenant_scope(store.pk):
            found = enrolment_in_force(store.pk)
            covered = covered_items(found, at=request.now)
    body = {"certified": found is not None, "items": [{"item_id": item_id, "badge": True} for item_id in covered]}
    return JsonResponse(body, headers={"Access-Control-Allow-Origin": "*"})
