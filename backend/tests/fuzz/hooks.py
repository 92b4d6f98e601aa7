"""Values of the formats that the OpenAPI document names."""

from datetime import UTC, date, datetime

import schemathesis
from hypothesis import strategies as st

FIRST, LAST = 1900, 9998

schemathesis.openapi.format(
    "date-or-date-time",
    st.dates(date(FIRST, 1, 1), date(LAST, 12, 31)).map(date.isoformat)
    | st.datetimes(
        datetime(FIRST, 1, 1),  # noqa: DTZ001
        datetime(LAST, 12, 31),  # noqa: DTZ001
        timezones=st.none() | st.just(UTC),
    ).map(datetime.isoformat),
)
schemathesis.openapi.format("time-zone", st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo"]))
