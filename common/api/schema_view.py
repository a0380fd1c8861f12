"""The OpenAPI document as it is served: making it takes a second of a processor, and whoever asks needs no key."""

from functools import cache

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer


class SchemaView(SpectacularAPIView):
    """The OpenAPI document in YAML or JSON, made once in each process for a language and a format."""

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        """The document in the language of `lang`, else in the caller's."""
        asked = request.GET.get("lang")
        language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
        renderer = request.accepted_renderer
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        named = f'inline; filename="{self._get_filename(request, None)}"'
        return HttpResponse(
            _made(language, type(renderer)),
            content_type=f"{renderer.media_type}{charset}",
            headers={"Content-Disposition": named},
        )


@cache
def _made(language: str, renderer: type[BaseRenderer]) -> bytes:
    with translation.override(language):
        document = SchemaView.generator_class().get_schema(public=True)
        return renderer().render(document, renderer_context={})
