"""Periods, keeps and lifetimes: read, written, counted in calendars."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.policy import Keep, Lifetime, Period
from kept.policy.period import parse


@pytest.mark.parametrize(
    ("text", "code", "again"),
    [
        ("2 years", "p2y", "2 years"),
        ("24 months", "p2y", "2 years"),
        ("18 months", "p18m", "18 months"),
        ("1 day", "p1d", "1 day"),
        ("2 weeks", "p14d", "14 days"),
        ("72 hours", "p3d", "3 days"),
        ("36 hours", "pt36h", "36 hours"),
    ],
)
def test_one_length_has_one_name(text, code, again):
    period = parse(text)
    assert (period.code, str(period), period.iso) == (code, again, code.upper())


@pytest.mark.parametrize(
    "text",
    ["", "years", "2years", "2  years", "-2 years", "0 days", "2.5 days", "two years", "2 Years",
     "101 years", "99999 years", "999999 days", "٣ days", "1 fortnight", " 2 years", "2 years\n"],
)  # fmt: skip
def test_other_spellings_are_not_guessed_at(text):
    assert parse(text) is None


def test_a_month_ends_where_its_calendar_ends():
    assert parse("1 month").after(date(2024, 1, 31)) == date(2024, 2, 29)
    assert parse("1 year").after(date(2024, 2, 29)) == date(2025, 2, 28)
    assert parse("36 hours").after(date(2024, 1, 1)) == date(2024, 1, 3)
    moment = datetime(2024, 1, 31, 12, tzinfo=UTC)
    assert parse("36 hours").after_moment(moment) == datetime(2024, 2, 2, 0, tzinfo=UTC)
    assert parse("1 month").after_moment(moment) == datetime(2024, 2, 29, 12, tzinfo=UTC)


@given(
    st.integers(1, 1200),
    st.sampled_from(["hour", "day", "week", "month", "year"]),
    st.dates(max_value=date(2100, 1, 1)),
)
def test_what_is_written_reads_back_and_ends_after_it_began(number, unit, start):
    period = parse(f"{number} {unit}{'' if number == 1 else 's'}")
    if period is None:
        assert unit == "year"
        assert number > 100
        return
    assert parse(str(period)) == period
    assert period.after(start) > start
    assert abs((period.after(start) - start).days - period.rough_days) <= 3


def test_keep_classes_have_stable_names():
    assert Keep("period", Period(months=24)).key_class == "p2y"
    assert Keep("event", event="purpose ends").key_class == "until-purpose-ends"
    assert Keep("indefinitely").key_class == "indefinitely"
    assert Keep("statutory", Period(months=84), statute="tax").key_class == "statutory-tax"


def test_a_cookie_never_outlives_its_text():
    assert Lifetime("session").seconds is None
    assert Lifetime("until log out").seconds is None
    assert Lifetime("period", Period(days=2)).seconds == 172_800
    assert Lifetime("period", Period(months=12)).seconds == 365 * 86_400
    assert Lifetime("period", Period(months=1)).seconds == 30 * 86_400
