"""Django as a WSGI application: what `config.front` calls, and what any other WSGI server may serve."""

import os

import django

os.environ.setdefault("PROCESS_KIND", "web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup(set_prefix=False)

from privacy.looks.handler import LookHandler  # noqa: E402  it knows the models

application = LookHandler()
