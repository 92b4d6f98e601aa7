"""Runs the web page in development mode, with hot reload."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from surelist.errors import ConfigurationError
from surelist.machine import children
from surelist.web_page import node as node_programs
from surelist.web_page.build import FRONTEND
from surelist.web_page.program import terminate

NEXT = FRONTEND / "node_modules" / "next" / "dist" / "bin" / "next"


@contextmanager
def run_dev_page(environment: Mapping[str, str]) -> Generator[None]:
    """Run the page with `next dev` until the block ends. It prints to this terminal.

    Raises ConfigurationError when the page's packages are not installed.
    """
    node = node_programs.find()
    if node is None or not NEXT.exists():
        raise ConfigurationError("The packages of the web page are not installed. Run `make dev`.")
    address = ("--hostname", environment["HOSTNAME"], "--port", environment["PORT"])
    process = children.start(
        [node, NEXT, "dev", *address],
        {**environment, "NODE_ENV": "development"},
        cwd=FRONTEND,
        stdout=None,
        stderr=None,
        new_session=True,
    )
    try:
        yield
    finally:
        terminate(process)
