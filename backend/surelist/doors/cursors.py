"""Pages and cursors. A cursor is the place of the next page, signed for one user and one list."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import Field

from surelist.data.isolation import UserTransaction
from surelist.doors.arguments import ABSENT, PLAIN_DIGITS, Closed
from surelist.errors import Invalid

T = TypeVar("T")

Cursor = Annotated[str, Field(min_length=1, max_length=2000)]
"""The limit leaves room: a list sorted by title has cursors of over 1,100 characters."""


class Paged(Closed):
    """The base class of the query parameters of a list with pages."""

    limit: Annotated[int, Field(ge=1, le=200, strict=False), PLAIN_DIGITS] = 50
    cursor: Cursor = ABSENT


def cut(rows: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The first `limit` rows, and the cursor of the next page if there are more rows."""
    page = list(rows[:limit])
    return page, cursor_of(page[-1]) if len(rows) > limit else None


def cursor_to(tx: UserTransaction, of: Any, *place: Any) -> str:
    """The cursor of the page after `place` in the list `of`. Both must be JSON values."""
    return tx.seal(orjson.dumps([of, *place]))


def place_in(tx: UserTransaction, of: Any, cursor: str) -> list[Any]:
    """The place in `cursor`. Raises Invalid when it is of another user or another list."""
    content = tx.unseal(cursor)
    made_of, *place = orjson.loads(content) if content else (None,)
    if not content or made_of != of:
        raise Invalid("cursor_mismatch")
    return place
