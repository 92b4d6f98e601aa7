"""A Citus cluster for the tests: databases on each of its nodes, distributed.

`CITUS_URL` is the superuser's address of a database on the coordinator that has Citus and its
workers. The tests make roles and databases of their own beside it, and drop the databases.
"""

import asyncio
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from surelist.data import distributing
from surelist.data.database import migrate
from surelist.postgres.embedded import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, Cluster

CITUS_URL = os.environ.get("CITUS_URL")

DROPS = 5
OURS = "made by the tests of Surelist"
PASSWORDS = {OWNER_ROLE: "of-the-owner", APP_ROLE: "of-the-app"}

_WORKERS = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid > 0 AND noderole = 'primary'"
_NOT_OURS = """
SELECT coalesce(shobj_description(oid, 'pg_database'), '') <> $2 FROM pg_database
WHERE datname = $1
"""


@dataclass(frozen=True, slots=True)
class Nodes(Cluster):
    """A cluster that is reached at its coordinator, the first of the addresses of its nodes."""

    addresses: tuple[tuple[str, int], ...]
    superuser: str

    def url(self, role: str = APP_ROLE, database: str = DATABASE) -> str:
        """The address of `database` for that role."""
        return self.on(self.addresses[0], role, database)

    def on(self, address: tuple[str, int], role: str, database: str) -> str:
        """The same on one of the nodes."""
        host, port = address
        user = self.superuser if role == SUPERUSER else role
        return f"postgresql://{user}:{self.passwords[role]}@{host}:{port}/{database}"


def servers(cluster: Cluster) -> Sequence[str]:
    """The superuser's addresses of the database `postgres` on each PostgreSQL of a cluster."""
    if isinstance(cluster, Nodes):
        return [cluster.on(address, SUPERUSER, "postgres") for address in cluster.addresses]
    return [Cluster.url(cluster, SUPERUSER, "postgres")]


def direct_url(cluster: Cluster, role: str = APP_ROLE, database: str = DATABASE) -> str:
    """The address of a database past any pooler."""
    if isinstance(cluster, Nodes):
        return cluster.url(role, database)
    return Cluster.url(cluster, role, database)


@contextmanager
def citus(url: str) -> Generator[Nodes]:
    """The cluster at `url`, with the roles and the database `surelist` for the block."""
    nodes = asyncio.run(_nodes(url))
    asyncio.run(_make_roles(nodes))
    asyncio.run(create(nodes, DATABASE))
    try:
        yield nodes
    finally:
        asyncio.run(drop(nodes, DATABASE))


async def create(cluster: Cluster, name: str, template: str | None = None) -> None:
    """Make a database on each node, a copy of `template` if there is one."""
    copied = f" TEMPLATE {template}" if template else ""
    for server in servers(cluster):
        if isinstance(cluster, Nodes):
            await _drop_ours(server, name)
        await _run(server, f"CREATE DATABASE {name}{copied} OWNER {OWNER_ROLE}")
    if not isinstance(cluster, Nodes):
        return
    for server in servers(cluster):
        await _run(server, f"COMMENT ON DATABASE {name} IS '{OURS}'")
    if template:  # what is set for a database is not copied
        for server in servers(cluster):
            await _run(server, f"ALTER DATABASE {name} SET citus.propagate_set_commands = 'local'")
        return
    for address in cluster.addresses:
        await _run(cluster.on(address, SUPERUSER, name), "CREATE EXTENSION citus")
    (host, port), *workers = cluster.addresses
    for statement in (
        f"SELECT citus_set_coordinator_host('{host}', {port})",
        *(f"SELECT citus_add_node('{name}', {port})" for name, port in workers),
    ):
        await _run(cluster.url(SUPERUSER, name), statement)


def migrate_all(cluster: Cluster, name: str = DATABASE) -> None:
    """Migrate a database, and distribute it where it is on Citus."""
    owner = direct_url(cluster, OWNER_ROLE, name)
    migrate(owner, direct_url(cluster, APP_ROLE, name))
    if isinstance(cluster, Nodes):
        asyncio.run(distributing.distribute(owner))


async def close_template(cluster: Cluster, name: str) -> None:
    """Let nobody connect to a database that is copied; Citus itself would."""
    if not isinstance(cluster, Nodes):
        return
    for server in servers(cluster):
        await _run(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await _run(
            server,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            f"WHERE datname = '{name}'",
        )


async def drop(cluster: Cluster, name: str) -> None:
    """Drop a database on each node. Citus itself may be connected to it for a moment."""
    for server in servers(cluster):
        for left in reversed(range(DROPS)):
            try:
                await _run(server, f"DROP DATABASE {name} WITH (FORCE)")
                break
            except asyncpg.ObjectInUseError:
                if not left:
                    raise


async def _nodes(url: str) -> Nodes:
    parts = urlsplit(url)
    connection = await asyncpg.connect(url)
    try:
        workers = await connection.fetch(_WORKERS)
    finally:
        await connection.close()
    assert workers, "CITUS_URL has no workers"
    assert parts.hostname
    passwords = {**PASSWORDS, SUPERUSER: parts.password or ""}
    coordinator = (parts.hostname, parts.port or 5432)
    addresses = (coordinator, *((row["nodename"], row["nodeport"]) for row in workers))
    return Nodes(Path("/nowhere"), passwords, addresses, parts.username or SUPERUSER)


async def _make_roles(nodes: Nodes) -> None:
    for server in servers(nodes):
        for role, password in PASSWORDS.items():
            if not await _fetch(server, "SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await _run(server, f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")


async def _drop_ours(server: str, name: str) -> None:
    """Drop what a run that was killed has left. Nothing else of that name is touched."""
    assert not await _fetch(server, _NOT_OURS, name, OURS), f"there is a database {name}"
    await _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _run(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def _fetch(url: str, sql: str, *arguments: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql, *arguments)
    finally:
        await connection.close()
