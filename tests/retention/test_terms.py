"""When rows are over, by the policy versions alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.keepers.retention import terms
from kept.policy import Period, loads
from tests.posting import USIMPRINTS

KEEP = 'keep = "2 years"'
AT_ONCE = date(2016, 3, 16)


def version(ordinal: int, keep: str | None, began: date = AT_ONCE) -> terms.Version:
    """A version whose inquiries are kept so; None where it has no such clause."""
    start, end = (USIMPRINTS.index(f"[collect.{id}] ") for id in ("inquiry", "mail"))
    clause = "" if keep is None else USIMPRINTS[start:end].replace(KEEP, keep)
    assert keep is None or keep in clause
    text = USIMPRINTS[:start] + clause + USIMPRINTS[end:]
    policy = loads(text, "test.toml").policy
    assert policy is not None, loads(text, "test.toml").problems
    return terms.Version(ordinal, began, policy)


def is_over(versions, base: int, since: date, today: date) -> bool:
    """What the spans say of one row."""
    for span in terms.spans("inquiry", versions, today):
        if (span.low is None or span.low <= base) and (span.high is None or base <= span.high):
            found = span.terms
            return found.dropped or (found.last is not None and since <= found.last)
    raise AssertionError("a base without terms")


@pytest.mark.parametrize(
    ("keep", "since", "over"),
    [
        ("1 year", "2024-02-29", "2025-02-28"),
        ("4 years", "2024-02-29", "2028-02-29"),
        ("1 month", "2026-01-31", "2026-02-28"),
        ("1 month", "2024-01-31", "2024-02-29"),
        ("1 month", "2026-02-28", "2026-03-28"),
        ("6 months", "2025-08-31", "2026-02-28"),
        ("30 days", "2026-01-31", "2026-03-02"),
        ("2 years", "2026-12-31", "2028-12-31"),
        ("36 hours", "2026-05-01", "2026-05-03"),
    ],
)
def test_months_and_years_are_the_calendars(keep: str, since: str, over: str):
    day, end = date.fromisoformat(since), date.fromisoformat(over)
    versions = [version(0, f'keep = "{keep}"')]
    assert not is_over(versions, 0, day, end - timedelta(days=1))
    assert is_over(versions, 0, day, end)
    assert terms.next_end("inquiry", versions, 0, day, day) == end


def test_the_version_that_ends_first_counts_of_those_since_it_was_collected():
    versions = [
        version(0, 'keep = "2 years"'),
        version(1, 'keep = "6 months"'),
        version(2, 'keep = "5 years"'),
    ]
    since = date(2026, 1, 10)
    assert is_over(versions, 0, since, date(2026, 7, 10))
    assert is_over(versions, 1, since, date(2026, 7, 10))
    assert not is_over(versions, 2, since, date(2030, 1, 10))


def test_a_longer_keep_reaches_no_earlier_data():
    versions = [version(0, 'keep = "2 years"'), version(1, 'keep = "indefinitely"')]
    assert is_over(versions, 0, date(2026, 1, 10), date(2028, 1, 10))
    assert not is_over(versions, 1, date(2026, 1, 10), date(2099, 1, 10))


def test_where_a_clause_is_taken_out_its_rows_go_when_an_erasure_would():
    versions = [version(0, 'keep = "2 years"'), version(1, None, date(2026, 5, 1))]
    since = date(2026, 4, 30)
    assert not is_over(versions, 0, since, date(2026, 5, 3))
    assert is_over(versions, 0, since, date(2026, 5, 4))


def test_nothing_overflows_where_calendars_end():
    assert Period(months=1200).begun_by(date(50, 1, 1)) is None
    assert Period(months=1200).begun_by(date(9999, 12, 31)) == date(9899, 12, 31)


KEEPS = st.sampled_from(
    [None, 'keep = "1 month"', 'keep = "30 days"', 'keep = "2 years"', 'keep = "indefinitely"',
     'keep = "24 months"', 'until = "purpose ends"']
)  # fmt: skip
DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


@settings(max_examples=150, deadline=None)
@given(
    keeps=st.lists(KEEPS, min_size=1, max_size=4), began=st.lists(DAYS, min_size=4, max_size=4),
    base=st.integers(0, 3), since=DAYS, today=DAYS,
)  # fmt: skip
def test_the_spans_say_what_asking_every_version_says(keeps, began, base, since, today):
    starts = sorted(began)[: len(keeps)]
    versions = [version(n, keep, starts[n]) for n, keep in enumerate(keeps)]
    base = min(base, len(keeps) - 1)
    if keeps[base] is None:
        return  # nothing is collected where there is no clause

    def ends(one: terms.Version) -> bool:
        clause = one.policy.collect.get("inquiry")
        if clause is None:
            return one.began + timedelta(days=3) <= today
        return bool(clause.keep.period and clause.keep.period.after(since) <= today)

    assert is_over(versions, base, since, today) == any(ends(one) for one in versions[base:])


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.builds(Period, months=st.integers(1, 400)), st.builds(Period, days=st.integers(1, 4000)),
        st.builds(Period, hours=st.integers(1, 400)),
    ),
    DAYS,
)  # fmt: skip
def test_the_latest_start_of_a_period_that_is_over(period: Period, day: date):
    last = period.begun_by(day)
    assert last is not None
    assert period.after(last) <= day < period.after(last + timedelta(days=1))
