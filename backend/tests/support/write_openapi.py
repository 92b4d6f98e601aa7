"""The OpenAPI document, kept in `frontend/api/` for the page's client to be generated from.

Write it anew from `backend/`: `../.venv/bin/python -m tests.support.write_openapi`
"""

import json
from pathlib import Path
from typing import Any, cast

from surelist.access.auth import Authenticator
from surelist.config import Settings
from surelist.feed.feed import Feed
from surelist.rest_api import make_rest_api
from surelist.webhooks.deliveries import Deliveries

SNAPSHOT = Path(__file__).parents[3] / "frontend" / "api" / "openapi.json"


def openapi_document() -> dict[str, Any]:
    """The document as it is; no request is served, so that nothing behind it is needed."""
    settings = Settings()
    return make_rest_api(
        settings, Authenticator({}), cast("Any", None), Feed(settings), Deliveries(settings)
    ).openapi()


if __name__ == "__main__":
    document = json.dumps(openapi_document(), indent=2, ensure_ascii=False)
    SNAPSHOT.write_text(document + "\n")
