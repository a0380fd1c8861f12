"""What is decided about a parcel that nobody announced: put aside, described, photographed, assigned, ended."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.uploads import clean_upload
from orders.waybills import carrier_typed
from refunds.models import UnclaimedParcel
from refunds.models.unclaimed import LONGEST_GOODS, LONGEST_REASON
from refunds.platform.evidence import stored
from refunds.states import UnclaimedStatus
from refunds.unclaimed.ending import end_parcel
from refunds.unclaimed.matching import assign_parcel
from refunds.unclaimed.recording import (
    add_parcel_photo,
    describe_parcel,
    put_parcel_aside,
    why_not_photograph,
    why_not_touch,
)
from stores.permissions import INSPECT_RETURNS
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.waybills import CarrierInput
from workbench.station.photos import PhotographForm

READ = ("carrier", "phone_end", "goods", "note")


class ReadOnParcelForm(DecisionForm):
    """What can be read on the parcel; nothing of it has to be."""

    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False, widget=CarrierInput)
    phone_end = forms.CharField(
        label=_("Sender's phone, last four"),
        max_length=4,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    goods = forms.CharField(
        label=_("Item or SKU"),
        max_length=LONGEST_GOODS,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class AsideForm(ReadOnParcelForm):
    """The same of a number that was just scanned, or of a parcel on which none can be read."""

    number = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    own_number = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)


class PutAside(Decision):
    """Put a parcel of the store aside."""

    code, label, icon = "put-aside", _("Put aside as unclaimed"), "deployed_code_alert"
    capability, form, auto_id = INSPECT_RETURNS, AsideForm, "id_aside_%s"
    done = _("The parcel is put aside: whose may it be?")

    def refusal(self, row, now):
        return None

    def run(self, row, data, *, actor, now):
        read = {name: data[name] for name in READ}
        numbers = {"tracking_number": data["number"], "own_number": data["own_number"]}
        return put_parcel_aside(store=row, **numbers, actor=actor, now=now, **read)


class OfParcel(Decision):
    """About a parcel that is still unclaimed."""

    capability, is_inline = INSPECT_RETURNS, True

    def concerns(self, row):
        """Until it has ended."""
        return row.status == UnclaimedStatus.WAITING

    def refusal(self, row, now):
        return why_not_touch(row)


class DescribeParcel(OfParcel):
    """Write down what is read on it later."""

    code, label, icon, tone = "describe", _("Save"), "edit", ""
    done, form, auto_id = _("Written down."), ReadOnParcelForm, "id_read_%s"

    def initial(self, row):
        return {**{name: getattr(row, name) for name in READ}, "carrier": carrier_typed(row.carrier)}

    def run(self, row, data, *, actor, now):
        describe_parcel(store_id=row.store_id, parcel_id=row.pk, actor=actor, now=now, **data)


class PhotographParcel(OfParcel):
    """Add a photograph of it."""

    code, label, icon, tone = "photograph", _("Add photographs"), "photo_camera", ""
    done, form, auto_id = _("The photograph is added."), PhotographForm, "id_photo_%s"
    anchor = "#photos"

    def refusal(self, row, now):
        return why_not_photograph(row, row.photos.count())

    def run(self, row, data, *, actor, now):
        file = clean_upload(data["file"], data["file"].name)
        with stored(row.store_id, file) as name:
            told = {"file": file, "stored_as": name, "note": "", "actor": actor, "now": now}
            add_parcel_photo(store_id=row.store_id, parcel_id=row.pk, **told)


class MatchForm(DecisionForm):
    """The refund that it belongs to; who brought it, where its number doesn't tell."""

    refund = forms.UUIDField(widget=forms.HiddenInput)
    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False, widget=CarrierInput)


class AssignParcel(OfParcel):
    """It belongs to this refund."""

    code, label, icon = "assign", _("It is this one"), "check"
    done, form, auto_id = _("The parcel belongs to this refund now: look at what is in it."), MatchForm, "id_assign_%s"

    def initial(self, row):
        return {"carrier": carrier_typed(row.carrier)}

    def run(self, row, data, *, actor, now):
        told = {"carrier": data["carrier"], "actor": actor, "now": now}
        return assign_parcel(store_id=row.store_id, parcel_id=row.pk, refund_id=data["refund"], **told)


class EndingForm(DecisionForm):
    """What becomes of a parcel that is nobody's."""

    fate = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[
            (UnclaimedStatus.SENT_BACK, _("Send it back to its sender")),
            (UnclaimedStatus.WRITTEN_OFF, _("Write it off")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)


class EndParcel(OfParcel):
    """It is nobody's."""

    code, label, icon, tone = "end", _("It is nobody's"), "do_not_disturb_on", "danger"
    done, form, auto_id = _("Written down; nobody looks for its refund any more."), EndingForm, "id_end_%s"

    def run(self, row: UnclaimedParcel, data, *, actor, now):
        is_sent_back = data["fate"] == UnclaimedStatus.SENT_BACK
        told = {"is_sent_back": is_sent_back, "reason": data["reason"], "actor": actor, "now": now}
        end_parcel(store_id=row.store_id, parcel_id=row.pk, **told)
