"""What happens when somebody signs in, however they do."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from common import clock
from common.tenancy import system_scope
from common.web.proxies import client_address
from common.web.sessions import agent_of, browser_of
from stores.people.sign_ins import note_sign_in
from stores.permissions import actor_of

DEVICE = "device"  # in a session: the id of the Device that it is on


@receiver(user_logged_in)
def note_device(request, user, **_of_the_signal) -> None:
    """Know the browser again the next time, and tell its person of one that is new."""
    with system_scope():
        device = note_sign_in(
            user=user,
            browser=browser_of(request),
            agent=agent_of(request),
            address=client_address(request),
            actor=actor_of(user),
            now=clock.now(),
        )
    request.session[DEVICE] = str(device.pk)
