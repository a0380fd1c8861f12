"""E-mails as rows: sent by workers over SMTP, tried again, left to a person, forgotten."""

from uuid import uuid4

import pytest

from common import clock as wall
from common.errors import Refused
from common.obligations import MAX_ATTEMPTS
from common.tenancy import system_scope
from config.mail import mail_settings
from stores.models import Letter
from stores.people import sending
from stores.people.letters import resume_letter, write_letter
from stores.people.sending import forget_letters, send_letters
from stores.states import LetterKind
from tests.world import OPERATOR, make_user, wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db, clock):
    """Somebody to write to."""
    return make_user("anna")


def write(user, to="anna@example.com", **data) -> Letter:
    with system_scope():
        write_letter(LetterKind.CONFIRM_ADDRESS, to=to, user=user, now=wall.now(), **data)
    return Letter.objects.latest("id")


def state(letter: Letter) -> tuple:
    letter.refresh_from_db()
    return letter.attempts, letter.sent_at is not None, letter.needs_attention, letter.next_attempt_at is not None


def test_what_is_written_is_sent_once(anna, mailbox):
    letter = write(anna)
    assert send_letters() == 1
    assert send_letters() == 0
    [message] = mailbox.arrived
    assert message["Message-ID"] == f"<{letter.pk}@example.com>"
    assert (message["From"], message["To"]) == ("Wanliu <desk@example.com>", "anna@example.com")
    assert message["Auto-Submitted"] == "auto-generated"
    assert "https://desk.example.com/admin/account/address/" in message.get_content()
    assert state(letter) == (1, True, False, False)


def test_it_is_in_the_language_in_which_it_was_asked_for(anna, mailbox):
    from django.utils import translation

    with translation.override("zh-hans"):
        write(anna)
    send_letters()
    assert mailbox.texts()[0][1] == "确认您的邮箱地址"


def test_a_server_that_is_down_gets_it_later_and_in_the_end_a_person(anna, mailbox, settings):
    letter, port = write(anna), settings.EMAIL_PORT
    settings.EMAIL_PORT = 9  # nobody listens there
    for attempt in range(1, MAX_ATTEMPTS):
        assert send_letters() == 1
        assert state(letter) == (attempt, False, False, True)
        assert letter.last_error == "no connection"
        assert send_letters() == 0, "not at once"
        wait(hours=2)
    send_letters()
    assert state(letter) == (MAX_ATTEMPTS, False, True, False)
    settings.EMAIL_PORT = port
    with system_scope():
        resume_letter(letter=letter, actor=OPERATOR, now=wall.now())
    assert send_letters() == 1
    assert state(letter) == (1, True, False, False)
    with system_scope(), pytest.raises(Refused):
        resume_letter(letter=letter, actor=OPERATOR, now=wall.now())


def test_who_is_slower_than_its_lease_notes_nothing_of_a_letter_that_another_has(anna, mailbox, monkeypatch):
    letter, other = write(anna), uuid4()

    def stands_still(letter):
        Letter.objects.filter(pk=letter.pk).update(leased_by=other)

    monkeypatch.setattr(sending, "_message", stands_still)
    assert send_letters() == 1
    letter.refresh_from_db()
    assert (letter.leased_by, state(letter)) == (other, (1, False, False, True))


@pytest.mark.parametrize(("answer", "is_final"), [("550 No such user", True), ("451 Try later", False)])
def test_an_address_that_is_refused_for_good_is_not_tried_again(anna, mailbox, answer, is_final):
    mailbox.refuses["gone@example.com"] = answer
    refused, good = write(anna, "gone@example.com"), write(anna)
    assert send_letters() == 2
    assert state(refused) == (1, False, is_final, not is_final)
    assert answer[:3] in refused.last_error
    assert state(good)[1], "the next one doesn't wait for it"


def test_nothing_in_a_name_breaks_a_header(anna, mailbox, taote):
    from stores.people.invitations import invite

    taote.store.name = "Quilts\r\nBcc: everybody@example.com"
    taote.store.save(update_fields=["name"])
    with taote.scope():
        invite(store=taote.store, email="anna@example.com", role="viewer", actor=OPERATOR, now=wall.now())
    send_letters()
    [message] = mailbox.arrived
    assert message["Subject"] == "Invitation to Quilts Bcc: everybody@example.com"
    assert message["Bcc"] is None


def test_without_a_mail_server_nothing_is_written(anna):
    with system_scope():
        write_letter(LetterKind.CONFIRM_ADDRESS, to="anna@example.com", user=anna, now=wall.now())
    assert not Letter.objects.exists()


def test_letters_are_forgotten_after_thirty_days(anna, mailbox, clock):
    write(anna)
    clock.move(days=29)
    assert forget_letters() == 0
    write(anna)
    clock.move(days=1, seconds=1)
    assert forget_letters() == 1
    assert Letter.objects.count() == 1


def test_workers_are_told_once_the_letter_is_committed(anna, mailbox, broker_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write(anna)
        assert broker_tasks == []
    assert broker_tasks == [("stores.tasks.send_letters", {})]


def test_the_settings_of_a_mail_server():
    assert mail_settings("", sender="") == {"MAIL_IS_SET_UP": False}
    named = mail_settings("submission://anna:p%40ss@mail.example.com", sender="Wanliu <desk@example.com>")
    assert (named["EMAIL_HOST"], named["EMAIL_PORT"], named["EMAIL_USE_TLS"]) == ("mail.example.com", 587, True)
    assert (named["EMAIL_HOST_PASSWORD"], named["EMAIL_TIMEOUT"]) == ("p@ss", 15)


def test_a_reset_that_was_asked_for_yesterday_is_not_sent_any_more(anna, mailbox, clock):
    anna.email = "anna@example.com"
    anna.save()
    with system_scope():
        write_letter(LetterKind.PASSWORD_RESET, to="anna@example.com", now=wall.now())
    clock.move(days=1, seconds=1)
    assert send_letters() == 1
    assert mailbox.arrived == []
