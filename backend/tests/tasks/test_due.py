from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surelist.errors import Invalid
from surelist.tasks.due import YEARS, instant, read_moment, start_of, write_moment
from surelist.tasks.fields import EMPTY, FIELDS
from tests.support.asking import ids, refusal, task
from tests.support.person import Person
from tests.support.records import Records

BERLIN = "Europe/Berlin"
TIMEZONES = st.sampled_from(sorted(available_timezones()))
INSTANTS = st.datetimes(timezones=st.just(UTC)).filter(
    lambda at: datetime(YEARS[0], 1, 2, tzinfo=UTC) < at < datetime(YEARS[-1], 12, 30, tzinfo=UTC)
)
DAYS = st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))


@given(INSTANTS, TIMEZONES)
def test_a_formatted_instant_is_parsed_to_the_same_instant(at: datetime, timezone: str) -> None:
    shown, _ = write_moment(at, at.date(), at.time(), timezone)
    assert read_moment(shown, timezone, "due").at == at


@given(DAYS, TIMEZONES)
def test_a_formatted_day_is_parsed_to_the_same_day(day: date, timezone: str) -> None:
    moment = read_moment(day.isoformat(), timezone, "due")
    shown = write_moment(moment.at, moment.on, moment.clock, timezone)
    assert shown == (day.isoformat(), f"{day:%A}")


@given(DAYS, TIMEZONES)
def test_a_day_begins_at_its_first_instant(day: date, timezone: str) -> None:
    zone = ZoneInfo(timezone)
    start = start_of(day, timezone)
    before = start - timedelta(microseconds=1)
    assert before.astimezone(zone).date() < day <= start.astimezone(zone).date()


@given(DAYS, st.times(), TIMEZONES)
def test_a_local_time_is_accepted_unless_the_clocks_skip_it(
    day: date, clock: time, timezone: str
) -> None:
    zone = ZoneInfo(timezone)
    stated = datetime.combine(day, clock, zone)
    if stated.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != stated.replace(tzinfo=None):
        with pytest.raises(Invalid, match="time_skipped"):
            read_moment(f"{day}T{clock}", timezone, "due")
    else:
        moment = read_moment(f"{day}T{clock}", timezone, "due")
        assert moment.at == stated.astimezone(UTC)
        assert (moment.on, moment.clock, moment.zone) == (day, clock, None)


# Nights with clock changes in these zones, by an hour or by half an hour.
CLOCK_CHANGES = {
    "Europe/Madrid": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
}
CHANGING = st.sampled_from(sorted(CLOCK_CHANGES))
NIGHTS = st.builds(
    lambda night, days: night + timedelta(days=days),
    st.sampled_from([night for nights in CLOCK_CHANGES.values() for night in nights]),
    st.integers(-1, 1),
)
SMALL_HOURS = st.builds(time, st.integers(0, 4), st.sampled_from([0, 15, 29, 30, 59]))


def _there_are(at: datetime, zone: ZoneInfo) -> bool:
    """Whether this local time exists in the zone."""
    return at.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == at


@given(NIGHTS, SMALL_HOURS, CHANGING)
def test_a_wall_time_is_its_first_instant_or_moves_past_the_gap(
    day: date, clock: time, timezone: str
) -> None:
    zone, stated = ZoneInfo(timezone), datetime.combine(day, clock)
    at = instant(day, clock, None, timezone)
    shown = at.astimezone(zone).replace(tzinfo=None)
    if _there_are(stated, zone):
        assert shown == stated
        earlier = (at - timedelta(minutes=minutes) for minutes in (30, 60))
        assert all(one.astimezone(zone).replace(tzinfo=None) != stated for one in earlier)
    else:
        day_before = datetime.combine(day - timedelta(days=1), clock, zone).utcoffset()
        day_after = datetime.combine(day + timedelta(days=1), clock, zone).utcoffset()
        assert day_before is not None
        assert day_after is not None
        assert shown - stated == day_after - day_before


