"""Form fields of the desk, and their looks."""

from abc import ABCMeta
from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from common.calendar import FIRST_DAY, LAST_DAY
from common.money import CENT, parse_money
from common.texts import FitText, TextKind


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the POST, even an empty one."""
    return request.POST if request.method == "POST" else None


def ids_named(texts: Iterable[str]) -> set[UUID]:
    """The ids that fields of a form name, one each or several with commas between them. Http404 for what is none.

    A form about hundreds of rows names them in one field: Django takes no more than a thousand fields.
    """
    try:
        return {UUID(text) for text in ",".join(texts).split(",") if text}
    except ValueError:
        raise Http404 from None


class FileChoice(forms.FileInput):
    """A file, chosen by a button in the page's language and not the browser's; its name is written beside it."""

    template_name = "workbench/file_input.html"


class YuanField(forms.CharField):
    """An amount of yuan as people type it; strict about what is one."""

    def __init__(self, *, most=None, **kwargs):
        attrs = {"inputmode": "decimal", "type": "number", "step": str(CENT), "min": str(CENT), "autocomplete": "off"}
        if most is not None:
            attrs["max"] = str(most)
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value):
        """The Decimal, or None when it was left empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_money(text)
        except ValueError:
            raise forms.ValidationError(_("Write an amount in yuan with at most two decimals, such as 12.30."))


class CalendarField(forms.DateField):
    """A date on a calendar, as browsers send it: in ASCII, and not of another age."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]

    def to_python(self, value):
        """The date, or None when it was left empty."""
        if isinstance(value, str) and not value.isascii():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DeskLooks:
    """How forms of the desk look."""

    required_css_class = "is-required"
    template_name = "workbench/form.html"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def full_clean(self):
        """Take no text that nobody could read; passwords are nobody's to read."""
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput):
                has_lines = isinstance(field.widget, forms.Textarea)
                field.validators = [*field.validators, FitText(TextKind.LINES if has_lines else TextKind.LINE)]
        super().full_clean()


class AbstractForm(ABCMeta, type(forms.Form)):
    """Lets a form leave methods abstract: one that lacks them can't be made."""


class DeskForm(DeskLooks, forms.Form, metaclass=AbstractForm):
    """A form in the desk's look."""


class DeskModelForm(DeskLooks, forms.ModelForm):
    """The fields of a model in the desk's look; an action saves them, not the form."""
