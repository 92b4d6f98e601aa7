"""How the runner talks to a framework: a JSON line for each call of a tool and for each answer."""

import asyncio
import json
import os
import sys
from importlib.metadata import version

URL = os.environ["MCP_URL"]
BEARER = {"Authorization": f"Bearer {os.environ['MCP_TOKEN']}"}


def versions(*packages: str) -> str:
    return ", ".join(f"{package} {version(package)}" for package in packages)


async def answer_calls(library, schemas, call):
    """Make the calls that come in until there are no more.

    `schemas` are the tools' parameters as the framework gives them to a model, by name of the tool.
    `call(tool, arguments)` does what the framework does with a model's call and returns the text
    that the model reads then.
    """
    with os.fdopen(int(os.environ["ANSWERS"]), "w") as answers:

        def say(answer):
            print(json.dumps(answer, default=str), file=answers, flush=True)

        say({"library": library, "tools": schemas})
        while line := await asyncio.to_thread(sys.stdin.readline):
            asked = json.loads(line)
            try:
                text = await call(asked["tool"], asked["arguments"])
            except Exception as error:  # noqa: BLE001 (whatever a framework raises is its answer)
                causes = "; ".join(map(str, causes_of(error)))
                say({"text": causes, "raised": type(error).__name__})
            else:
                say({"text": text if isinstance(text, str) else repr(text), "raised": None})


def causes_of(error):
    inner = getattr(error, "exceptions", ())
    return [error] if not inner else [cause for one in inner for cause in causes_of(one)]