@given(NIGHTS, SMALL_HOURS, CHANGING, CHANGING)
def test_a_wall_time_survives_every_change_of_the_time_zone(
    day: date, clock: time, home: str, away: str
) -> None:
    if not _there_are(datetime.combine(day, clock), ZoneInfo(home)):
        return
    given_there = FIELDS.columns_of({"due": f"{day}T{clock}"}, EMPTY, home)
    image = {
        name: value if name == "due_zone" else value.isoformat()
        for name, value in given_there.items()
    }
    abroad = FIELDS.columns_from_json(image, away)
    assert (abroad["due_on"], abroad["due_time"]) == (day, clock)
    assert abroad["due_at"] == instant(day, clock, None, away)
    assert FIELDS.fields_changed_since(abroad, given_there) == []
    assert FIELDS.columns_from_json(image, home) == given_there


@given(INSTANTS, TIMEZONES, TIMEZONES)
def test_an_event_before_migration_0007_keeps_its_instant_in_every_time_zone(
    at: datetime, then: str, now: str
) -> None:
    image = {"due_on": None, "due_at": at.isoformat()}
    left, current = FIELDS.columns_from_json(image, then), FIELDS.columns_from_json(image, now)
    assert left == current
    assert current == {
        "due_on": at.date(),
        "due_time": at.time(),
        "due_zone": "UTC",
        "due_at": at,
    }
    assert FIELDS.to_values(current, now)["due"] == at.astimezone(ZoneInfo(now)).isoformat()


@pytest.mark.parametrize(
    ("due", "zone"),
    [
        ("2026-11-23T15:00", None),
        ("2026-11-23T15:00Z", "UTC"),
        ("2026-11-23T15:00+00:00", "UTC"),
        ("2026-11-23T15:00+05:45", "+05:45"),
        ("1960-01-01T15:00-00:44:30", "-00:44:30"),
    ],
)
def test_a_given_offset_remains_the_zone_of_the_time(due: str, zone: str | None) -> None:
    moment = read_moment(due, BERLIN, "due")
    assert moment.clock == time(15)
    assert moment.zone == zone
    assert instant(moment.on, moment.clock, moment.zone, BERLIN) == moment.at
    assert instant(moment.on, moment.clock, zone or BERLIN, "Asia/Tokyo") == moment.at


@pytest.mark.parametrize(
    ("due", "shown", "weekday"),
    [
        ("2026-11-23", "2026-11-23", "Monday"),
        (" 2026-11-23 ", "2026-11-23", "Monday"),
        ("2026-11-23T15:00", "2026-11-23T15:00:00+01:00", "Monday"),
        ("2026-11-23 15:00", "2026-11-23T15:00:00+01:00", "Monday"),
        ("2026-11-23t15:00", "2026-11-23T15:00:00+01:00", "Monday"),
        ("2026-11-23T15:00:30", "2026-11-23T15:00:30+01:00", "Monday"),
        ("2026-11-23T15:00:30.5", "2026-11-23T15:00:30.500000+01:00", "Monday"),
        ("2026-11-23T15:00:30.123456", "2026-11-23T15:00:30.123456+01:00", "Monday"),
        ("2026-11-23T15:00+01:00", "2026-11-23T15:00:00+01:00", "Monday"),
        ("2026-11-23T14:00Z", "2026-11-23T15:00:00+01:00", "Monday"),
        ("2026-11-23T14:00:00z", "2026-11-23T15:00:00+01:00", "Monday"),
        ("2026-11-23T23:30-05:00", "2026-11-24T05:30:00+01:00", "Tuesday"),
        ("2026-07-01T15:00", "2026-07-01T15:00:00+02:00", "Wednesday"),
        ("2028-02-29", "2028-02-29", "Tuesday"),
        ("1900-01-01", "1900-01-01", "Monday"),
        ("9998-12-31T23:59", "9998-12-31T23:59:00+01:00", "Thursday"),
        # The clocks go back on 25 October 2026 at 3:00. 2:30 occurs twice and means the first.
        ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00", "Sunday"),
        ("2026-10-25T02:30+01:00", "2026-10-25T02:30:00+01:00", "Sunday"),
    ],
)
async def test_a_due_date_is_shown_in_the_persons_time_zone_and_accepted_back(
    ann: Person, records: Records, due: str, shown: str, weekday: str
) -> None:
    await records.set_timezone(ann, BERLIN)
    added = await ann.call("add_task", title="Call", due=due)
    assert (added["due"], added["weekday"], added["timezone"]) == (shown, weekday, BERLIN)
    full = await task(ann, 1)
    assert (full["due"], full["weekday"]) == (shown, weekday)
    again = await ann.call("update_task", task_id=1, due=added["due"])
    assert again["changed"] == []


