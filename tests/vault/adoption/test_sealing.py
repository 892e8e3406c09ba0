"""Sealing a populated site: every row comes back as it was, no clear text stays in raw files."""

from tests.settings import WORLD
from tests.vault.adoption.shop import OldShop


def test_makemigrations_writes_what_seals_and_leaves_nothing_over(shop: OldShop):
    shop.models("sealed")
    told = shop("makemigrations", "shop")
    assert told.count("Seal ") == 3
    assert "Remove field" not in told
    assert "No changes detected" in shop("makemigrations", "--check", "--dry-run")
    texts = [path.read_text() for path in sorted((shop.folder / "shop/migrations").glob("0*.py"))]
    sealing = [text for text in texts if "kept.SealFields" in text]
    assert all("atomic = False" in text and "kept_promises" in text for text in sealing)
    assert "Order" in sealing[-1]  # its people are found through the customers


def test_every_row_comes_back_and_no_clear_text_stays(shop: OldShop):
    before = shop.rows()
    assert len(before) == 40 + 9 + 27
    assert shop.files_with("quux")
    shop.models("sealed")
    shop("makemigrations", "shop")
    told = shop("migrate")
    assert "ATTENTION: backups" in told
    assert ("write-ahead log" in told) == (WORLD.engine == "postgresql")
    assert shop.rows() == before
    assert shop.files_with("quux") == []


def test_rows_of_one_person_are_one_persons_and_days_are_kept(shop: OldShop):
    shop.models("sealed")
    shop("makemigrations", "shop")
    shop("migrate")
    told = shop.python("""
import kept, datetime
from shop.models import *
from kept import vault
rows = Inquiry._base_manager
assert {row.since for row in rows.all()} == {datetime.date(2024, 2, 29)}
assert {row.revision for row in rows.all()} == {1}
people = rows.values_list("subject", flat=True)
with kept.purpose("serve"):
    by = {}
    for row in rows.all():
        by.setdefault(row.email.casefold(), set()).add(row.subject_id)
    assert len(by.pop("")) == 10  # nobody is known by no address
    assert len(by["quux at nowhere"]) == 1
    assert all(len(found) == 1 for found in by.values())
    assert by["zoe4@quux.example"] == {vault.find("email", "ZOE4@quux.example")}
    assert Inquiry._base_manager.filter(email="Zoe4@Quux.example").count() == 1
    assert Inquiry._base_manager.filter(email__iexact="zoe4@quux.example").count() == 2
for order in Order.objects.select_related("customer"):
    assert order.subject_id == order.customer.subject_id
with kept.purpose("serve"):
    now = datetime.datetime.now(datetime.UTC)
    made = Inquiry.objects.create(name="new", email="zoe4@quux.example", created=now)
    assert made.subject_id in by["zoe4@quux.example"]
    made.refresh_from_db()
    made.name = "newer"
    made.save()
    assert Inquiry.objects.get(pk=made.pk).name == "newer"
subject = made.subject_id
erased = vault.erase(subject)
assert erased.done and not Inquiry._base_manager.filter(subject=subject).exists()
print("fine")
""")
    assert told == "fine\n"


def test_a_plan_and_sql_say_what_it_is(shop: OldShop):
    shop.models("sealed")
    shop("makemigrations", "shop", "-n", "step")
    assert "Seal email of Customer, row by row" in shop("migrate", "--plan")
    names = sorted(path.stem for path in (shop.folder / "shop/migrations").glob("0*.py"))
    sealing = next(
        name
        for name in names
        if "SealFields" in (shop.folder / f"shop/migrations/{name}.py").read_text()
    )
    told = shop("sqlmigrate", "shop", sealing)
    assert "CANNOT BE WRITTEN AS SQL" in told
    assert "Seal email of Customer" in told


def test_a_new_database_needs_no_policy(shop: OldShop):
    shop.models("sealed")
    shop("makemigrations", "shop")
    (shop.folder / "shop" / "tests.py").write_text(
        "from django.test import TestCase\nfrom shop.models import Inquiry\n\n"
        "class T(TestCase):\n"
        "    def test_it(self):\n        self.assertEqual(Inquiry.objects.count(), 0)\n"
    )
    assert "Ran 1 test" in shop("test", "--noinput", "shop")


def test_what_was_held_in_clear_is_held_once_it_is_sealed(shop: OldShop):
    policy = shop.folder / "policy.toml"
    holds = '\n[holds.legal]\nsays = "to settle disputes"\n'
    policy.write_text(policy.read_text("utf-8") + holds, "utf-8")
    shop("post")
    shop.python("""
import datetime
from kept import vault
zoe = vault.find_or_make("email", "zoe4@quux.example")
day = datetime.date.today() + datetime.timedelta(days=9)
vault.place_hold(zoe.pk, "legal", day, "0a1b")
""")
    shop.models("sealed")
    shop("makemigrations", "shop")
    shop("migrate")
    told = shop.python("""
from shop.models import *
from kept import vault
subject = vault.find("email", "zoe4@quux.example")
rows = Inquiry._base_manager.filter(subject=subject)
before = rows.count()
done = vault.erase(subject)
(hold,) = vault.holds(subject)
read = [one for one in vault.held_data(hold.id, "0a1b") if one.label == "shop.Inquiry"]
print(done.done, before > 0, rows.count() == before, len(read) == before)
""")
    assert told.split() == ["True"] * 4
