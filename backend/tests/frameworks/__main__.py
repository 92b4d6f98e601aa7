"""`make check-clients`: agent frameworks, as released, work on a real server.

Each converts the tools' schemas in its own way and makes the calls of `sequence.py` through its own
tool objects. Folders as arguments, such as python/dspy, run these frameworks alone.
"""

import sys
import tempfile
from pathlib import Path

from tests.frameworks import environments
from tests.frameworks.catalogue import FRAMEWORKS, Framework
from tests.frameworks.models import MODELS
from tests.frameworks.programs import Program, ProgramError
from tests.frameworks.sequence import STEPS, Door, failures_of_calls, failures_of_schemas
from tests.support.server import RunningServer, serving

RESULTS = ("converts", *STEPS)
COLUMNS = ("framework", "version", *RESULTS, "note")
NOTED = 300


def main() -> int:
    asked = sys.argv[1:] or [framework.folder for framework in FRAMEWORKS]
    chosen = [framework for framework in FRAMEWORKS if framework.folder in asked]
    if unknown := set(asked) - {framework.folder for framework in chosen}:
        sys.exit(f"There is no folder {', '.join(sorted(unknown))} in tests/frameworks.")
    print_row(COLUMNS)
    print_row(["---"] * len(COLUMNS))
    with tempfile.TemporaryDirectory() as home, serving(Path(home) / "data", workers=1) as server:
        as_expected = [checked(framework, server, Path(home)) for framework in chosen]
    return 0 if all(as_expected) else 1


def checked(framework: Framework, server: RunningServer, home: Path) -> bool:
    """Run one framework and print its row; whether exactly what is known of it failed."""
    version, failures = "", dict[str, str]()
    try:
        command = environments.command(framework)
        token = server.token(framework.user, "frameworks")
        log = home / f"{framework.user}.log"
        with Program(command, {"MCP_URL": server.mcp_url, "MCP_TOKEN": token}, log) as program:
            version = program.library
            failures |= failures_of_schemas(program.tools)
            models = [model for model in MODELS if model not in framework.without]
            failures |= failures_of_calls(program, Door(server.url, token), models)
    except (environments.NotInstalledError, ProgramError) as error:
        failures = dict.fromkeys(RESULTS, str(error))
    marks = ["no" if column in failures else "yes" for column in RESULTS]
    expected = set(failures) == framework.fails
    seen = [" ".join(failure.split())[:NOTED] for failure in dict.fromkeys(failures.values())]
    notes = [framework.note] if expected else seen or ["works, though it is not expected to"]
    print_row([framework.name, version, *marks, notes[0]])
    if not expected:
        print(*(f"{framework.name}: {note}" for note in notes), sep="\n", file=sys.stderr)
    return expected


def print_row(cells: list[str] | tuple[str, ...]) -> None:
    print("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |", flush=True)


sys.exit(main())
