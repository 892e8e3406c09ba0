"""Addresses are published in company only, shuffled, at fixed times; counts never get lost."""

from hypothesis import given
from hypothesis import strategies as st

from kept._kit import crypto
from kept.keepers.visits import tokens
from kept.keepers.visits.batches import DISTINCT, LONGEST
from kept.keepers.visits.collecting import EVERY, Collector
from kept.keepers.visits.windows import step_of

START = 1_700_006_400.0 - 1_700_006_400.0 % EVERY
PAGES = ["/", "/about/", "/products/bags/"]


def filled(addresses: int, views: int = 1) -> Collector:
    collector = Collector(START + 5)
    for n in range(addresses):
        for _ in range(views):
            collector.view(PAGES[n % 3], f"203.0.113.{n}")
    return collector


def viewed(collector: Collector, moment: float = START) -> bytes:
    """The token of a view, as a worker makes it."""
    collector.view("/", "203.0.113.1")
    return tokens.mint(crypto.Cipher(collector.key), "/", moment)


def test_enough_different_addresses_go_out_at_the_fixed_time():
    collector = filled(DISTINCT)
    assert collector.close_if_due(START + EVERY - 1) is None
    batch = collector.close_if_due(START + EVERY)
    assert batch is not None
    assert len(batch.addresses) == DISTINCT
    assert batch.dropped == 0


def test_one_address_too_few_waits_however_many_views_there_are():
    collector = filled(DISTINCT - 1, views=40)
    assert collector.close_if_due(START + EVERY) is None


def test_what_waited_is_merged_with_the_next_window():
    collector = filled(DISTINCT - 1)
    collector.close_if_due(START + EVERY)
    collector.view("/", "198.51.100.7")
    batch = collector.close_if_due(START + 2 * EVERY)
    assert batch is not None
    assert len(batch.addresses) == DISTINCT


def test_after_a_day_the_addresses_are_dropped_and_the_counts_stay():
    collector = filled(DISTINCT - 1)
    for n in range(1, LONGEST // EVERY):
        assert collector.close_if_due(START + n * EVERY) is None
    batch = collector.close_if_due(START + LONGEST)
    assert batch is not None
    assert batch.addresses == ()
    assert batch.pages.total() == batch.dropped == DISTINCT - 1


def test_the_order_of_addresses_is_not_the_order_they_came_in():
    collector = filled(256)
    batch = collector.close_if_due(START + EVERY)
    assert batch is not None
    came = [f"203.0.113.{n}" for n in range(256)]
    assert sorted(batch.addresses) == sorted(came)
    assert list(batch.addresses) != came


def test_ending_early_gives_out_counts_and_no_lonely_addresses():
    collector = filled(3)
    batch = collector.end(START + 60)
    assert batch is not None
    assert (batch.addresses, batch.pages.total(), batch.dropped) == ((), 3, 3)


def test_a_token_counts_once_and_only_the_time_between_is_kept():
    collector = Collector(START)
    token = viewed(collector, START + 10)
    assert collector.leave(token, START + 10 + 45)
    assert not collector.leave(token, START + 70)
    assert not collector.leave(b"forged" * 9, START + 70)
    batch = collector.end(START + 80)
    assert batch is not None
    assert batch.readings == {("/", step_of(45)): 1}


def test_a_token_still_counts_one_window_later_and_is_unreadable_after_that():
    collector = Collector(START)
    early = viewed(collector)
    late = viewed(collector)
    collector.close_if_due(START + EVERY)
    assert collector.leave(early, START + EVERY + 1)
    collector.close_if_due(START + 2 * EVERY)
    assert not collector.leave(late, START + 2 * EVERY + 1)


def test_a_robot_is_counted_without_an_address():
    collector = Collector(START)
    collector.robot("/")
    batch = collector.end(START + 1)
    assert batch is not None
    assert (batch.robots["/"], batch.pages.total(), batch.addresses) == (1, 0, ())


def test_who_comes_again_is_in_no_second_batch_while_the_first_is_kept():
    kept: set[str] = set()
    collector = Collector(START, lambda asked: kept & set(asked))
    published = []
    for day in range(4):
        opened = START + day * EVERY
        collector.view("/", "regular")
        for n in range(DISTINCT):
            collector.view("/", f"{day}.{n}")
        batch = collector.close_if_due(opened + EVERY)
        assert batch is not None
        published.append("regular" in batch.addresses)
        kept.update(batch.addresses)
    assert published == [True, False, False, False]


def test_addresses_that_stand_in_a_kept_batch_are_no_company():
    kept = {f"203.0.113.{n}" for n in range(DISTINCT)}
    collector = Collector(START, lambda asked: kept & set(asked))
    for address in (*kept, "198.51.100.7"):
        collector.view("/", address)
    assert collector.close_if_due(START + EVERY) is None
    batch = collector.end(START + EVERY + 1)
    assert batch is not None
    assert (batch.addresses, batch.dropped) == ((), 1)


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(PAGES), st.integers(0, 120)), max_size=150), max_size=12
    )
)
def test_every_view_comes_out_exactly_once_and_never_in_small_company(windows):
    collector = Collector(START)
    batches = []
    for n, window in enumerate(windows):
        for page, address in window:
            collector.view(page, f"a{address}")
        batches.append(collector.close_if_due(START + (n + 1) * EVERY))
    batches.append(collector.end(START + (len(windows) + 1) * EVERY))
    out = [batch for batch in batches if batch is not None]
    assert sum(batch.pages.total() for batch in out) == sum(map(len, windows))
    for batch in out:
        assert not batch.addresses or len(set(batch.addresses)) >= DISTINCT
        assert len(set(batch.addresses)) == len(batch.addresses)
