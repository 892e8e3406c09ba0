"""What cannot be sealed is refused with a reason, before anything is changed."""

import pytest

from tests.settings import WORLD
from tests.vault.adoption.shop import OldShop

_BY_HAND = """
import kept
from django.db import migrations


class Migration(migrations.Migration):
    {atomic}
    dependencies = [{needs}]
    operations = [{operation}]
"""


def write(shop: OldShop, operation: str, *, atomic: bool = False, also: str = "") -> None:
    """A migration by hand."""
    needs = f'("shop", "0001_initial"), ("kept_vault", "0001_initial"), {also}'
    text = _BY_HAND.format(
        atomic="" if atomic else "atomic = False", needs=needs, operation=operation
    )
    (shop.folder / "shop" / "migrations" / "0002_hand.py").write_text(text)


def refusal(shop: OldShop, *words: str) -> str:
    """What `migrate` says when it refuses; it is a sentence, not a traceback."""
    done = shop.run("migrate", *words)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_by_hand_the_names_are_enough(shop: OldShop):
    before = shop.rows()
    shop.models("sealed")
    write(shop, 'kept.SealFields("Customer", ["email"])')
    shop.edit("class Order(kept.AdoptedModel)", "class Order(models.Model)")
    assert "Sealed email of Customer: 9 rows" in shop("migrate", "--skip-checks")
    told = shop.python(
        "import kept\nfrom shop.models import Customer\nwith kept.purpose('serve'):\n"
        "    print([row.email for row in Customer.objects.order_by('pk')])"
    )
    assert told == str([f"buyer{n}@quux.example" for n in range(9)]) + "\n"
    assert len(before) == 76


def test_one_transaction_is_too_small(shop: OldShop):
    shop.models("sealed")
    write(shop, 'kept.SealFields("Customer", ["email"])', atomic=True)
    assert "V071" in refusal(shop)
    shop.models("clear")
    assert len(shop.rows()) == 76


def test_a_migration_that_would_drop_the_columns_does_not_run(shop: OldShop):
    shop.models("sealed")
    write(
        shop,
        'migrations.RemoveField("customer", "email"), migrations.AddField("customer", "sealed", '
        'kept.vault.fields.EnvelopeField(schema={"email": kept.Email("contact.email")}))',
    )
    shop.edit(
        "import kept\n", "import kept\nimport kept.vault.fields\n", "shop/migrations/0002_hand.py"
    )
    told = refusal(shop)
    assert "V073" in told
    assert "`email`" in told
    shop.models("clear")
    assert len(shop.rows()) == 76


def test_without_a_posted_policy_nothing_is_changed(shop: OldShop):
    shop.python(
        "from kept.promises.models import PolicyVersion\nPolicyVersion.objects.all().delete()"
    )
    shop.models("sealed")
    shop("makemigrations", "shop")
    told = refusal(shop)
    assert "V014" in told
    assert "no policy is posted" in told
    shop("post")
    shop("migrate")
    assert len(shop.rows()) == 76


def test_a_field_that_its_clause_does_not_name_is_not_sealed(shop: OldShop):
    shop.edit('address = "contact.address"', 'street = "contact.address"', "policy.toml")
    shop("post")
    shop.models("sealed")
    shop("makemigrations", "shop", "--skip-checks")
    assert "`address`" in refusal(shop, "--skip-checks")


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("customer", "is a key to other rows"),
        ("nothing", "is no column of the model"),
        ("state", "is not among the model's sealed fields"),
    ],
)
def test_what_is_no_clear_column_of_a_sealed_field_is_refused(
    shop: OldShop, field: str, reason: str
):
    shop.models("sealed")
    write(shop, f'kept.SealFields("Order", ["{field}"])')
    done = shop.run("migrate")
    assert done.returncode == 1
    assert reason in done.stderr


def test_a_value_that_would_not_come_back_stops_it_and_nothing_is_lost(shop: OldShop):
    before = shop.rows()
    shop.models("sealed")
    shop.edit(
        'children = kept.Integer("communication.message"',
        'children = kept.Char("communication.message", max_length=9',
    )
    shop("makemigrations", "shop")
    told = refusal(shop)
    assert "V072" in told
    assert "`children`" in told
    shop.models("sealed")
    for path in (shop.folder / "shop" / "migrations").glob("0*seal_inquiry.py"):
        path.write_text(
            path.read_text().replace(
                "kept.vault.fields.Char('communication.message', blank=True, max_length=9,"
                " null=True)",
                "kept.vault.fields.Integer('communication.message', blank=True, null=True)",
            )
        )
    shop("migrate")
    assert shop.rows() == before


def test_a_subject_line_of_the_hosts_own_is_told_before_anything_breaks(shop: OldShop):
    shop.models("sealed")
    shop.edit(
        '    state = models.CharField(max_length=9, default="new")\n    hidden',
        "    subject = models.CharField(max_length=9)\n    hidden",
    )
    done = shop.run("check")
    assert "takes the place of one that sealing needs" in done.stderr


@pytest.mark.skipif(WORLD.engine != "sqlite", reason="PostgreSQL writes the table anew itself")
def test_a_reader_that_keeps_old_pages_alive_is_told_and_the_next_run_scrubs(shop: OldShop):
    import sqlite3

    shop.models("sealed")
    shop("makemigrations", "shop")
    other = sqlite3.connect(shop.root / "data" / "db.sqlite3", isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN")
    other.execute("SELECT * FROM shop_customer").fetchall()
    assert "V074" in refusal(shop)
    other.execute("ROLLBACK")
    other.close()
    shop("migrate")
    assert shop.files_with("quux") == []
    assert len(shop.rows()) == 76
