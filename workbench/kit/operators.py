"""Lists of what is the platform's own and no store's: the operator's alone."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from workbench.kit.base import DeskAdmin, attempt, by, put_on_form
from workbench.kit.forms import posted


class PlatformAdmin(DeskAdmin):
    """Rows of the platform itself: the operator's alone, added and changed by actions."""

    class Media:
        css = {"all": ["workbench/work.css"]}

    def has_add_permission(self, request):
        """The operator."""
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        """The operator."""
        return self.has_add_permission(request)

    def require_operator(self, request: HttpRequest) -> None:
        """PermissionDenied for merchants."""
        if not self.has_add_permission(request):
            raise PermissionDenied

    def get_queryset(self, request):
        """All of them: they belong to no store."""
        return self.page_queryset(request).order_by(*self.get_ordering(request))

    def page_queryset(self, request):
        """See get_queryset."""
        return self.model.objects.all()

    def get_list_display(self, request):
        """The columns; there is no store to name."""
        return self.list_display

    def add_view(self, request, form_url="", extra_context=None):
        """Add one."""
        self.require_operator(request)
        form = self.form_class(posted(request))
        return self._handle(request, form, None, _("Add %(name)s") % {"name": self.opts.verbose_name})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Change one."""
        self.require_operator(request)
        row = self.find(request, object_id)
        form = self.form_class(posted(request), initial=forms.model_to_dict(row))
        for name in self.fixed:
            form.fields[name].disabled = True
        return self._handle(request, form, row, str(row))

    def _handle(self, request, form, row, title: str):
        if request.method == "POST" and form.is_valid():
            refusal = attempt(lambda: self.save(row, {**form.cleaned_data, **by(request)}))
            if refusal is None:
                messages.success(request, _("Saved; it holds from the next request on."))
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
            put_on_form(form, refusal)
        return self.page(request, "workbench/edit.html", title, form=form, may_save=True)
