import pytest

from tests.support.asking import ids, refusal
from tests.support.person import Person

TEXTS: list[tuple[str, str | None, list[str]]] = [
    ("Café Zürich: Frühstück", None, ["Home"]),
    ("CAFE crème", "Bring the blue_print (v2)", ["home office", "Äpfel"]),
    ("Send 100% of file_a to O’Brien", "C:\\temp\\x", ["homework"]),
    ("Straße fegen", "ﬁne ﬁligree, “quoted”", []),
    ("東京で寿司を食べる", None, []),
    ("서울 여행", "ガイドブック と ひらがな", []),
    ("Позвонить Ёжику", "ΣΊΣΥΦΟΣ", []),
    ("well-known e-mail", "first\nsecond\tthird", []),
    ("Søren IŞIK Łódź", "ışık, Þór and Ærø", []),
    ("Zahnarzttermin", "soft\u00adhyphen, no\u200dn\u200cjoin, كتـــاب", []),
    ("ซื้อข้าวเหนียว", "မြန်မာစာ", []),
    ("٣ eggs and ４ apples", "Learn C++ and C#", []),
    ("🎂 for Bob 👩🏽‍🚀", "❤️", []),
]


@pytest.fixture
async def with_texts(ann: Person) -> Person:
    """Ann with TEXTS as titles, descriptions and tags."""
    for title, description, tags in TEXTS:
        more = {"description": description} if description else {}
        await ann.call("add_task", title=title, tags=tags, **more)
    return ann


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("cafe", [1, 2]),
        ("CAFÉ", [1, 2]),
        ("cafe\u0301", [1, 2]),
        ("afe", [1, 2]),
        ("zur fruh", [1]),
        ("fruh zur", [1]),
        ("zurich missing", []),
        ("creme blue", [2]),
        ("print", [2]),
        ("(v2)", [2]),
        ("100%", [3]),
        ("%", [3]),
        ("_", [2, 3]),
        ("\\", [3]),
        ("file_a", [3]),
        ("s_nd", []),
        ("100_", []),
        ("s%d", []),
        ("o'brien", [3]),
        ("O’Brien’", [3]),
        ("temp\\x", [3]),
        ("strasse", [4]),
        ("STRASSE", [4]),
        ("straße", [4]),
        ("fine", [4]),
        ("ﬁli", [4]),
        ('"quoted"', [4]),
        ("„quoted“!", [4]),
        ("東京", [5]),
        ("寿司", [5]),
        ("京で", [5]),
        ("京都", []),
        ("서울", [6]),
        ("여", [6]),
        ("ガイド", [6]),
        ("がいど", [6]),
        ("ｶﾞｲﾄﾞ", [6]),
        ("ヒラガナ", [6]),
        ("ежику", [7]),
        ("σισυφος", [7]),
        ("σίσυφοσ", [7]),
        ("known", [8]),
        ("e-mail", [8]),
        ("e‑mail", [8]),
        ("second third first", [8]),
        ("sec\x00ond", [8]),
        ("second\x00", [8]),
        ("soren", [9]),
        ("søren", [9]),
        ("lodz", [9]),
        ("isik", [9]),
        ("ışık", [9]),
        ("IŞIK", [9]),
        ("thor aero", [9]),
        ("termin", [10]),
        ("softhyphen", [10]),
        ("soft\u00adhyphen", [10]),
        ("nonjoin", [10]),
        ("كتاب", [10]),
        ("كـتاب", [10]),
        ("ข้าว", [11]),
        ("မာ", [11]),
        ("3", [12]),
        ("4 ۳", [12]),
        ("c++", [12]),
        ("C#", [12]),
        ("c+", [12]),
        ("🎂", [13]),
        ("👩🏽‍🚀", [13]),
        ("🚀", [13]),
        ("❤", [13]),
        ("home", [1, 2, 3]),
        ("home cafe", [1, 2]),
        ("work", [3]),
        ("#home", [1]),
        ("#HOME cafe", [1]),
        ("#homework", [3]),
        ("#apfel office", [2]),
        ("#home #homework", []),
        ("#office", []),
        ("'; DROP TABLE task; --", []),
    ],
)
async def test_a_search_finds_the_tasks_that_contain_all_its_words(
    with_texts: Person, search: str, found: list[int]
) -> None:
    assert await ids(with_texts, search=search) == found


@pytest.mark.parametrize("tag", ["home", "HÖME", "ho\u00adme"])
async def test_a_tag_filter_folds_text_like_search(with_texts: Person, tag: str) -> None:
    assert await ids(with_texts, tag=tag) == [1]
    assert await ids(with_texts, tag=tag, search="#home") == [1]
    assert await ids(with_texts, tag=tag, search="#homework") == []


async def test_a_search_finds_the_new_text_of_a_changed_task(with_texts: Person) -> None:
    await with_texts.call("update_task", task_id=1, title="Hôtel", description="Genève")
    assert await ids(with_texts, search="zurich") == []
    assert await ids(with_texts, search="geneve hotel") == [1]
    await with_texts.call("update_task", task_id=1, tags=["Travel"])
    assert await ids(with_texts, search="#home") == []
    assert await ids(with_texts, search="#travel") == [1]
    await with_texts.call("update_task", task_id=1, undo=len(TEXTS) + 1)
    assert await ids(with_texts, search="zurich") == [1]
    assert await ids(with_texts, search="geneve") == []


@pytest.mark.parametrize(
    ("search", "code"),
    [
        ("x" * 201, "invalid_arguments"),
        ("word " * 41, "invalid_arguments"),
        (" ".join("abcdefghijklmnopqrstu"), "search_too_long"),
        (" \u200b\u00ad", "search_empty"),
        ("\u0301", "search_empty"),
    ],
)
async def test_a_search_out_of_bounds_is_refused(ann: Person, search: str, code: str) -> None:
    assert (await refusal(ann, "list_tasks", search=search)).code == code


async def test_a_search_of_many_words_works(with_texts: Person) -> None:
    assert 3 in await ids(with_texts, search="a " * 100)
    assert await ids(with_texts, search=" ".join("abcdefghijklmnopqrst")) == []
