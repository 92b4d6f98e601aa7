"""The lower bound: the same statements, sent by pgbench without a server."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

from bench.contestants import READER, ROWS
from bench.stage import Stage
from bench.table import percentile
from bench.yardsticks import statements
from surelist.postgres.programs import binary

NAME = "pgbench, the same statements"

_TITLE = "concat('Task number ', :task::text)"
_HASH = f"sha256(convert_to({_TITLE}, 'UTF8'))"
_EVENT = ":last_event::bigint + 1"
_NOW = "clock_timestamp()"
_AFTER = f"jsonb_build_object('title', {_TITLE}, 'priority', 0, 'tags', '[]'::jsonb)"
_CLIENT = "'bench'"
_ONE_MORE = "\\set task :task + 1"


@dataclass(frozen=True)
class Floor:
    """Runs each verb `calls` times for each of that many concurrent users."""

    stage: Stage
    agents: int
    calls: int

    def row(self, verb: str) -> list[str]:
        """A row of the verb's table, without the CPU time of a server."""
        clients = [self._client(verb, number) for number in range(self.agents)]
        told = [client.communicate()[0] for client in clients]
        if any(client.returncode for client in clients):
            raise RuntimeError("\n".join(told))
        a_second = sum(float(re.findall(r"tps = ([0-9.]+)", one)[-1]) for one in told)
        logs = self.stage.scratch.glob(f"{verb}.*.[0-9]*")
        took = [int(line.split()[2]) / 1e3 for log in logs for line in log.read_text().splitlines()]
        percentiles = [f"{percentile(took, percent):.1f}" for percent in (50, 95, 99)]
        script = _script(verb, "")
        return [
            NAME,
            "",
            "",
            "",
            f"{a_second:.0f}",
            *percentiles,
            str(script.count(";")),
            str(_round_trips(script)),
        ]

    def _client(self, verb: str, number: int) -> "subprocess.Popen[str]":
        user = READER if verb == "list_tasks" else f"pgbench{number}"
        script = self.stage.scratch / f"{verb}.{number}.sql"
        script.write_text(_script(verb, user))
        url = urlsplit(self.stage.postgres.url())
        log = str(self.stage.scratch / f"{verb}.{number}")
        return subprocess.Popen(
            [
                *(binary("pgbench"), "--no-vacuum", "--protocol=prepared", "--define=task=0"),
                *(f"--transactions={self.calls}", f"--file={script}", "--log"),
                *(f"--log-prefix={log}", f"--host={self.stage.postgres.socket_directory}"),
                *("--port=5432", f"--username={url.username}", url.path.removeprefix("/")),
            ],
            env=os.environ | {"PGPASSWORD": url.password or ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def _script(verb: str, user: str) -> str:
    """A transaction as a pgbench script. Statements that are sent together are a pipeline."""
    me = f"'{user}'"
    if verb == "list_tasks":
        reading = _filled(statements.LIST, (me, str(ROWS + 1)))
        return "\n".join([_at_once(statements.BEGIN, user), f"{reading};", "COMMIT;"])
    if verb == "add_task":
        standing = _filled(statements.STANDING, (me, _CLIENT, _HASH))
        created = (_TITLE, _TITLE, _TITLE, _EVENT, _NOW, _CLIENT, _AFTER, _HASH)
        writing = _filled(statements.CREATE, (me, ":task", *created))
    else:
        standing = _filled(statements.STANDING_AND_TASK, (me, ":task"))
        statement = statements.RENAME if verb == "update_task" else statements.CHANGE
        writing = _filled(statement, (me, ":task", _EVENT, _NOW, *_changed(verb)))
    lock = _at_once(statements.LOCK, user)
    return "\n".join([_ONE_MORE, lock, f"{standing} \\gset", f"{writing};", "COMMIT;"])


def _changed(verb: str) -> tuple[str, ...]:
    """The parameters of the statement from $5 on."""
    if verb == "update_task":
        title = "concat(:title::text, ', changed')"
        told = (
            "jsonb_build_object('title', :title::text)",
            f"jsonb_build_object('title', {title})",
        )
        return (title, title, title, _CLIENT, *told)
    kind, column, deleted_at, pending, completed = {
        "complete_task": ("'completed'", "'completed_at'", "NULL", "-1", "1"),
        "delete_task": ("'deleted'", "'deleted_at'", _NOW, "0", "-1"),
    }[verb]
    told = (f"jsonb_build_object({column}, NULL)", f"jsonb_build_object({column}, {_NOW})")
    return (_NOW, deleted_at, kind, _CLIENT, *told, pending, completed)


def _at_once(several: Sequence[str], user: str) -> str:
    said = "".join(f"{statement.format(user)};\n" for statement in several)
    return f"\\startpipeline\n{said}\\endpipeline"


def _filled(statement: str, values: Sequence[str]) -> str:
    """A statement with inlined parameters, on one line."""
    by_number: Mapping[str, str] = {str(n): value for n, value in zip(count(1), values)}
    return " ".join(re.sub(r"\$(\d+)", lambda found: by_number[found[1]], statement).split())


def _round_trips(script: str) -> int:
    """The round trips of a script: one for a pipeline, and one for every other statement."""
    after = script.partition("\\endpipeline")[2]
    return 1 + after.count(";") + after.count("\\gset")
