"""Everything about a person is found, and empty tables are told from forgotten ones."""

from typing import Any

import pytest

from kept import gate, vault
from kept.vault.holdings import holdings
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db


def test_every_declared_table_comes_with_this_persons_rows_only():
    from tests.vault.host.models import Inquiry, LongInquiry, Note

    with gate.purpose("serve"):
        mine, other = (Inquiry.objects.create(name="Zoe", email=c.email()) for _ in range(2))
        Note.objects.create(inquiry=mine)
        Note.objects.create(inquiry=other)
        Note.objects.create()
        child = LongInquiry.objects.create(subject_id=mine.subject_id, name="Zoe")
    found: dict[str, Any] = {one.holding.label: one for one in vault.everything(mine.subject_id)}
    assert found.keys() == holdings().keys()
    counts = {label: one.expected for label, one in found.items() if one.expected}
    assert counts == {
        "kept_vault.Subject": 1,
        "vaulttests.BaseInquiry": 1,
        "vaulttests.Inquiry": 1,
        "vaulttests.Note": 1,
    }
    assert [row.pk for row in found["vaulttests.BaseInquiry"].rows] == [child.pk]
    with gate.purpose("serve"):
        assert [row.name for row in found["vaulttests.Inquiry"].rows] == ["Zoe"]
