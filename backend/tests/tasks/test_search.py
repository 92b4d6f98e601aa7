import pytest

from tests.support.asking import ids, refusal
from tests.support.person import Person

TEXTS = [
    ("Café Zürich: Frühstück", None),
    ("CAFE crème", "Bring the blue_print (v2)"),
    ("Send 100% of file_a to O'Brien", "C:\\temp\\x"),
    ("Straße fegen", "ﬁne ﬁligree"),
    ("東京で寿司を食べる", None),
    ("서울 여행", "ガイドブック"),
    ("Позвонить Ёжику", "ΣΊΣΥΦΟΣ"),
    ("well-known e-mail", "first\nsecond\tthird"),
]


@pytest.fixture
async def with_texts(ann: Person) -> Person:
    """Ann with TEXTS as titles and descriptions."""
    for title, description in TEXTS:
        more = {"description": description} if description else {}
        await ann.call("add_task", title=title, **more)
    return ann


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("cafe", [1, 2]),
        ("CAFÉ", [1, 2]),
        ("cafe\u0301", [1, 2]),
        ("caf", [1, 2]),
        ("afe", []),
        ("zur fruh", [1]),
        ("fruh zur", [1]),
        ("zurich missing", []),
        ("creme blue", [2]),
        ("print", [2]),
        ("v2", [2]),
        ("100%", [3]),
        ("%", None),
        ("_", None),
        ("\\", None),
        ("file_a", [3]),
        ("s_nd", []),
        ("100_", [3]),
        ("1_0", []),
        ("s%d", []),
        ("o'brien", [3]),
        ("temp\\x", [3]),
        ("strasse", [4]),
        ("STRASSE", [4]),
        ("straße", [4]),
        ("fine", [4]),
        ("ﬁli", [4]),
        ("東京", [5]),
        ("寿司", [5]),
        ("京で", [5]),
        ("京都", []),
        ("서울", [6]),
        ("여", [6]),
        ("ガイド", [6]),
        ("ｶﾞｲﾄﾞ", [6]),
        ("ежику", [7]),
        ("σισυφος", [7]),
        ("σίσυφοσ", [7]),
        ("known", [8]),
        ("e-mail", [8]),
        ("second third first", [8]),
        ("sec\x00ond", []),
        ("second\x00", [8]),
        ("'; DROP TABLE task; --", []),
    ],
)
async def test_a_search_finds_what_begins_with_each_of_its_words(
    with_texts: Person, search: str, found: list[int] | None
) -> None:
    if found is None:
        refused = await refusal(with_texts, "list_tasks", search=search)
        assert "no letter or digit" in refused.message
    else:
        assert await ids(with_texts, search=search) == found


async def test_a_search_follows_what_a_task_is_changed_to(with_texts: Person) -> None:
    await with_texts.call("update_task", task_id=1, title="Hôtel", description="Genève")
    assert await ids(with_texts, search="zurich") == []
    assert await ids(with_texts, search="geneve hotel") == [1]
    await with_texts.call("update_task", task_id=1, undo=len(TEXTS) + 1)
    assert await ids(with_texts, search="zurich") == [1]
    assert await ids(with_texts, search="geneve") == []


@pytest.mark.parametrize("search", ["x" * 201, "word " * 41])
async def test_a_search_out_of_bounds_is_refused(ann: Person, search: str) -> None:
    assert '"search"' in (await refusal(ann, "list_tasks", search=search)).message


async def test_a_search_of_many_words_is_answered(with_texts: Person) -> None:
    assert await ids(with_texts, search="a " * 100) == [3]
    assert await ids(with_texts, search=" ".join("abcdefghijklmnopqrstuvwxyz" * 3)) == []
