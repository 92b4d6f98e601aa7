"""Traces reach a collector in OpenTelemetry's format, without client input."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import enumerate as enumerate_threads

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from surelist.observability import traces
from surelist.observability.call import Call, Trace, Transaction
from surelist.observability.spans import FLUSH_THREAD, MAX_TRANSACTION_SPANS, Spans
from surelist.operations import doctor
from tests.observability.test_logs import MARK, send_mark_everywhere
from tests.operations.test_doctor import problems
from tests.support.collector import AT_ONCE, Collector, attributes, collecting
from tests.support.observing import Caller, calls, calls_from, lines, tool_call
from tests.support.person import MODERN, Person
from tests.support.server import RunningServer, environment, serving

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def server(
    collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    data = tmp_path_factory.mktemp("traces") / "data"
    with serving(data, workers=2, **collector.variables, **AT_ONCE) as server:
        yield server


@pytest.fixture
def spans_of(collector: Collector) -> Callable[[httpx.Response], list[Span]]:
    """Finds the span of a call and its children."""

    def find(answer: httpx.Response) -> list[Span]:
        request_id = answer.headers["X-Request-Id"]
        call = collector.once(
            lambda span: attributes(span.attributes).get("surelist.request_id") == request_id
        )
        return [call, *collector.beneath(call)]

    return find


SpansOf = Callable[[httpx.Response], list[Span]]


def modern_call(tool: str, **meta: str) -> tuple[dict[str, object], dict[str, str]]:
    """Body and headers of a tool call of 2026-07-28."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        **meta,
    }
    headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": tool}
    return tool_call(tool, {}, _meta=meta), headers


def test_a_tool_call_is_a_span_with_its_transaction_as_child(
    server: RunningServer, spans_of: SpansOf
) -> None:
    with Caller(server, server.token("ann", "cron")) as ann:
        ann.tool("list_tasks")  # so that the next call is not the client's first
        answer = ann.mcp(tool_call("add_task", {"title": MARK}))
    call, transaction = spans_of(answer)
    assert (call.name, call.kind, call.parent_span_id) == (
        "tools/call add_task",
        Span.SPAN_KIND_SERVER,
        b"",
    )
    assert attributes(call.attributes) == {
        "http.request.method": "POST",
        "http.route": "/mcp",
        "http.response.status_code": 200,
        "mcp.method.name": "tools/call",
        "mcp.protocol.version": "2025-03-26",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "add_task",
        "surelist.door": "mcp",
        "surelist.outcome": "ok",
        "surelist.request_id": answer.headers["X-Request-Id"],
        "surelist.transactions": 1,
    }
    exported = attributes(transaction.attributes)
    assert 2 < exported.pop("surelist.round_trips") < 12
    assert exported == {"db.system.name": "postgresql", "surelist.committed": True}
    assert (transaction.name, transaction.kind) == ("transaction", Span.SPAN_KIND_CLIENT)
    assert call.start_time_unix_nano < transaction.start_time_unix_nano
    assert transaction.start_time_unix_nano < transaction.end_time_unix_nano
    assert transaction.end_time_unix_nano < call.end_time_unix_nano


def test_a_refusal_has_an_outcome_and_is_not_a_server_error(
    server: RunningServer, spans_of: SpansOf
) -> None:
    with Caller(server, server.token("ann", "cron")) as ann:
        answer = ann.rest("GET", "/tasks/99")
        unknown = ann.mcp(tool_call(MARK, {}))
        lost = ann.http.get(f"/{MARK}")
    call, transaction = spans_of(answer)
    exported = attributes(call.attributes)
    assert call.name == "GET /api/{user_id}/tasks/{task_id}"
    assert (exported["error.type"], exported["http.response.status_code"]) == ("not_found", 404)
    assert call.status.code == Status.STATUS_CODE_UNSET
    assert attributes(transaction.attributes)["surelist.committed"] is False
    (call,) = spans_of(unknown)
    assert (call.name, attributes(call.attributes)["error.type"]) == (
        "tools/call",
        "protocol_error",
    )
    (call,) = spans_of(lost)
    assert (call.name, attributes(call.attributes)["http.request.method"]) == ("unknown", "GET")


def test_a_span_has_the_protocol_version_of_the_client(
    server: RunningServer, spans_of: SpansOf
) -> None:
    body, headers = modern_call("list_tasks")
    with Caller(server, server.token("ann", "cron")) as ann:
        call, _ = spans_of(ann.mcp(body, **headers))
    assert attributes(call.attributes)["mcp.protocol.version"] == MODERN


