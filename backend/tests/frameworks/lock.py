"""`make client-locks`: lock the newest releases of the frameworks."""

import json
import subprocess
from pathlib import Path

from tests.clients.install import NODE, NPM
from tests.frameworks.catalogue import FRAMEWORKS
from tests.frameworks.environments import UV

COMPILE = (
    *(*UV, "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-annotate"),
    *("--custom-compile-command", "make client-locks"),
    *("--output-file", "requirements.txt", "requirements.in"),
)
INSTALL = (
    *(NODE, NPM, "install", "--silent", "--package-lock-only", "--save-exact"),
    *("--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"),
)


def newest(folder: Path) -> list[str]:
    packages = json.loads((folder / "package.json").read_text())["dependencies"]
    return [f"{name}@latest" for name in packages]


for folder in dict.fromkeys(framework.path for framework in FRAMEWORKS):
    of_node = (folder / "package.json").exists()
    command = [*INSTALL, *newest(folder)] if of_node else [*COMPILE]
    subprocess.run(command, cwd=folder, check=True)
