"""The scenarios of the official conformance suite that apply to a product server.

The suite skips what does not apply and still ends well; so each scenario here is pinned to the
number of checks that it must pass. The other scenarios need tools of the suite's own.
"""

import pytest

from tests.clients import conformance
from tests.clients.proxy import signing

MUST_PASS = {
    "2026-07-28": {
        "caching": 8,
        "completion-complete": 2,
        "dns-rebinding-protection": 2,
        "http-header-validation": 14,
        "input-required-result-unsupported-methods": 2,
        "prompts-list": 2,
        "resources-list": 2,
        "sep-2164-resource-not-found": 4,
        "server-sse-multiple-streams": 1,
        "server-stateless": 24,
        "tools-list": 4,
    },
    "2025-11-25": {
        "completion-complete": 2,
        "dns-rebinding-protection": 2,
        "ping": 2,
        "prompts-list": 2,
        "resources-list": 2,
        "server-initialize": 2,
        "tools-list": 3,
    },
    "2025-06-18": {
        "completion-complete": 2,
        "ping": 2,
        "prompts-list": 2,
        "resources-list": 2,
        "server-initialize": 2,
        "tools-list": 2,
    },
}
SCENARIOS = [(version, name) for version, names in MUST_PASS.items() for name in names]


@pytest.fixture(scope="module")
async def verdicts(running_server, tmp_path_factory):
    """The verdict on each scenario, by version and name."""
    found = {}
    token = running_server.token("mia", client="conformance")
    async with signing(running_server.port, token) as port:
        for version in MUST_PASS:
            results = tmp_path_factory.mktemp(version)
            run = await conformance.run(f"http://localhost:{port}/mcp", version, results)
            found |= {(version, name): verdict for name, verdict in run.items()}
    return found


@pytest.mark.parametrize(("version", "scenario"), SCENARIOS)
async def test_the_server_conforms(verdicts, version, scenario):
    verdict = verdicts[version, scenario]

    assert not verdict.objections, "\n".join(verdict.objections)
    assert verdict.passed == MUST_PASS[version][scenario]