def test_a_call_joins_the_trace_of_its_caller(server: RunningServer, spans_of: SpansOf) -> None:
    elsewhere = TRACEPARENT.replace(TRACE, "a" * 32)
    with Caller(server, server.token("ann", "cron")) as ann:
        by_header = ann.rest("GET", "/tasks", headers={"traceparent": TRACEPARENT})
        body, headers = modern_call("list_tasks", traceparent=TRACEPARENT)
        by_meta = ann.mcp(body, **headers, traceparent=elsewhere)
        body = tool_call("list_tasks", {}, _meta={"traceparent": TRACEPARENT})
        by_meta_of_old = ann.mcp(body)
    for answer in (by_header, by_meta, by_meta_of_old):
        call, transaction = spans_of(answer)
        assert (call.trace_id.hex(), call.parent_span_id.hex()) == (TRACE, PARENT)
        assert (transaction.trace_id, transaction.parent_span_id) == (call.trace_id, call.span_id)


@pytest.mark.parametrize(
    "sent",
    ["", MARK, TRACEPARENT[:-1], TRACEPARENT.replace(PARENT, "0" * 16), f"{TRACEPARENT}-{MARK}"],
)
def test_an_invalid_trace_context_starts_a_new_trace(
    server: RunningServer, spans_of: SpansOf, sent: str
) -> None:
    with Caller(server, server.token("ann", "cron")) as ann:
        (call, _) = spans_of(ann.rest("GET", "/tasks", headers={"traceparent": sent}))
        body = tool_call("list_tasks", {}, _meta={"traceparent": sent or {}})
        (other, _) = spans_of(ann.mcp(body))
    assert (call.parent_span_id, other.parent_span_id) == (b"", b"")
    assert TRACE not in (call.trace_id.hex(), other.trace_id.hex())


def test_no_client_input_is_exported(
    server: RunningServer, collector: Collector, spans_of: SpansOf
) -> None:
    token = server.token("bob", "cron")
    vendor = {"tracestate": f"{MARK}={MARK}", "baggage": f"{MARK}={MARK}"}
    with Caller(server, token) as bob:
        bob.headers |= {"traceparent": TRACEPARENT} | vendor
        send_mark_everywhere(bob)
        bob.mcp(tool_call("list_tasks", {}, _meta={"traceparent": TRACEPARENT} | vendor))
        assert bob.mcp({}, Authorization=f"Bearer {MARK}").status_code == 401
        spans_of(bob.rest("GET", "/tasks"))
    exported = b"".join(collector.bodies)
    assert len(collector.calls(40)) >= 40
    assert MARK.encode() not in exported.lower()
    assert all(part.encode() not in exported for part in token.split("."))
    assert b"bob" not in exported


def test_calls_of_monitors_are_not_traced(
    server: RunningServer, collector: Collector, spans_of: SpansOf
) -> None:
    with Caller(server, server.token("ann", "cron")) as ann:
        for path in ("/healthz", "/readyz", "/metrics"):
            ann.http.get(path)
        spans_of(ann.rest("GET", "/tasks"))
    names = {span.name for span in collector.calls(1)}
    assert names.isdisjoint({"GET /healthz", "GET /readyz", "GET /metrics"})


def test_the_log_names_the_trace(server: RunningServer, spans_of: SpansOf) -> None:
    before = len(calls(server.log))
    with Caller(server, server.token("ann", "cron")) as ann:
        call, *_ = spans_of(ann.rest("GET", "/tasks"))
    (line,) = calls_from(server.log, before, 1)
    assert line["trace_id"] == call.trace_id.hex()


def test_an_export_of_the_list_has_a_span_for_each_transaction(
    server: RunningServer, spans_of: SpansOf
) -> None:
    with Caller(server, server.token("ann", "cron", "--owner")) as ann:
        answer = ann.rest("GET", "/export")
    call, *transactions = spans_of(answer)
    number = attributes(call.attributes)["surelist.transactions"]
    assert 1 < number == len(transactions)


def test_a_stopping_server_exports_queued_spans(tmp_path: Path) -> None:
    waiting = {
        "OTEL_BSP_SCHEDULE_DELAY": "600000",
        "OTEL_EXPORTER_OTLP_HEADERS": "key=it%20is%20me",
    }
    with collecting() as collector:
        with (
            serving(tmp_path / "data", 1, **collector.variables, **waiting) as server,
            Caller(server, server.token("ann", "cron")) as ann,
        ):
            ann.tool("list_tasks")
            assert collector.bodies == []
        assert "tools/call list_tasks" in [span.name for span in collector.spans()]
        assert collector.headers[0]["key"] == "it is me"


EXPORT = """
from surelist.observability.spans import Spans
spans = Spans()
spans._tracer.start_span("one").end()
spans.stop()
"""


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "surelist"),
        ({"OTEL_SERVICE_NAME": "anns-list"}, "anns-list"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=anns,team=home"}, "anns"),
    ],
)
def test_otel_variables_set_the_service_name(variables: dict[str, str], name: str) -> None:
    with collecting() as collector:
        environ = environment() | collector.variables | variables
        subprocess.run([sys.executable, "-c", EXPORT], env=environ, check=True)
    (resource,) = collector.resources()
    assert resource["service.name"] == name
    assert resource["service.version"]