@pytest.mark.parametrize(
    "due",
    [
        "tomorrow",
        " ",
        "2026-02-30",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "0000-01-01",
        "1899-12-31",
        "9999-01-01",
        "9999-12-31T23:59",
        "10000-01-01",
        "-2026-01-01",
        "20261123",
        "2026-W48-1",
        "2026-327",
        "26-11-23",
        "2026-11",
        "2026-1-2",
        "23.11.2026",
        "11/23/2026",
        "2026-11-23T",
        "2026-11-23T15",
        "2026-11-23T25:00",
        "2026-11-23T15:60",
        "2026-11-23T15:00:60",
        "2026-11-23T15:00:00.1234567",
        "2026-11-23T15:00+25:00",
        "2026-11-23T15:00+0100",
        "2026-11-23T15:00 Europe/Berlin",
        "2026-11-23Z",
        "2026-11-23T15:00\x00",
        "\uff12\uff10\uff12\uff16-11-23",
        "1763856000",
        "infinity",
        "now",
    ],
)
async def test_an_invalid_date_is_refused_with_the_current_date(
    ann: Person, records: Records, due: str
) -> None:
    await records.set_timezone(ann, BERLIN)
    refused = await refusal(ann, "add_task", title="Call", due=due)
    today = datetime.now(ZoneInfo(BERLIN))
    if not due.strip():
        assert refused.arguments == {"due": "other"}
    else:
        assert refused.code == "date_not_iso"
        assert f"Today is {today:%A}, {today:%Y-%m-%d}, in {BERLIN}." in refused.message
    assert await ids(ann) == []


@pytest.mark.parametrize(
    ("timezone", "due"),
    [
        (BERLIN, "2026-03-29T02:30"),
        ("America/New_York", "2026-03-08T02:00"),
        ("Africa/Cairo", "2026-04-24T00:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:15"),
    ],
)
async def test_a_skipped_time_is_refused(
    ann: Person, records: Records, timezone: str, due: str
) -> None:
    await records.set_timezone(ann, timezone)
    refused = await refusal(ann, "add_task", title="Call", due=due)
    assert refused.code == "time_skipped"
    assert await ids(ann) == []


@pytest.mark.parametrize(
    ("timezone", "due", "shown"),
    [
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T01:30:00-04:00"),
        ("America/Havana", "2026-11-01T00:30", "2026-11-01T00:30:00-04:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-05T01:45:00+11:00"),
        ("Africa/Monrovia", "1960-01-01T10:00", "1960-01-01T10:00:00-00:44:30"),
        ("Asia/Kathmandu", "2026-11-23T10:00", "2026-11-23T10:00:00+05:45"),
        ("Pacific/Kiritimati", "2026-11-23", "2026-11-23"),
        ("Africa/Cairo", "2026-04-24", "2026-04-24"),
    ],
)
async def test_a_time_that_occurs_twice_means_the_first_occurrence(
    ann: Person, records: Records, timezone: str, due: str, shown: str
) -> None:
    await records.set_timezone(ann, timezone)
    added = await ann.call("add_task", title="Call", due=due)
    assert added["due"] == shown
    assert (await ann.call("update_task", task_id=1, due=shown))["changed"] == []


async def test_a_day_is_due_at_its_start_in_the_persons_time_zone(
    ann: Person, records: Records
) -> None:
    await records.set_timezone(ann, BERLIN)
    await ann.call("add_task", title="Call", due="2026-11-23")
    [stored] = await records.tasks(ann)
    assert stored["due_on"] == date(2026, 11, 23)
    assert stored["due_at"] == datetime(2026, 11, 22, 23, tzinfo=UTC)


