"""Decides whether to export traces: yes, if the standard OTEL_* variables name a collector.

OpenTelemetry's SDK is an optional dependency. It is imported only when it is needed.
"""

import logging
import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surelist.observability.spans import Spans

logger = logging.getLogger("surelist.traces")

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
EXPORTER = "OTEL_TRACES_EXPORTER"

COLLECTOR_TIMEOUT_SECONDS = 2


def start() -> "Spans | None":
    """Start the exporter if traces are enabled. Logs a warning and returns None if that fails."""
    if not enabled():
        return None
    problem = export_problem()
    if not problem:
        from surelist.observability.spans import Spans

        try:
            return Spans()
        except ValueError:
            problem = "an OTEL_ variable has an invalid value. Run surelist doctor."
    logger.warning("traces are not exported: %s", problem)
    return None


def enabled() -> bool:
    """Whether the environment enables traces."""
    if _first_set("OTEL_SDK_DISABLED").lower() == "true" or _first_set(EXPORTER) == "none":
        return False
    return bool(_first_set(*ENDPOINTS) or _first_set(EXPORTER))


def export_problem() -> str | None:
    """Why traces cannot be exported, without values of variables; None if they can be."""
    if _first_set(EXPORTER) not in ("", "otlp"):
        return f"{EXPORTER} is not otlp. Set it to otlp, or unset it."
    if _first_set(*PROTOCOLS) not in ("", "http/protobuf"):
        return (
            f"{PROTOCOLS[1]} is not http/protobuf. Set it to that, and the endpoint to the "
            "collector's port for HTTP, usually 4318."
        )
    endpoint = _first_set(*ENDPOINTS)
    if endpoint and not endpoint.startswith(("http://", "https://")):
        return f"{ENDPOINTS[1]} is not a URL. Set it to a URL such as http://localhost:4318."
    try:
        import_module("surelist.observability.spans")
    except ImportError:
        return (
            "OpenTelemetry is not installed. Run make otel, install surelist[otel], or unset "
            f"{ENDPOINTS[1]}."
        )
    return None


def reaches_collector() -> bool:
    """Whether the collector accepts an empty export.

    Raises ValueError when an OTEL_* variable has an invalid value.
    """
    from surelist.observability.spans import collector_accepts

    return collector_accepts(COLLECTOR_TIMEOUT_SECONDS)


def _first_set(*variables: str) -> str:
    """The value of the first variable that is set and not empty; otherwise an empty string."""
    return next((value for name in variables if (value := os.environ.get(name, "").strip())), "")
