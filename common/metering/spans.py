"""OpenTelemetry behind `tracing`: a thread sends the spans to TRACES_URL; they are dropped while it is down."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from common.metering.slots import kind_of_process

SENT_WITHIN_S = 5
EVERY_MS = 2000
KINDS = {kind.name.lower(): kind for kind in trace.SpanKind}


def _tracer() -> trace.Tracer:
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.TRACES_SHARE)),
        resource=Resource({"service.name": "wanliu", "wanliu.process": kind_of_process()}),
    )
    exporter = OTLPSpanExporter(endpoint=settings.TRACES_URL, timeout=SENT_WITHIN_S)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=EVERY_MS))
    return provider.get_tracer("wanliu")


_tracer_of_ours = _tracer()
_propagator = TraceContextTextMapPropagator()
inject = _propagator.inject


class OpenSpan:
    """A span that is under way."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def say(self, **attributes: str | int) -> None:
        """Tell something of it."""
        self._span.set_attributes(attributes)


@contextmanager
def opened(
    name: str, kind: str, parent: Mapping[str, str] | None, attributes: Mapping[str, str | int]
) -> Iterator[OpenSpan]:
    """See `tracing.span`. What was open before is open again in the end."""
    within = None if parent is None else _propagator.extract(parent, context.Context())
    span = _tracer_of_ours.start_span(name, context=within, kind=KINDS[kind], attributes=dict(attributes))
    token = context.attach(trace.set_span_in_context(span, within))
    try:
        yield OpenSpan(span)
    except BaseException as error:
        span.set_status(trace.StatusCode.ERROR)
        span.set_attribute("error.type", type(error).__name__)
        raise
    finally:
        context.detach(token)
        span.end()
