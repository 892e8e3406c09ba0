"""The catalogue: read once, whole, and drawn."""

from decimal import Decimal

import msgspec
import pytest
from django.template.loader import get_template

from kept.site import catalogue


def test_every_piece_and_every_range_has_its_drawing():
    for one in catalogue.ranges().values():
        assert get_template(one.drawing)
        assert [get_template(item.drawing) for item in one.items]


def test_a_larger_quantity_never_costs_more_a_piece():
    for one in catalogue.ranges().values():
        for item in one.items:
            prices = [item.prices[quantity] for quantity in sorted(item.prices)]
            assert prices == sorted(prices, reverse=True), item.name


def test_least_quantity_and_best_price_come_from_the_table():
    item = catalogue.Item("x", "mug", "", "", 3, {100: Decimal(2), 24: Decimal(3)})
    assert (item.least, item.best) == (24, Decimal(2))


def test_an_unknown_word_in_the_file_is_an_error():
    with pytest.raises(msgspec.ValidationError, match="unknown field `colour`"):
        msgspec.toml.decode(b"ranges = []\ncolour = 1", type=catalogue.Catalogue)