DUES = {
    1: "2026-11-22T23:59:59.999999",
    2: "2026-11-23",
    3: "2026-11-23T00:00",
    4: "2026-11-23T15:00",
    5: "2026-11-23T23:59:59.999999",
    6: "2026-11-24",
    7: "2026-11-24T00:00",
    8: None,
}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"due_before": "2026-11-22"}, [1]),
        ({"due_before": "2026-11-23"}, [1, 2, 3, 4, 5]),
        ({"due_before": "2026-11-24"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"due_before": "2026-11-21"}, []),
        ({"due_before": "2026-11-22T23:59:59.999999"}, [1]),
        ({"due_before": "2026-11-23T00:00"}, [1, 2, 3]),
        ({"due_before": "2026-11-23T15:00"}, [1, 2, 3, 4]),
        ({"due_before": "2026-11-23T14:59:59.999999"}, [1, 2, 3]),
        ({"due_before": "2026-11-23T14:00Z"}, [1, 2, 3, 4]),
        ({"due_before": "9998-12-31"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"due_after": "2026-11-22"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"due_after": "2026-11-23"}, [2, 3, 4, 5, 6, 7]),
        ({"due_after": "2026-11-24"}, [6, 7]),
        ({"due_after": "2026-11-25"}, []),
        ({"due_after": "2026-11-23T00:00"}, [2, 3, 4, 5, 6, 7]),
        ({"due_after": "2026-11-23T15:00"}, [2, 4, 5, 6, 7]),
        ({"due_after": "2026-11-23T15:00:00.000001"}, [2, 5, 6, 7]),
        ({"due_after": "2026-11-23T23:59:59.999999"}, [2, 5, 6, 7]),
        ({"due_after": "2026-11-24T00:00"}, [6, 7]),
        ({"due_after": "1900-01-01"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"due_after": "2026-11-23", "due_before": "2026-11-23"}, [2, 3, 4, 5]),
        ({"due_after": "2026-11-23T15:00", "due_before": "2026-11-23T15:00"}, [2, 4]),
        ({"due_after": "2026-11-24", "due_before": "2026-11-23"}, []),
    ],
)
async def test_bounds_on_due_dates_are_inclusive_for_days_and_for_times(
    ann: Person, records: Records, filters: dict[str, str], found: list[int]
) -> None:
    await records.set_timezone(ann, BERLIN)
    for number, due in DUES.items():
        await ann.call("add_task", title=f"Task {number}", **({"due": due} if due else {}))
    listed = await ann.call("list_tasks", **filters)
    assert [row["id"] for row in listed["tasks"]] == found
    assert listed["total"] == len(found)


async def test_due_bounds_include_all_of_a_day_of_23_hours(ann: Person, records: Records) -> None:
    await records.set_timezone(ann, BERLIN)
    for due in ("2026-03-28T23:59", "2026-03-29T00:00", "2026-03-29T23:59", "2026-03-30T00:00"):
        await ann.call("add_task", title="Call", due=due)
    assert await ids(ann, due_after="2026-03-29", due_before="2026-03-29") == [2, 3]


@pytest.mark.parametrize("bound", ["due_before", "due_after"])
@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "2026-03-29T02:30"])
async def test_an_invalid_due_bound_is_refused(
    ann: Person, records: Records, bound: str, text: str
) -> None:
    await records.set_timezone(ann, BERLIN)
    refused = await refusal(ann, "list_tasks", **{bound: text})
    assert refused.code == ("time_skipped" if "T" in text else "date_not_iso")


async def test_a_list_has_the_time_in_the_persons_time_zone(ann: Person, records: Records) -> None:
    await records.set_timezone(ann, "Pacific/Kiritimati")
    await ann.call("add_task", title="Call")
    listed = await ann.call("list_tasks")
    now = datetime.fromisoformat(listed["now"])
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert (now.utcoffset(), f"{now:%A}") == (timedelta(hours=14), listed["weekday"])
    assert listed["timezone"] == "Pacific/Kiritimati"
    assert (await task(ann, 1))["created_at"].endswith("+14:00")
