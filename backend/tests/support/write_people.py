"""Writes `operations/people.sql`: the tables that the page's own migrations make, as SQL."""

import asyncio
import os
import subprocess
import tempfile
from pathlib import Path

from surelist.data import auth_schema
from surelist.operations.backup import libpq
from surelist.operations.restoring import PEOPLE
from surelist.postgres.embedded import SUPERUSER, Cluster, postgres
from surelist.postgres.programs import ENVIRONMENT, binary
from surelist.web_page import node as nodes

FRONTEND = Path(__file__).parents[3] / "frontend"
VITEST = FRONTEND / "node_modules" / "vitest" / "vitest.mjs"
HEAD = """\
-- The tables of people as Better Auth's own migrations make them. Made by `make generated`.
"""


def migrate(people: str) -> None:
    """Make Better Auth's tables with the page's own code, at the address of their role."""
    settings = {"AUTH_DATABASE_URL": people, "SURELIST_PAGE_SECRET": "x" * 43}
    node = nodes.find()
    command = [node or "node", VITEST, "run", "--config", FRONTEND / "vitest.schema.config.ts"]
    path = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        command, cwd=FRONTEND, env=path | settings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def describe(url: str) -> str:
    """The statements that make the tables of people at the address of a superuser."""
    arguments, environment = libpq(url)
    options = ("--schema-only", f"--table={auth_schema.SCHEMA}.*", "--no-owner", "--no-privileges")
    dumped = subprocess.run(
        [binary("pg_dump"), *options, *arguments],
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    statements = (
        "\n".join(line for line in one.splitlines() if line and not line.startswith("--"))
        for one in dumped.split(";\n")
    )
    kept = (one for one in statements if one.startswith(("CREATE TABLE", "CREATE", "ALTER TABLE")))
    return HEAD + "".join(f"\n{one};\n" for one in kept)


def made(server: Cluster) -> str:
    """What the page's migrations make in an empty schema of that server."""
    migrate(asyncio.run(auth_schema.make(server)))
    return describe(server.url(SUPERUSER))


def main() -> None:
    """Write the file."""
    with (
        tempfile.TemporaryDirectory() as place,
        postgres(Path(place) / "data", durable=False) as server,
    ):
        PEOPLE.write_text(made(server))


if __name__ == "__main__":
    main()
