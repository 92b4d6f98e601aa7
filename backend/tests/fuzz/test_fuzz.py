import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import serving

HERE = Path(__file__).parent
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
PHASES = "examples,coverage,fuzzing,stateful"
MINUTES = 5


def test_every_operation_keeps_to_its_openapi_document(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = tmp_path_factory.mktemp("fuzz") / "data"
    model = {"SURELIST_MODEL": "openai:away", "SURELIST_MODEL_URL": "http://127.0.0.1:9/v1"}
    with serving(data, workers=1, **model) as server:
        command = [SCHEMATHESIS, "--config-file", HERE / "schemathesis.toml"]
        command += ["run", f"{server.url}/openapi.json", "--phases", PHASES]
        result = subprocess.run(
            command,
            env=os.environ
            | {
                "TOKEN": server.token("fuzz", "fuzz", "--owner"),
                "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
                "PYTHONPATH": os.pathsep.join([str(HERE.parents[1])]),
            },
            capture_output=True,
            text=True,
            timeout=MINUTES * 60,
            check=False,
        )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "No issues found" in result.stdout, result.stdout
