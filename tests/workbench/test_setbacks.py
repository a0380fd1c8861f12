"""What sweeps have failed at, as the operator sees it and lets it be tried again."""

import pytest

from common.models import Event, Setback
from common.tenancy import system_scope
from tests.workbench.test_cases import text
from workbench.platform.setbacks import SetbackAdmin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_what_sweeps_failed_at_is_the_operators_who_lets_it_be_tried_again(taote, sign_in):
    with system_scope():
        setback = Setback.objects.create(
            sweep="deadlines", key="refund-7", attempts=8, needs_attention=True, last_error="DataError 22003"
        )
    operator, owner = sign_in("operator"), sign_in("owner", taote)
    page = f"common/setback/{setback.pk}/change/"
    assert "refund-7" in text(operator.get("common/setback/"))
    assert "DataError 22003" in text(operator.get(page))
    assert "&lt;" not in text(operator.get(page)), "no markup as text"
    assert [owner.get(path).status_code for path in ("common/setback/", page)] == [403, 403]
    resume = f"common/setback/{setback.pk}/resume/"
    assert owner.post(resume).status_code == 403
    assert operator.post(resume).status_code == 302
    setback.refresh_from_db()
    assert (setback.attempts, setback.needs_attention, setback.next_attempt_at is None) == (0, False, False)
    with system_scope():
        [told] = Event.objects.filter(name="setback.resumed")
    assert (told.store_id, told.actor_id) == (None, f"user:{operator.user.pk}")
    assert told.data == {"sweep": "deadlines", "key": "refund-7", "attempts": 8, "error": "DataError 22003"}
    assert "refund-7" in text(operator.get("changes/?area=work"))
    assert "refund-7" not in text(owner.get("changes/"))


def test_a_setback_that_is_done_before_it_is_tried_again_is_not_found(sign_in, monkeypatch):
    with system_scope():
        setback = Setback.objects.create(sweep="deadlines", key="refund-7", attempts=8, needs_attention=True)
    find = SetbackAdmin.find

    def find_and_lose(self, request, object_id):
        found = find(self, request, object_id)
        Setback.objects.filter(pk=setback.pk).delete()
        return found

    monkeypatch.setattr(SetbackAdmin, "find", find_and_lose)
    assert sign_in("operator").post(f"common/setback/{setback.pk}/resume/").status_code == 404
