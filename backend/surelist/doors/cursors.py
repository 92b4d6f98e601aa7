"""Cursors: where the next page of a list begins, sealed for one user and that list alone."""

from typing import Annotated, Any

import orjson
from pydantic import Field

from surelist.data.isolation import UserTransaction
from surelist.errors import Invalid

Cursor = Annotated[str, Field(min_length=1, max_length=2000)]
"""A title of 200 characters, by which a list may be sorted, makes one of over 1,100."""


def cursor_to(tx: UserTransaction, of: Any, *place: Any) -> str:
    """The cursor to what comes after `place` in the list that `of` says, both as JSON."""
    return tx.seal(orjson.dumps([of, *place]))


def place_in(tx: UserTransaction, of: Any, cursor: str) -> list[Any]:
    """The place that `cursor` was made of. Raises Invalid when it is another user's or list's."""
    content = tx.unseal(cursor)
    made_of, *place = orjson.loads(content) if content else (None,)
    if not content or made_of != of:
        raise Invalid(
            '"cursor" does not belong to this list: pass next_cursor unchanged, with the same '
            "filters and sort. Call again without it to begin at the first page."
        )
    return place
