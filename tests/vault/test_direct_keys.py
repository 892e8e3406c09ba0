"""Every personal table says by a column of its own whose row it is: no way leads over another."""

import pytest

from kept.vault.holdings import Holding, holdings

OVER_ANOTHER = {
    "kept_accounts.OpenSession": "staff sign in too and are nobody's subject; the account's key",
    "kept_accounts.SecondFactor": "one-to-one with the user, whose id is its primary key",
    "kept_accounts.RecoveryCode": "a digest that is gone with the user it belongs to",
}
"""Tables of ours that reach their subject through another one, each with the reason."""


def ours() -> list[Holding]:
    """What the ready-made site and Kept itself hold; the hosts of these tests have all shapes."""
    return [one for one in holdings().values() if one.label.startswith("kept_")]


def is_direct(one: Holding) -> bool:
    """Whether each way to a subject is a column of the row's own table, and no link row is one."""
    return bool(one.paths) and not one.link and not any("__" in path for path in one.paths)


def test_every_personal_table_carries_its_subjects_key() -> None:
    assert {one.label for one in ours() if not is_direct(one)} == set(OVER_ANOTHER)


def test_no_personal_table_reaches_its_subject_over_more_than_one_other() -> None:
    far = [one.label for one in ours() if any(path.count("__") > 1 for path in one.paths)]
    assert far == []


@pytest.mark.parametrize("label", ["crowd.Stamp", "vaulttests.Note", "vaulttests.Comment"])
def test_a_way_over_another_table_is_seen(label: str) -> None:
    assert not is_direct(holdings()[label])


def test_there_are_tables_to_look_at() -> None:
    assert {"kept_forms.Submission", "kept_site.Testimonial", "kept_vault.Subject"} <= {
        one.label for one in ours() if is_direct(one)
    }
