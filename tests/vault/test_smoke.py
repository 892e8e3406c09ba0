import pytest

from kept import gate
from kept.vault import find

pytestmark = pytest.mark.django_db


def test_saved_in_a_scope_read_back_in_a_scope():
    from tests.vault.host.models import Inquiry

    with gate.purpose("serve"):
        made = Inquiry.objects.create(name="Zoe", email="Zoe@x.org")
        assert made.name == "Zoe"
        got = Inquiry.objects.get(email="Zoe@x.org")
        assert (got.name, got.email, got.phone) == ("Zoe", "Zoe@x.org", "")
        assert got.subject_id == find("email", "zoe@X.org")
        assert got.collected == 0
        got.name = "Mia"
        got.save()
        assert got.revision == 1
        assert Inquiry.objects.get(pk=got.pk).name == "Mia"
    assert isinstance(got.name, gate.Sealed)
    with gate.purpose("answer-inquiry"):
        assert isinstance(got.name, gate.Sealed)
