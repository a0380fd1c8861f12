"""What has changed is listed in windows, read, and mirrored: nothing is missed, and an older copy never wins."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from common.models import Event
from common.obligations import MAX_ATTEMPTS
from connectors import working
from connectors.looking_back import fetch_past
from connectors.models import Connection
from connectors.states import ConnectionStatus
from connectors.taking import take_copy
from connectors.talking import SILENT_AFTER, LeaseLost, held
from connectors.working import LATEST, SOONEST
from tests.connectors.conftest import Connected, ago
from tests.connectors.toy import Toy, copy_of
from tests.world import MERCHANT, NOON, make_shop

LAG = Toy.windows.lag


def windows(connected) -> list[tuple[float, float]]:
    """Each window that was listed, in seconds before noon."""
    lists = connected.server.calls("list")
    return [(each["since"] - NOON.timestamp(), each["until"] - NOON.timestamp()) for each in lists if not each["page"]]


def test_everything_changed_since_the_day_before_is_mirrored(connected):
    for number in range(8):  # three pages in one window
        connected.server.put(f"R{number}", ago(minutes=20))
    connected.server.put("old", ago(hours=23))
    counts = connected.turn()
    assert connected.mirror() == {f"R{number}": (1, "asked") for number in range(8)} | {"old": (1, "asked")}
    assert counts["changed"] == 9
    assert connected.connection.cursor == NOON - LAG


def test_what_a_new_refund_costs(connected, django_assert_num_queries):
    """Its scope, two savepoints, two locks, goods, everything that follows in one statement, and the copy."""
    first, second = (copy_of(connected.server.put(name)) for name in ("R1", "R2"))
    take_copy(connected.connection, first, read_at=NOON, now=NOON)
    connection = connected.connection
    with django_assert_num_queries(11):
        assert take_copy(connection, second, read_at=NOON, now=NOON)


def test_windows_follow_each_other_with_an_overlap_and_end_behind_the_clock(connected):
    connected.turn()
    listed = windows(connected)[1:]  # the first one tried the keys
    assert all(until - since <= 6 * 3600 for since, until in listed)
    assert all(after[0] == before[1] - 5 * 60 for before, after in pairwise(listed))
    assert listed[-1][1] == -LAG.total_seconds()
    assert listed[0][0] == -timedelta(days=1, minutes=5).total_seconds()


def test_a_refund_that_changes_again_is_found_by_its_change(connected, clock):
    connected.server.put("R1", ago(hours=20))
    connected.turn()
    connected.server.put("R1", NOON + timedelta(minutes=10), status="agreed")
    clock.move(hours=1)
    counts = connected.turn()
    assert connected.mirror() == {"R1": (2, "agreed")}
    assert counts["read"] == 1


def test_what_is_known_is_not_read_again(connected, clock):
    connected.server.put("R1", ago(minutes=5))
    connected.turn()
    clock.move(minutes=1)
    connected.turn()  # the overlap lists it once more
    assert len(connected.server.calls("read")) == 1


def test_two_changes_in_one_second_are_both_seen(connected, clock):
    """A copy that was read within the second of its change is read once more when its window is listed."""
    connected.server.put("R1", NOON)
    take_copy(connected.connection, copy_of(connected.server.refunds["R1"]), read_at=NOON, now=NOON)
    connected.server.refunds["R1"]["status"] = "refused"  # the same second, the same version
    clock.move(minutes=10)
    connected.turn()
    assert connected.mirror() == {"R1": (1, "refused")}


def test_the_less_happens_the_longer_nobody_looks(connected, clock):
    def pause() -> timedelta:
        with connected.shop.scope():
            row = Connection.objects.timed().get()
            return row.next_attempt_at - row.database_now

    connected.server.put("R1", ago(minutes=5))
    connected.turn(most=1)
    assert pause() <= SOONEST
    clock.move(hours=1)
    connected.turn(most=1)
    assert timedelta(minutes=2) < pause() <= timedelta(minutes=3)
    clock.move(days=1)
    connected.turn(most=9)
    assert timedelta(minutes=4) < pause() <= LATEST


class TestNewerWins:
    """Copies are ordered by their version, whenever they arrive."""

    def test_an_older_copy_that_comes_late_changes_nothing(self, connected):
        first = copy_of(connected.server.put("R1", ago(minutes=9)))
        second = copy_of(connected.server.put("R1", ago(minutes=8), status="agreed"))
        assert take_copy(connected.connection, second, read_at=NOON, now=NOON)
        assert not take_copy(connected.connection, first, read_at=NOON + timedelta(hours=1), now=NOON)
        assert connected.mirror() == {"R1": (2, "agreed")}

    def test_of_two_copies_of_one_version_the_one_that_was_read_later_counts(self, connected):
        kept = connected.server.put("R1", ago(minutes=9))
        later = copy_of({**kept, "status": "refused"})
        assert take_copy(connected.connection, later, read_at=NOON + timedelta(seconds=1), now=NOON)
        assert not take_copy(connected.connection, copy_of(kept), read_at=NOON, now=NOON)
        assert connected.mirror() == {"R1": (1, "refused")}

    def test_a_deadline_told_in_seconds_left_is_no_news(self, connected):
        copy = copy_of(connected.server.put("R1"))
        take_copy(connected.connection, copy, read_at=NOON, now=NOON)
        later = {"read_at": NOON + timedelta(hours=1), "now": NOON}
        shaken = replace(copy, deadline=copy.deadline + timedelta(seconds=1))
        assert not take_copy(connected.connection, shaken, **later)
        longer = replace(copy, deadline=copy.deadline + timedelta(hours=1))
        assert take_copy(connected.connection, longer, read_at=NOON + timedelta(hours=2), now=NOON)


class TestTrouble:
    """What goes wrong delays this shop, and loses nothing."""

    def test_a_window_that_fails_in_the_middle_is_listed_again(self, connected, clock):
        for number in range(7):
            connected.server.put(f"R{number}", ago(minutes=20))
        second = [{"hang_up": True}]
        connected.server.faults["list"] = [lambda body: second.pop() if body["page"] and second else None] * 9
        connected.turn(most=1)
        assert len(connected.mirror()) == 3
        assert connected.connection.cursor <= ago(minutes=20)
        connected.turn()
        assert len(connected.mirror()) == 7

    def test_one_that_nobody_answers_about_holds_up_no_other_and_is_a_persons_in_the_end(self, connected, clock):
        """Whether a list names it or a message does."""
        for number in range(7):
            connected.server.put(f"R{number}", ago(minutes=20))
        silent = {"R1": {"hang_up": True}, "R4": {"error": "fault"}}
        connected.server.faults["read"] = [lambda body: silent.get(body["id"])] * 1000
        connected.server.messages = [{"id": "M1", "refund": "R4"}]
        connected.turn(most=1)
        assert len(connected.mirror()) == 5
        assert (connected.connection.cursor, connected.connection.last_error) == (NOON - LAG, "")
        for _ in range(MAX_ATTEMPTS):
            connected.turn(hours=2)
        assert [connected.row(name).needs_look for name in ("R1", "R4")] == [True, True]
        silent.clear()
        connected.server.put("R1", NOON, status="agreed")
        clock.move(hours=1)
        connected.turn()
        assert (connected.row("R1").problem, connected.mirror()["R1"]) == ("", (2, "agreed"))

    def test_while_nobody_answers_about_any_few_are_asked_for_and_all_are_read_later(self, connected):
        for number in range(12):
            connected.server.put(f"R{number}", ago(minutes=20))
        connected.server.faults["read"] = [{"hang_up": True}] * 1000
        connected.turn(most=1)
        asked = len(connected.server.calls("read"))
        assert (asked <= 3 * SILENT_AFTER, connected.mirror()) == (True, {})
        connected.server.faults["read"] = []
        connected.turn(hours=1)
        assert len(connected.mirror()) == 12

    def test_a_platform_that_is_down_for_a_day_is_asked_on(self, connected, clock):
        connected.server.put("R1", ago(minutes=20))
        connected.server.faults["list"] = [{"status_code": 500}] * 30
        for _ in range(12):
            connected.turn(hours=2)
        assert connected.connection.status == ConnectionStatus.CONNECTED
        assert not connected.connection.needs_attention
        connected.server.faults["list"] = []
        connected.turn(hours=2)
        assert connected.mirror() == {"R1": (1, "asked")}
        assert connected.connection.last_error == ""

    def test_one_bad_row_is_put_aside_and_the_others_go_on(self, connected):
        for number in range(3):
            connected.server.put(f"R{number}", ago(minutes=20))
        connected.server.faults["read"] = [lambda body: {"error": "refused"} if body["id"] == "R1" else None] * 9
        connected.turn()
        aside = [name for name in ("R0", "R1", "R2") if connected.row(name).needs_look and connected.row(name).problem]
        assert [connected.row(name).problem for name in aside] == ["The marketplace said: 40 isv.bad"]
        assert connected.connection.cursor == NOON - LAG

    def test_what_was_put_aside_is_tried_again_by_the_comparison(self, connected, clock):
        connected.server.put("R1", ago(minutes=20))
        connected.server.faults["read"] = [{"error": "refused"}]
        connected.turn()
        clock.move(hours=37)
        connected.turn()
        assert connected.mirror() == {"R1": (1, "asked")}
        assert "40 isv.bad" not in connected.row("R1").problem

    def test_a_row_that_is_not_there_yet_is_read_later(self, connected, clock):
        connected.server.put("R1", ago(minutes=20))
        connected.server.faults["read"] = [{"error": "not there"}]
        connected.turn()
        assert connected.mirror() == {}
        connected.turn(minutes=2)
        assert connected.mirror() == {"R1": (1, "asked")}

    def test_an_unknown_status_is_shown_as_it_came_and_for_a_look(self, connected):
        connected.server.put("R1", ago(minutes=20), status="SOMETHING_NEW")
        connected.turn()
        row = connected.row("R1")
        assert (row.raw_status, row.stage, row.needs_look) == ("SOMETHING_NEW", "unknown", True)

    def test_a_window_with_too_much_in_it_is_listed_in_parts(self, connected):
        connected.server.most_in_a_window = 2
        for number in range(9):
            connected.server.put(f"R{number}", ago(minutes=20, seconds=-30 * number))
        connected.turn()
        assert len(connected.mirror()) == 9
        assert connected.connection.cursor == NOON - LAG

    def test_a_throttled_list_waits_as_long_as_was_said(self, connected, clock):
        connected.server.put("R1", ago(minutes=20))
        connected.server.faults["list"] = [{"error": "throttled"}]
        connected.turn(most=1)
        before = len(connected.server.calls("list"))
        assert connected.turn(seconds=30) == {}
        connected.turn(most=1, seconds=60)
        assert len(connected.server.calls("list")) == before, "the ban of 77 s goes by the clock of Valkey"

    def test_another_shop_does_not_wait_for_this_one(self, connected, server):
        other = Connected(make_shop("taote"), server)
        other.connect(app_key="app-2", refresh_token="")
        connected.server.faults["list"] = [{"error": "throttled"}]
        connected.turn(most=1)
        server.put("R1", ago(minutes=20))
        assert other.turn()["changed"] == 1


class TestTokens:
    """Renewed ahead of their end, kept before they are used, and never by two."""

    def test_a_token_that_is_over_in_the_middle_of_a_window_is_renewed_and_the_window_listed_anew(self, connected):
        for number in range(7):
            connected.server.put(f"R{number}", ago(minutes=20))
        connected.server.faults["list"] = [None] * 6 + [{"error": "token"}]
        connected.turn()
        assert len(connected.mirror()) == 7
        assert connected.server.refreshes == 1

    def test_it_is_renewed_ahead_of_its_end(self, connected, clock):
        connected.connect(access_token="")
        assert connected.server.refreshes == 1
        clock.move(minutes=111)
        connected.turn()
        assert connected.server.refreshes == 2
        assert connected.connection.expires_at == NOON + timedelta(minutes=111 + 120)

    def test_an_authorisation_that_was_taken_back_stops_and_goes_on_where_it_was(self, connected, clock):
        connected.turn()
        cursor = connected.connection.cursor
        connected.server.token = connected.server.refresh_token = "other"
        clock.move(hours=1)
        connected.turn()
        connection = connected.connection
        assert (connection.status, connection.cursor) == (ConnectionStatus.NEEDS_AUTHORISATION, cursor)
        assert "authorise the shop anew" in connection.words
        assert connection.next_attempt_at is None
        connected.server.put("R1", NOON + timedelta(minutes=5))
        connected.connect(now=NOON + timedelta(hours=1))
        connected.turn()
        assert connected.mirror() == {"R1": (1, "asked")}

    def test_who_has_lost_the_lease_keeps_nothing(self, connected):
        connection = connected.connection
        with connected.shop.scope():
            Connection.objects.filter(pk=connection.pk).update(leased_by=connected.shop.address.pk)
            with pytest.raises(LeaseLost):
                held(connection)


class TestThePast:
    """Fetched when somebody asks for it, with a date; compared each night."""

    def test_it_is_fetched_from_a_date_and_says_how_far_it_is(self, connected):
        connected.server.put("ancient", ago(days=4))
        with connected.shop.scope():
            fetch_past(store_id=connected.shop.store.pk, since=ago(days=5), actor=MERCHANT, now=NOON)
        assert connected.connection.progress == 0
        connected.turn()
        assert connected.mirror() == {"ancient": (1, "asked")}
        assert (connected.connection.look_back, connected.connection.progress) == ("", 1)
        with connected.shop.scope():
            [done] = Event.objects.filter(name="connection.past_done")
        assert done.data["missed"] == 0

    def test_it_goes_no_further_back_than_the_platform_lists(self, connected, monkeypatch):
        monkeypatch.setattr(working, "TURN_S", 1)
        with connected.shop.scope():
            fetch_past(store_id=connected.shop.store.pk, since=ago(days=400), actor=MERCHANT, now=NOON)
        assert connected.connection.looked_from == ago(days=90)
        connected.turn(most=1)
        assert min(since for since, _until in windows(connected)) >= -90 * 86400

    def test_what_both_pull_and_messages_missed_is_found_at_night(self, connected, clock):
        connected.turn()
        connected.server.put("late", ago(hours=2))  # written into a window that was listed already
        clock.move(hours=15)  # three in the morning, and nobody has compared yet
        connected.turn()
        assert connected.mirror() == {}
        clock.move(hours=24)
        connected.turn()
        assert connected.mirror() == {"late": (1, "asked")}
        with connected.shop.scope():
            [done] = Event.objects.filter(name="connection.past_done")
        assert done.data["missed"] == 1
