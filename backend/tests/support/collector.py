"""A collector for OpenTelemetry traces: takes OTLP over HTTP as the real ones do, and keeps it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

AT_ONCE = {"OTEL_BSP_SCHEDULE_DELAY": "50"}


@dataclass
class Collector:
    """What was exported to it: the bodies as they came."""

    url: str
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    silent: Event = field(default_factory=Event)
    """Set, it takes requests and does not answer."""
    done: Event = field(default_factory=Event)

    @property
    def variables(self) -> dict[str, str]:
        """What makes a server export to it."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url}

    def requests(self) -> list[ExportTraceServiceRequest]:
        return [ExportTraceServiceRequest.FromString(body) for body in self.bodies]

    def resources(self) -> list[dict[str, Any]]:
        """The attributes of whoever exported."""
        return [
            attributes(each.resource.attributes)
            for request in self.requests()
            for each in request.resource_spans
        ]

    def spans(self) -> list[Span]:
        """Every span so far."""
        return [
            span
            for request in self.requests()
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def calls(self, number: int) -> list[Span]:
        """The spans of calls, once there are `number` of them."""
        for _ in range(200):
            found = [span for span in self.spans() if span.kind == Span.SPAN_KIND_SERVER]
            if len(found) >= number:
                return sorted(found, key=lambda span: span.start_time_unix_nano)
            time.sleep(0.05)
        raise AssertionError(f"{number} calls were made, and these are told: {found}")

    def once(self, wanted: Callable[[Span], bool]) -> Span:
        """The span of that kind, once it is here."""
        for _ in range(200):
            for span in self.spans():
                if wanted(span):
                    return span
            time.sleep(0.05)
        raise AssertionError(f"not among these: {[span.name for span in self.spans()]}")

    def beneath(self, parent: Span) -> list[Span]:
        """The children of a span."""
        return [span for span in self.spans() if span.parent_span_id == parent.span_id]


def attributes(pairs: list[KeyValue]) -> dict[str, Any]:
    """Attributes by their names."""
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if collector.silent.is_set():
                collector.done.wait()
                return
            if self.path == "/v1/traces":
                collector.headers.append(dict(self.headers))
                collector.bodies.append(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector
        finally:
            collector.done.set()
            server.shutdown()
