"""What `make fire` reads from a site's stores is what came in: rows opened, leaves proven."""

import pytest

from benchmarks.fire import state
from kept import ledger
from tests.console.conftest import INQUIRY, write
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("usimprints")
def test_an_inquiry_is_read_and_its_leaf_is_proven():
    write("/ask/", INQUIRY)
    while ledger.sequence_once():
        pass
    address = INQUIRY["email"]
    told = state._look([address, "nobody@example.org"])
    assert told["inquiries"] == {address: [INQUIRY["message"]]}
    assert told["leaves"] == {address: 1}
    assert told["known"] == [address]
    assert told["accounts"] == []
    assert told["waiting"]["events"] == 0
