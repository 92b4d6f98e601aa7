"""Pages of a list, and cursors: the place of the next page, sealed for one user and one list."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import Field

from surelist.data.isolation import UserTransaction
from surelist.doors.arguments import ABSENT, PLAIN_DIGITS, Closed
from surelist.errors import Invalid

T = TypeVar("T")

Cursor = Annotated[str, Field(min_length=1, max_length=2000)]
"""A title of 200 characters, by which a list may be sorted, makes one of over 1,100."""


class Paged(Closed):
    """The query of a list that comes in pages."""

    limit: Annotated[int, Field(ge=1, le=200, strict=False), PLAIN_DIGITS] = 50
    cursor: Cursor = ABSENT


def cut(rows: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The first `limit` rows, and the cursor to the rest if more were read."""
    page = list(rows[:limit])
    return page, cursor_of(page[-1]) if len(rows) > limit else None


def cursor_to(tx: UserTransaction, of: Any, *place: Any) -> str:
    """The cursor to what comes after `place` in the list that `of` says, both as JSON."""
    return tx.seal(orjson.dumps([of, *place]))


def place_in(tx: UserTransaction, of: Any, cursor: str) -> list[Any]:
    """The place that `cursor` was made of. Raises Invalid when it is another user's or list's."""
    content = tx.unseal(cursor)
    made_of, *place = orjson.loads(content) if content else (None,)
    if not content or made_of != of:
        raise Invalid("cursor_mismatch")
    return place
