from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class WorkbenchConfig(AppConfig):
    name = "workbench"
    default = True

    def ready(self):
        from workbench import receivers  # noqa: F401  a worker is told of the evidence packs that are asked for


class WorkbenchAdminConfig(admin_apps.AdminConfig):
    """Replaces Django's default admin site with the workbench."""

    default = False
    default_site = "workbench.site.WorkbenchSite"
