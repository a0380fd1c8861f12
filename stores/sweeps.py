"""What falls due for people."""

from common.upkeep import Sweep
from stores.people.sending import forget_letters, send_letters
from stores.people.sign_ins import forget_devices
from stores.retention import INVITATIONS, SIGN_INS, TRIES
from stores.sessions import forget_sessions

SWEEPS = (
    Sweep("e-mails sent", send_letters, "stores.tasks.send_letters"),
    Sweep("expired sessions forgotten", forget_sessions, "stores.tasks.forget_people"),
    Sweep("unused devices forgotten", forget_devices, "stores.tasks.forget_people"),
    Sweep("old e-mails forgotten", forget_letters, "stores.tasks.forget_people"),
    Sweep(INVITATIONS.name, INVITATIONS.step, "common.tasks.forget_what_is_old"),
    Sweep(SIGN_INS.name, SIGN_INS.step, "common.tasks.forget_what_is_old"),
    Sweep(TRIES.name, TRIES.step, "common.tasks.forget_what_is_old"),
)
