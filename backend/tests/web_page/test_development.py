"""`surelist up --reload`, on a copy of the sources, with a stand-in for Next.js."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.support.server import environment, names_of, port_once_it_answers, processes_of

ROOT = Path(__file__).parents[3]
NEXT = """
const { writeFileSync } = require("node:fs");
const { env, argv, pid } = process;
writeFileSync(env.HOME + "/page.json", JSON.stringify({ pid, mode: env.NODE_ENV, argv }));
setInterval(() => {}, 1000);
"""
SECONDS = 60


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the parts of the repository that `surelist up` needs."""
    copy = tmp_path / "copy"
    for part in ("backend/surelist", "backend/migrations"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    program = copy / "frontend/node_modules/next/dist/bin/next"
    program.parent.mkdir(parents=True)
    program.write_text(NEXT)
    (copy / "frontend/package-lock.json").write_text("{}")
    return copy


def eventually(url: str, text: str) -> bool:
    """Whether a response contains the text within SECONDS."""
    for _ in range(SECONDS * 10):
        time.sleep(0.1)
        try:
            if text in httpx.get(url).text:
                return True
        except httpx.TransportError:
            continue
    return False


def test_reload_serves_changed_code_and_runs_the_page_in_development_mode(
    sources: Path, tmp_path: Path
) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    options = ("--reload", "--port", "0", "--web-port", "0", "--data", str(data))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "from surelist.cli import main; main()", "up", *options],
            env=environment() | {"PYTHONPATH": str(sources / "backend"), "HOME": str(tmp_path)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://localhost:{port_once_it_answers(process, log)}/healthz"
        assert eventually(url, '{"status":"ok"}')
        health = sources / "backend/surelist/server/health.py"
        health.write_text(health.read_text().replace('"ok"', '"changed"'))
        assert eventually(url, '{"status":"changed"}'), log.read_text()
        page = json.loads((tmp_path / "page.json").read_text())
        assert page["mode"] == "development"
        assert page["argv"][2] == "dev"
    finally:
        family = processes_of(process.pid, data)
        process.terminate()
        process.wait(SECONDS)
    deadline = time.monotonic() + SECONDS  # a worker that was still starting exits a little later
    while names_of(family) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert names_of(family) == []
    with pytest.raises(ProcessLookupError):
        os.kill(page["pid"], 0)
