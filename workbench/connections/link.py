"""Coming back from the platform where the merchant has let us in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from common.errors import Refused
from common.tenancy import tenant_scope
from connectors.linking import come_back, opened_link
from connectors.models import Connection
from connectors.platforms import PLATFORMS
from stores.permissions import MANAGE_STORE, actor_of, can

LONGEST_WORDS = 200


def callback_address(request: HttpRequest, platform: str) -> str:
    """Where a platform sends the merchant back to: the address that is registered in its console."""
    return request.build_absolute_uri(reverse("platform-callback", args=[platform]))


@require_GET
@sensitive_variables("code")
def authorised(request: HttpRequest, platform: str) -> HttpResponseRedirect:
    """To the connection's page, with the shop authorised or with what went wrong; 404 for no platform."""
    if platform not in PLATFORMS:
        raise Http404
    try:
        connection = _let_in(request, platform)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(_page_of_link(request))
    messages.success(request, _("The shop is authorised and is read from now on."))
    return HttpResponseRedirect(reverse("admin:connectors_connection_change", args=[connection.pk]))


def _page_of_link(request: HttpRequest) -> str:
    """Where another link is made: the page of the connection whose link it was, else the list of what they own."""
    try:
        told = {"state": request.GET.get("state", ""), "user": actor_of(request.user).id, "now": request.now}
        store_id, _nonce = opened_link(**told)
    except Refused:
        is_owner = request.user.has_perm("connectors.view_connection")
        return reverse("admin:connectors_connection_changelist" if is_owner else "admin:index")
    if not can(request.user, MANAGE_STORE, store_id):
        return reverse("admin:index")
    with tenant_scope(store_id):
        connection_id = Connection.objects.for_store(store_id).values_list("pk", flat=True).get()
    return reverse("admin:connectors_connection_change", args=[connection_id])


def _let_in(request: HttpRequest, platform: str) -> Connection:
    """The connection, authorised. In no transaction: it asks the network. Refused, in the sentence of what is wrong."""
    actor, told = actor_of(request.user), request.GET
    store_id, _nonce = opened_link(state=told.get("state", ""), user=actor.id, now=request.now)
    if not can(request.user, MANAGE_STORE, store_id):
        raise Refused("not_yours", _("You don't own this store any more: ask an owner to authorise the shop."))
    if said := told.get("error_description") or told.get("error"):
        words = {"said": Truncator(said).chars(LONGEST_WORDS)}
        raise Refused("not_authorised", _("The shop wasn't authorised. The marketplace said: %(said)s") % words)
    code = told.get("code", "")
    if not code:
        raise Refused("not_authorised", _("The marketplace sent no code: authorise the shop once more."))
    callback = callback_address(request, platform)
    return come_back(state=told["state"], code=code, user=actor.id, callback=callback, actor=actor, now=request.now)
