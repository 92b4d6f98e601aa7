"""A span for each call and one for each transaction beneath it, exported by OTLP over HTTP.

They are made when the call was answered, of what its log line is made of, and so hold no words of
a caller's. The provider is Surelist's own and not the process's: no other library's spans leave.
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

from surelist.observability.calls import METHODS, Call, route_of
from surelist.observability.transactions import Trace, Transaction

TRACEPARENT = "traceparent"

MONITORS = {"GET /healthz", "GET /readyz", "GET /metrics"}
"""What machines ask every few seconds, and is no work."""

TRANSACTIONS = 64
"""Of one call, that are spans: an export has hundreds, and the exporter queues 2048."""

FLUSHING = "flush traces"
SECONDS_TO_FLUSH = 5
"""How long a server that stops waits for a collector."""


class Spans:
    """Exports the spans of this process, as the OTEL_* variables say."""

    def __init__(self) -> None:
        ours = version("surelist")
        named = OTELResourceDetector().detect().attributes
        resource = Resource.create({"service.name": "surelist", "service.version": ours, **named})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("surelist", ours)

    def begin(self) -> Trace:
        """What the spans of a call are made of, to be filled in while it is answered."""
        return Trace()

    def record(
        self, call: Call, scope: Scope, status: int, started: float, ended: float
    ) -> str | None:
        """Export a call that was answered just now; returns the id of its trace, if it has one.

        Its times are those of perf_counter.
        """
        route, trace = route_of(scope), call.trace
        if trace is None or route in MONITORS:
            return None
        clock = time_ns() - perf_counter_ns()
        span = self._tracer.start_span(
            f"tools/call {call.tool}" if call.tool else call.method or route,
            _parent(trace, scope),
            SpanKind.SERVER,
            _of_call(call, trace, scope, status),
            start_time=clock + int(started * 1e9),
        )
        if call.outcome == "error" or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            span.set_status(StatusCode.ERROR)
        within = set_span_in_context(span)
        for one in trace.transactions[:TRANSACTIONS]:
            child = self._tracer.start_span(
                "transaction",
                within,
                SpanKind.CLIENT,
                _of_transaction(one),
                start_time=clock + one.began,
            )
            if one.error:
                child.set_status(StatusCode.ERROR)
            child.end(clock + one.ended)
        span.end(clock + int(ended * 1e9))
        return format_trace_id(span.get_span_context().trace_id)

    def stop(self) -> None:
        """Export what is left, unless the collector takes too long."""
        flushing = Thread(name=FLUSHING, target=self._provider.shutdown, daemon=True)
        flushing.start()
        flushing.join(SECONDS_TO_FLUSH)


def accepted(timeout: float) -> bool:
    """Whether the collector takes an export, of no spans, within `timeout` seconds.

    Raises ValueError when a variable's value is none that OpenTelemetry knows.
    """
    Spans().stop()
    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
    exporter = OTLPSpanExporter(timeout=timeout)
    try:
        return exporter.export([]) is SpanExportResult.SUCCESS
    finally:
        exporter.shutdown()


def _parent(trace: Trace, scope: Scope) -> Context:
    """The span of the caller, by its `traceparent` alone: a `tracestate` could say anything.

    An MCP client sends it in `_meta`, and what carries its requests may send another as a header.
    """
    sent = [
        value.decode("latin-1") for name, value in scope["headers"] if name == TRACEPARENT.encode()
    ]
    within = trace.meta.get(TRACEPARENT)
    if isinstance(within, str):
        sent = [within]
    carrier = {TRACEPARENT: sent[0]} if len(sent) == 1 else {}
    return TraceContextTextMapPropagator().extract(carrier)


def _of_call(call: Call, trace: Trace, scope: Scope, status: int) -> Mapping[str, str | int]:
    """Attributes, by OpenTelemetry's names for HTTP and MCP servers, and ours."""
    method, template = scope["method"], route_of(scope).partition(" ")[2]
    return _said(
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


def _of_transaction(one: Transaction) -> Mapping[str, str | int]:
    return _said(
        {
            "db.system.name": "postgresql",
            "surelist.round_trips": one.round_trips,
            "surelist.committed": one.committed,
            "error.type": one.error,
        }
    )


def _said(attributes: Mapping[str, Any]) -> Mapping[str, str | int]:
    """Without those that say nothing."""
    return {name: value for name, value in attributes.items() if value not in (None, "")}
