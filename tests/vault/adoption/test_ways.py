"""Sealing some fields, later some more, some back, and the whole way backwards."""

from tests.vault.adoption.shop import OldShop

HALF = (
    '    email = kept.Email("contact.email")\n    phone = kept.Char("contact.phone", '
    "max_length=30, null=True, blank=True)\n"
)
HALF_CLEAR = (
    '    email = kept.Email("contact.email")\n    phone = models.CharField(max_length=30, '
    "null=True, blank=True)\n"
)


def test_backwards_is_unsealing_with_nothing_lost(shop: OldShop):
    before = shop.rows()
    shop.models("sealed")
    shop("makemigrations", "shop")
    shop("migrate")
    told = shop("migrate", "shop", "0001")
    assert "Unsealed email of Customer: 9 rows" in told
    shop.models("clear")
    assert shop.rows() == before
    shop("migrate")
    shop.models("sealed")
    assert shop.rows() == before
    assert shop.files_with("quux") == []


def test_people_stay_the_same_through_unsealing_and_sealing_again(shop: OldShop):
    ask = """
from shop.models import *
from kept import vault
print(sorted((str(row.pk), str(vault.subject_of(row))) for row in Inquiry._base_manager.all()))
"""
    shop.models("sealed")
    shop("makemigrations", "shop")
    shop("migrate")
    people = shop.python(ask)
    shop("migrate", "shop", "0001")
    shop.models("clear")
    assert shop.python(ask) == people
    shop("migrate")
    shop.models("sealed")
    assert shop.python(ask) == people
    assert shop.python("from kept.vault.models import Link; print(Link.objects.count())") == "0\n"


def test_fields_are_sealed_one_after_the_other(shop: OldShop):
    before = shop.rows()
    shop.models("sealed")
    shop.edit(HALF, HALF_CLEAR)
    shop("makemigrations", "shop")
    told = shop("migrate")
    assert "phone" not in told
    assert shop.rows() == before
    shop.edit(HALF_CLEAR, HALF)
    told = shop("makemigrations", "shop")
    shop.python("""
from shop.models import Inquiry
from kept.vault.models import Subject
subject = Inquiry._base_manager.earliest("pk").subject_id
Subject.objects.filter(pk=subject).update(state="pseudo")  # as for a row that stays anonymised
""")
    assert "Seal phone of Inquiry" in told
    assert "Remove field" not in told
    assert "Sealed phone of Inquiry: 40 rows" in shop("migrate")
    shop.python(
        "from kept.vault.models import Subject\n"
        "Subject.objects.filter(state='pseudo').update(state='active')"
    )
    assert shop.rows() == before
    assert shop.files_with("quux") == []
    assert "No changes detected" in shop("makemigrations", "--check", "--dry-run")


def test_one_field_goes_back_and_leaves_the_envelope(shop: OldShop):
    before = shop.rows()
    shop.models("sealed")
    shop("makemigrations", "shop")
    shop("migrate")
    shop.edit(HALF, HALF_CLEAR)
    assert "Unseal phone of Inquiry" in shop("makemigrations", "shop")
    assert "Unsealed phone of Inquiry: 40 rows" in shop("migrate")
    assert shop.rows() == before
    told = shop.python("""
from shop.models import Inquiry
from kept.vault import codec
from kept.vault.keystore import keystore
rows = list(Inquiry._base_manager.all())
keys = keystore().keys.fetch([codec.key_id(row.__dict__["sealed"], row) for row in rows])
names = set()
for row in rows:
    raw = row.__dict__["sealed"]
    opened = codec.open(raw, keys[codec.key_id(raw, row)], row._kept_shape.place(row))
    names |= set(opened)
print("phone" in names, "email" in names)
""")
    assert told == "False True\n"
    assert "No changes detected" in shop("makemigrations", "--check", "--dry-run")


def test_rows_that_change_while_they_are_sealed_are_sealed_as_they_are(shop: OldShop):
    """The site goes on writing: what is written after a row was sealed is seen under the lock."""
    shop.models("sealed")
    shop("makemigrations", "shop")
    told = shop.python("""
from django.core.management import call_command
from django.db import connection
from kept.vault.adopting import work

seal, times = work.seal, [0]

def late(rows, pks):
    done = seal(rows, pks)
    if rows.table == "shop.customer" and times[0] < 2:
        times[0] += 1
        with connection.cursor() as cursor:
            cursor.execute("UPDATE shop_customer SET email = %s WHERE email LIKE 'buyer0%%'",
                           [f"buyer0-{times[0]}@quux.example"])
    return done

work.seal = late
call_command("migrate", verbosity=0)
import kept
from shop.models import Customer
with kept.purpose("serve"):
    print(sorted(row.email for row in Customer.objects.all())[:2])
""")
    assert told == "['buyer0-2@quux.example', 'buyer1@quux.example']\n"
    assert shop.files_with("quux") == []


def test_a_row_of_somebody_who_is_being_erased_waits_for_the_erasure(shop: OldShop):
    shop.models("sealed")
    shop.edit(HALF, HALF_CLEAR)
    shop("makemigrations", "shop")
    shop("migrate")
    shop.edit(HALF_CLEAR, HALF)
    shop("makemigrations", "shop")
    shop.python("""
from shop.models import Inquiry
from kept.vault import erasing
erasing.erase_keys(Inquiry._base_manager.earliest("pk").subject_id)
""")
    done = shop.run("migrate")
    assert done.returncode == 1
    assert "kept vault finish" in done.stderr
    shop.python("from kept import vault; list(vault.finish_erasures())")
    assert "Sealed phone of Inquiry" in shop("migrate")
    assert shop.files_with("quux") == []
