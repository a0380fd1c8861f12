"""What of this room goes after a while; and answers to calls, which are nobody's in particular."""

from common.idempotency import ANSWERS
from stores.people.sending import LETTERS
from stores.people.sign_ins import DEVICES
from stores.sessions import SESSIONS

RETENTIONS = (ANSWERS, SESSIONS, DEVICES, LETTERS)
