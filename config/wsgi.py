"""Django as a WSGI application: what `config.front` calls, and what any other WSGI server may serve."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("PROCESS_KIND", "web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
