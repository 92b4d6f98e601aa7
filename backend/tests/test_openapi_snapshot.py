import json

from tests.support.write_openapi import SNAPSHOT, openapi_document


def test_the_pages_client_is_made_from_the_openapi_document_as_it_is() -> None:
    assert json.loads(SNAPSHOT.read_text()) == openapi_document(), "run: make generated"
