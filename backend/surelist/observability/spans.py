"""Exports a span for each call, with a child span for each transaction, by OTLP over HTTP.

Spans are created after the response from the fields of the log line, so they contain no client
input. The tracer provider is not the global one, so spans of other libraries are not exported.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version
from threading import Thread
from time import perf_counter_ns, time_ns
from typing import Any

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from surelist.observability.call import METHODS, Call, Trace, Transaction, route_of

TRACEPARENT = "traceparent"

MONITORING_ROUTES = {"GET /healthz", "GET /readyz", "GET /metrics"}
"""Routes that monitors poll every few seconds. They are not traced."""

MAX_TRANSACTION_SPANS = 64
"""Maximum number of child spans of a call. An export has hundreds of transactions; the exporter
queues 2048 spans."""

FLUSH_THREAD = "flush traces"
FLUSH_TIMEOUT_SECONDS = 5
"""Time that a stopping server waits for the collector."""


class Spans:
    """Exports the spans of this process. The OTEL_* variables configure it."""

    def __init__(self) -> None:
        own_version = version("surelist")
        configured = OTELResourceDetector().detect().attributes
        resource = Resource.create(
            {"service.name": "surelist", "service.version": own_version, **configured}
        )
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("surelist", own_version)

    def new_trace(self) -> Trace:
        """An empty trace, to be filled in while the call is answered."""
        return Trace()

    def record(
        self, call: Call, scope: Scope, status: int, started: float, ended: float
    ) -> str | None:
        """Export a finished call; returns its trace id, or None if it is not traced.

        `started` and `ended` are values of perf_counter.
        """
        route, trace = route_of(scope), call.trace
        if trace is None or route in MONITORING_ROUTES:
            return None
        clock_offset = time_ns() - perf_counter_ns()
        span = self._tracer.start_span(
            f"tools/call {call.tool}" if call.tool else call.method or route,
            _parent(trace, scope),
            SpanKind.SERVER,
            _call_attributes(call, trace, scope, status),
            start_time=clock_offset + int(started * 1e9),
        )
        if call.outcome == "error" or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            span.set_status(StatusCode.ERROR)
        parent = set_span_in_context(span)
        for transaction in trace.transactions[:MAX_TRANSACTION_SPANS]:
            child = self._tracer.start_span(
                "transaction",
                parent,
                SpanKind.CLIENT,
                _transaction_attributes(transaction),
                start_time=clock_offset + transaction.began,
            )
            if transaction.error:
                child.set_status(StatusCode.ERROR)
            child.end(clock_offset + transaction.ended)
        span.end(clock_offset + int(ended * 1e9))
        return format_trace_id(span.get_span_context().trace_id)

    def stop(self) -> None:
        """Export queued spans for at most FLUSH_TIMEOUT_SECONDS."""
        thread = Thread(name=FLUSH_THREAD, target=self._provider.shutdown, daemon=True)
        thread.start()
        thread.join(FLUSH_TIMEOUT_SECONDS)


def collector_accepts(timeout: float) -> bool:
    """Whether the collector accepts an empty export within `timeout` seconds.

    Raises ValueError when an OTEL_* variable has an invalid value.
    """
    Spans().stop()
    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
    exporter = OTLPSpanExporter(timeout=timeout)
    try:
        return exporter.export([]) is SpanExportResult.SUCCESS
    finally:
        exporter.shutdown()


def _parent(trace: Trace, scope: Scope) -> Context:
    """The caller's span, from its `traceparent`. `tracestate` is ignored: it can contain anything.

    An MCP client sends it in `_meta`, which takes precedence over the HTTP header of a proxy.
    """
    sent = [
        value.decode("latin-1") for name, value in scope["headers"] if name == TRACEPARENT.encode()
    ]
    from_meta = trace.meta.get(TRACEPARENT)
    if isinstance(from_meta, str):
        sent = [from_meta]
    carrier = {TRACEPARENT: sent[0]} if len(sent) == 1 else {}
    return TraceContextTextMapPropagator().extract(carrier)


def _call_attributes(
    call: Call, trace: Trace, scope: Scope, status: int
) -> Mapping[str, str | int]:
    """Attributes by OpenTelemetry's semantic conventions for HTTP and MCP, and `surelist.*`."""
    method, template = scope["method"], route_of(scope).partition(" ")[2]
    return _without_empty(
        {
            "http.request.method": method if method in METHODS else "_OTHER",
            "http.route": template,
            "http.response.status_code": status or None,
            "mcp.method.name": call.method,
            "mcp.protocol.version": call.protocol,
            "gen_ai.operation.name": call.tool and "execute_tool",
            "gen_ai.tool.name": call.tool,
            "error.type": call.outcome if call.outcome != "ok" else None,
            "surelist.door": call.door,
            "surelist.outcome": call.outcome,
            "surelist.request_id": call.request_id,
            "surelist.transactions": len(trace.transactions),
        }
    )


def _transaction_attributes(transaction: Transaction) -> Mapping[str, str | int]:
    return _without_empty(
        {
            "db.system.name": "postgresql",
            "surelist.round_trips": transaction.round_trips,
            "surelist.committed": transaction.committed,
            "error.type": transaction.error,
        }
    )


def _without_empty(attributes: Mapping[str, Any]) -> Mapping[str, str | int]:
    """Drop attributes without a value."""
    return {name: value for name, value in attributes.items() if value not in (None, "")}
