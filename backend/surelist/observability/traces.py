"""Whether traces are exported: where the standard OTEL_* variables name a collector.

OpenTelemetry's SDK is an extra, and is not even imported until they do.
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

SECONDS_TO_ANSWER = 2


def start() -> "Spans | None":
    """Begin to export, where that is wanted and can be; else say why it cannot."""
    if not wanted():
        return None
    why = export_problem()
    if not why:
        from surelist.observability.spans import Spans

        try:
            return Spans()
        except ValueError:
            why = "a value of the OTEL_ variables cannot be read. surelist doctor says which."
    logger.warning("traces are not exported: %s", why)
    return None


def wanted() -> bool:
    """Whether the environment asks for traces."""
    if _said("OTEL_SDK_DISABLED").lower() == "true" or _said(EXPORTER) == "none":
        return False
    return bool(_said(*ENDPOINTS) or _said(EXPORTER))


def export_problem() -> str | None:
    """Why traces that are wanted cannot be exported, and what to do; no words of the variables."""
    if _said(EXPORTER) not in ("", "otlp"):
        return f"{EXPORTER} names another exporter than otlp. Set it to otlp, or unset it."
    if _said(*PROTOCOLS) not in ("", "http/protobuf"):
        return (
            f"{PROTOCOLS[1]} names another protocol than http/protobuf. Set it to that, and the "
            "endpoint to the collector's port for it, which is 4318 as a rule."
        )
    endpoint = _said(*ENDPOINTS)
    if endpoint and not endpoint.startswith(("http://", "https://")):
        return f"{ENDPOINTS[1]} is not an address such as http://localhost:4318. Correct it."
    try:
        import_module("surelist.observability.spans")
    except ImportError:
        return (
            "OpenTelemetry is not installed. Run: make otel, or install surelist[otel]; "
            f"or unset {ENDPOINTS[1]}."
        )
    return None


def reaches_collector() -> bool:
    """Whether the collector takes what is exported to it; asked with no span.

    Raises ValueError when a variable's value is none that OpenTelemetry knows.
    """
    from surelist.observability.spans import accepted

    return accepted(SECONDS_TO_ANSWER)


def _said(*variables: str) -> str:
    """What the first of the variables says that is not empty, which is as good as unset."""
    return next((value for name in variables if (value := os.environ.get(name, "").strip())), "")