def test_a_call_of_many_transactions_does_not_fill_the_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with collecting() as collector:
        for name, value in collector.variables.items():
            monkeypatch.setenv(name, value)
        spans = Spans()
        call = Call("1", "api", trace=Trace(transactions=[Transaction(0, 1)] * 100))
        spans.record(call, {"method": "GET", "headers": []}, 200, 0, 1)
        spans.stop()
    (span,) = collector.calls(1)
    assert attributes(span.attributes)["surelist.transactions"] == 100
    assert len(collector.beneath(span)) == MAX_TRANSACTION_SPANS


def test_an_unresponsive_collector_does_not_keep_a_server_from_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("surelist.observability.spans.FLUSH_TIMEOUT_SECONDS", 0.1)
    with collecting() as collector:
        collector.silent.set()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        spans = Spans()
        spans.record(Call("1", "api", trace=Trace()), {"method": "GET", "headers": []}, 200, 0, 1)
        spans.stop()
        flush_threads = [thread for thread in enumerate_threads() if thread.name == FLUSH_THREAD]
        assert [thread.daemon for thread in flush_threads] == [
            True
        ]  # it still runs; the server does not wait for it
        collector.done.set()
        flush_threads[0].join()


ADDRESS = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("variables", "enabled"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_SERVICE_NAME": "list"}, False),
        (ADDRESS | {"OTEL_SDK_DISABLED": "True"}, False),
        (ADDRESS | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (ADDRESS, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
    ],
)
def test_traces_are_enabled_when_a_collector_is_configured(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], enabled: bool
) -> None:
    monkeypatch.setattr(os, "environ", environment() | variables)
    assert traces.enabled() is enabled
    assert not enabled or traces.export_problem() is None


LOAD = """
import json, sys
from surelist.config import Settings
from surelist.main import create_app
create_app(Settings(DATABASE_URL="postgresql://a@localhost/b", BETTER_AUTH_SECRET="x" * 32))
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("variables", [{}, ADDRESS])
def test_the_exporter_is_loaded_only_when_traces_are_enabled(variables: dict[str, str]) -> None:
    command = [sys.executable, "-c", LOAD]
    result = subprocess.run(
        command, env=environment() | variables, stdout=subprocess.PIPE, check=True
    )
    modules = json.loads(result.stdout)
    libraries = ("opentelemetry.sdk", "opentelemetry.exporter", "google.protobuf", "requests")
    assert "surelist.main" in modules
    assert set(libraries) & set(modules) == (set(libraries) if variables else set())


@pytest.fixture
def without_the_extra(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python cannot import the OpenTelemetry exporter."""
    hidden = 'import sys\nsys.modules["opentelemetry.exporter"] = None\n'
    (tmp_path / "sitecustomize.py").write_text(hidden)
    path = environment().get("PYTHONPATH", "")
    return {"PYTHONPATH": f"{tmp_path}:{path}", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://a.test"}


def test_an_invalid_variable_is_reported_and_the_app_starts(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    variables = ADDRESS | {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "100000"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert traces.start() is None
    assert "traces are not exported: an OTEL_ variable has an invalid value" in caplog.text
    assert "max_export_batch_size must be less" in str([*doctor.examine()])


def test_without_the_extra_the_server_logs_a_warning_and_runs(
    tmp_path: Path, without_the_extra: dict[str, str]
) -> None:
    with (
        serving(tmp_path / "data", 1, **without_the_extra) as server,
        Caller(server, server.token("ann", "cron")) as ann,
    ):
        ann.tool("list_tasks")
        (logged,) = (line for line in lines(server.log) if line["logger"] == "surelist.traces")
    assert logged["level"] == "warning"
    assert logged["message"].startswith("traces are not exported: OpenTelemetry is not installed.")
    assert "Run make otel" in logged["message"]


def test_without_the_extra_doctor_reports_it(
    tmp_path: Path, without_the_extra: dict[str, str]
) -> None:
    (wrong,) = problems("--data", tmp_path / "data", **without_the_extra)
    assert "OpenTelemetry is not installed. Run make otel" in wrong


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "is not http/protobuf"),
        ({"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}, "is not http/protobuf"),
        ({"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "100000"}, "max_export_batch_size must be less"),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "is not otlp"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "hidden:4317"}, "is not a URL"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1/hidden"}, "does not take traces"),
    ],
)
def test_doctor_reports_why_traces_are_not_exported(
    tmp_path: Path, variables: dict[str, str], words: str
) -> None:
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"} | variables
    (wrong,) = problems("--data", tmp_path / "data", **variables)
    assert words in wrong
    assert "hidden" not in wrong


def test_doctor_accepts_a_collector_that_accepts_traces(tmp_path: Path) -> None:
    with collecting() as collector:
        assert problems("--data", tmp_path / "data", **collector.variables) == []
        away = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{collector.url}/elsewhere"}
        (wrong,) = problems("--data", tmp_path / "data", **away)
    assert "does not take traces" in wrong


async def test_the_web_framework_exports_no_spans_of_its_own(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", provider)
    await ann.rest("GET", "/tasks", params={"search": MARK})
    provider.shutdown()
    assert exporter.get_finished_spans() == ()
