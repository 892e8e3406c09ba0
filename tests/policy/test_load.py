"""Reading a policy: strict, frozen, with every problem in its place."""

import copy
import pickle
from hashlib import blake2b
from pathlib import Path

import pytest
from pydantic import ValidationError

from kept.policy import Keep, Period, load, loads

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "policies").glob("*.toml"))
HEAD = '[policy]\nsite = "X"\nversion = "1"\neffective = 2026-01-01\n'
POINT = HEAD + (
    '[purposes.p]\nsays = "do"\nbasis = "contract"\n'
    '[collect.c]\nsays = "c"\nfor = ["p"]\nkeep = "1 year"\nrequired.email = "contact.email"\n'
)


def errors(text):
    return [str(one) for one in loads(text, "p.toml").errors]


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_the_reference_policies_check_clean(file):
    assert load(file).problems == ()


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_a_policy_knows_its_text_and_its_digest(file):
    policy = load(file).policy
    text = file.read_text("utf-8")
    assert policy.text == text
    assert policy.digest == blake2b(text.encode(), digest_size=32).hexdigest()


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_a_policy_is_frozen_and_can_be_hashed_copied_and_pickled(file):
    policy = load(file).policy
    with pytest.raises(ValidationError):
        policy.meta = None
    with pytest.raises(TypeError):
        policy.purposes["x"] = None
    with pytest.raises(TypeError):
        policy.collect["inquiry"].required["x"] = "contact.email"
    assert hash(policy) == hash(load(file).policy)
    assert copy.deepcopy(policy) == policy
    assert pickle.loads(pickle.dumps(policy)) == policy


def test_clauses_know_their_names():
    policy = load(ROOT / "policies" / "us-service-center.toml").policy
    for section in ("purposes", "collect", "cookies", "recipients", "never", "rights", "holds"):
        for id, clause in getattr(policy, section).items():
            assert clause.id == id


def test_defaults_are_the_stricter_side():
    policy = loads(POINT, "p.toml").policy
    assert policy.meta.agreement == policy.meta.retroactive == "express"
    assert policy.signals.do_not_track == policy.signals.global_privacy_control == "honoured"
    point = policy.collect["c"]
    assert (point.public, point.approval, point.shown) == (False, "each", ())
    cookie = loads(HEAD + '[cookies.k]\nsays = "k"\nlifetime = "1 day"\n', "p").policy.cookies["k"]
    assert cookie.opt_in


def test_a_bare_text_stands_for_a_list_of_one():
    assert loads(POINT.replace('["p"]', '"p"'), "p").policy == loads(POINT, "p").policy.model_copy(
        update={"text": POINT.replace('["p"]', '"p"')}
    )


def test_several_problems_are_told_together_in_the_order_of_the_file():
    text = HEAD + '[purposes.p]\nsays = 3\nbasis = "consnt"\n[backups]\nkeep = "x"\n'
    assert errors(text) == [
        "E007 `says` needs a text in quotes, not a number (p.toml:6)",
        "E008 `consnt` is no `basis`; it is one of `consent`, `contract`, `legal-obligation`, "
        "`legitimate-interest`, `vital-interest`, `public-task` (p.toml:7); "
        "did you mean `consent`?",
        "E010 unreadable period `x` (p.toml:9)",
    ]


def test_a_repeated_table_is_told_with_its_line():
    [one] = loads(HEAD + "[backups]\n[backups]\n", "p.toml").errors
    assert (one.code, one.line) == ("E002", 6)


@pytest.mark.parametrize(
    ("extra", "starts"),
    [
        ("[purposes.x]\nid = 'x'\nsays = 'a'\nbasis = 'contract'", "E004 unknown key `id`"),
        ("['\\u0000text']\n", "E004"),
        ('["\\u0000text"]\n', "E004"),
        ("[[purposes]]\nsays = 'x'", "E007"),
        ("purposes = 3", "E004"),
        ("[policy.places]\nx = 1", "E007"),
        ("[age]\nminimum = 13.0", "E007"),
        ("[age]\nminimum = true", "E007"),
        ("[rights.access]\nweb = 1", "E007"),
        ("[collect.visits]\nsays='a'\nfor='p'\nkeep='1 year'\nrequired.a='contact.email'", "E006"),
        ("[cookies.'a b']\nsays = 'x'\nlifetime = 'session'", "E006"),
        ("[embeds.v]\nsays = 'x'\nprovider = 'y'\nhosts = ['javascript:x']", "E013"),
        ("[terms]\nurl = 'javascript:alert(1)'", "E013"),
        ("[terms]\nurl = '//example.org/x'", "E013"),
        ("[contacts.c]\nsays = 'x'\nemail = 'a@b'", "E013"),
        ("[text.t]\nsays = 'turned \\u202e round'", None),
        ('[text.t]\nsays = "turned \\u202e round"', "E009"),
    ],
)
def test_what_is_refused(extra, starts):
    found = errors(HEAD + extra + "\n")
    if starts is None:
        assert found == []
    else:
        assert found
        assert found[0].startswith(starts), found


def test_a_statutory_keep_has_its_period_and_its_class():
    text = POINT.replace('keep = "1 year"', 'keep = "7 years"\nstatute = "tax"')
    policy = loads(text + '[statutes.tax]\nsays = "tax law"\n', "p").policy
    assert policy.collect["c"].keep == Keep("statutory", Period(months=84), statute="tax")


def test_signals_stop_optional_purposes_unless_told_otherwise():
    policy = load(ROOT / "policies" / "usimprints.toml").policy
    assert policy.stopped_by_signals == {
        "personalise",
        "news",
        "other-information",
        "understand-visits",
    }


def test_a_directory_is_no_policy(tmp_path):
    [one] = load(tmp_path).problems
    assert one.code == "E001"
