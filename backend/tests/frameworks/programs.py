"""A running program that has a framework."""

import json
import os
import re
import select
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

SHARED = Path(__file__).parent / "python"
START_SECONDS = 120
CALL_SECONDS = 30
SILENT = {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "MASTRA_TELEMETRY_DISABLED": "1",
    "OTEL_SDK_DISABLED": "true",
}
ERROR = re.compile(r"^\W*((?:\w+\.)*\w*(?:Error|Exception|Exit)\b.*)", re.MULTILINE)


class ProgramError(Exception):
    """A program ended or said nothing in time."""


@dataclass(frozen=True)
class Answer:
    """What a model reads after a call; `raised` names what the framework raised instead."""

    text: str
    raised: str | None


class Program:
    """A framework's running program; `library` and `tools` are what it said of itself.

    `tools` are JSON schemas of the arguments, by name of the tool, as a model is given them.
    """

    library: str
    tools: dict[str, dict[str, Any]]

    def __init__(self, command: list[str | Path], environment: dict[str, str], log: Path) -> None:
        # A pipe of its own for the answers: frameworks print what they like on standard output.
        answers, to_answer = os.pipe()
        self._log, self._answers = log, os.fdopen(answers, "rb", buffering=0)
        own = {"PYTHONPATH": str(SHARED), "ANSWERS": str(to_answer)}
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                env=os.environ | SILENT | own | environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=[to_answer],
            )
        os.close(to_answer)

    def __enter__(self) -> Self:
        try:
            hello = self._hear(START_SECONDS)
        except ProgramError:
            self.__exit__()
            raise
        self.library, self.tools = hello["library"], hello["tools"]
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(CALL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()

    def call(self, tool: str, arguments: dict[str, Any]) -> Answer:
        """Have the framework make a model's call."""
        assert self._process.stdin
        asked = json.dumps({"tool": tool, "arguments": arguments})
        try:
            self._process.stdin.write(asked.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ProgramError(f"ended: {self._last_words()}") from None
        return Answer(**self._hear(CALL_SECONDS))

    def _hear(self, seconds: float) -> dict[str, Any]:
        ready, _, _ = select.select([self._answers], [], [], seconds)
        if not ready:
            raise ProgramError(f"said nothing for {seconds} seconds")
        line = self._answers.readline()
        if not line:
            self._process.wait()
            raise ProgramError(f"ended: {self._last_words()}")
        return json.loads(line)

    def _last_words(self) -> str:
        said = self._log.read_text(errors="replace")
        errors = ERROR.findall(said)
        return errors[-1] if errors else " ".join(said.split("\n")[-3:])
