"""The machine of the measurement."""

import os
import platform
from datetime import UTC, datetime

import psutil


def machine() -> str:
    """One line for above a table."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, Linux {platform.release()}."
    )
