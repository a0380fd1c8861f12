"""The site: every page is shown in the scope of the stores that the user works in."""

from functools import wraps

from unfold.sites import UnfoldAdminSite

from common.tenancy import system_scope, tenant_scope
from stores.permissions import roles_of


class WorkbenchSite(UnfoldAdminSite):
    """Operators see every store; merchants the stores in which they have a role."""

    def admin_view(self, view, cacheable=False):
        """Open the user's scope around the view and its template."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def scoped(request, *args, **kwargs):
            user = request.user
            if not user.is_authenticated:
                return inner(request, *args, **kwargs)
            scope = system_scope() if user.is_superuser else tenant_scope(*roles_of(user))
            with scope:
                response = inner(request, *args, **kwargs)
                if hasattr(response, "render") and not response.is_rendered:
                    response.render()
                return response

        return scoped
