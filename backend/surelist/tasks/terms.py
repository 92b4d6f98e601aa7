"""What a task is found and sorted by, written in the statement that writes the task."""

from typing import Any

from sqlalchemy import ARRAY, BindParameter, Text, any_, bindparam, func
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import col

from surelist.data.isolation import user_delete, user_insert
from surelist.tasks.models import Row, Term
from surelist.tasks.words import search_text, sort_title, terms

WORDED = ("title", "description", "tags")
"""The columns that a task's words are in."""

SORTED = ("sort_title", "search_text")
"""The columns that follow from them."""

_lost = bindparam("lost", type_=ARRAY(Text), required=True)
_gained = bindparam("gained", type_=ARRAY(Text), required=True)


def losing(task_id: BindParameter[int]) -> UpdateBase:
    """The removal of the terms `lost` of a task."""
    return user_delete(Term).where(col(Term.task_id) == task_id, col(Term.term) == any_(_lost))


def gaining(task_id: BindParameter[int]) -> UpdateBase:
    """The addition of the terms `gained` to a task."""
    return (
        user_insert(Term)
        .values(term=func.unnest(_gained), task_id=task_id)
        .on_conflict_do_nothing()
    )


def indexed(task: Row) -> dict[str, Any]:
    """The SORTED columns of a new task, and the terms `gained`."""
    text = _text(task)
    return _columns(task, text) | {"gained": sorted(terms(text))}


def reindexed(stored: str, new: Row) -> dict[str, Any]:
    """The SORTED columns of a changed task, the terms `lost` and those `gained`.

    `stored` is its search text of before: what words are made of may have changed since.
    """
    text = _text(new)
    before, after = terms(stored), terms(text)
    return _columns(new, text) | {"lost": sorted(before - after), "gained": sorted(after - before)}


def unindexed(stored: str) -> dict[str, Any]:
    """All the terms of a task with this search text, as `lost`."""
    return {"lost": sorted(terms(stored))}


def _text(task: Row) -> str:
    return search_text(task["title"], task["description"], task["tags"])


def _columns(task: Row, text: str) -> dict[str, Any]:
    return {"sort_title": sort_title(task["title"]), "search_text": text}
