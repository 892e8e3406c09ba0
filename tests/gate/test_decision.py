"""A decision is an object with its reasons; a gate is compiled once and asked often."""

import copy
import threading

import pytest

from kept import gate
from kept.gate import Decision, Facts, Gate, GateError, Request, RuleHit
from kept.gate.compiled import MOST_REMEMBERED
from tests.gate import vector

ONE = vector.compiled([{}])
CONTRACT = vector.compiled([{"change": [('basis = "consent"', 'basis = "contract"')]}])
USE = Request("use", "contact.email", "answer", "inquiry")
YES = Facts(0, consented=ONE.mask(["answer"]))


@pytest.mark.parametrize("facts", [YES, Facts(0)])
def test_a_decision_has_no_truth_value(facts):
    decision = ONE.decide(USE, facts)
    with pytest.raises(TypeError, match="allowed"):
        bool(decision)
    with pytest.raises(TypeError):
        _ = "yes" if decision else "no"
    with pytest.raises(TypeError):
        _ = not decision


def test_a_decision_cannot_be_changed():
    decision = ONE.decide(USE, Facts(0))
    for name, value in (("allowed", True), ("rules", ()), ("missing", ()), ("request", USE)):
        with pytest.raises(AttributeError):
            setattr(decision, name, value)
    with pytest.raises(AttributeError):
        decision.rules[0].allows = True
    assert isinstance(decision.rules, tuple)
    assert isinstance(decision.missing, tuple)


def test_requests_and_facts_cannot_be_changed():
    for value, name in ((USE, "purpose"), (YES, "consented")):
        with pytest.raises(AttributeError):
            setattr(value, name, None)


def test_decisions_are_shared():
    again = Request("use", "contact.email", "answer", "inquiry")
    assert ONE.decide(USE, YES) is ONE.decide(again, YES)
    assert ONE.decide(USE, Facts(0)) is ONE.decide(again, Facts(0, consented=0))


def test_explain_gives_lines_with_clauses_and_what_is_missing():
    text = ONE.decide(USE, Facts(0, restricted=True)).explain()
    assert text.splitlines()[0] == "denied: use contact.email for answer (collected by inquiry)"
    assert "rule 5 denies [purposes.answer]: there is no consent" in text
    assert "processing is restricted" in text
    assert "missing: a choice of the person" in text
    allowed = ONE.decide(USE, YES).explain()
    assert allowed.startswith("allowed: ")
    assert "rule 4 passes [collect.inquiry]" in allowed
    assert "missing" not in allowed


class Broken:
    """Facts whose reading fails."""

    @property
    def base(self):
        raise ConnectionError("zoe@x.org could not be read")


@pytest.mark.parametrize(
    "facts",
    [
        Broken(),
        None,
        Facts("0", consented=1),
        Facts(0, consented="all"),
        Facts(0, consented=-1, objected=None),
        Facts(0, consented=-1, age="12"),
        Facts(0, consented=-1, place=5),
    ],
)
def test_an_error_denies_and_says_so_without_values(facts):
    versions = [{"add": "[age]\nminimum = 13"}]
    decision = vector.compiled(versions).decide(USE, facts)
    assert decision.allowed is False
    assert [hit.rule for hit in decision.rules] == [0]
    assert "an error denies" in decision.explain()
    assert "zoe" not in decision.explain()


def test_signals_that_cannot_be_read_deny_where_they_matter():
    asked = Request("use", "web.page", "improve", "visits")
    assert ONE.decide(asked, Facts(0)).allowed is True
    assert ONE.decide(asked, Facts(0, signals=3)).allowed is False


@pytest.mark.parametrize("request_", [None, "use", Request([], {}, "answer"), Request(1, 2, 3)])
def test_a_request_of_the_wrong_kind_denies(request_):
    assert ONE.decide(request_, YES).allowed is False


@pytest.mark.parametrize("flag", [None, 0, "", "no", 2])
def test_a_flag_that_is_not_plainly_false_denies(flag):
    assert ONE.decide(USE, Facts(0, consented=-1, restricted=flag)).allowed is False
    assert CONTRACT.decide(USE, Facts(0, consented=-1, ceased=False)).allowed is True
    assert CONTRACT.decide(USE, Facts(0, consented=-1, ceased=flag)).allowed is False


def test_after_a_stop_a_new_consent_allows_its_own_purpose_and_no_other():
    stopped = Facts(0, ceased=True)
    assert ONE.decide(USE, stopped).allowed is False
    assert ONE.decide(USE, Facts(0, ceased=True, consented=ONE.mask(["answer"]))).allowed is True
    assert CONTRACT.decide(USE, stopped).allowed is False


def test_own_data_needs_plainly_true():
    for own in (False, None, 1, "yes"):
        asked = Request("use", "contact.email", "own-data")
        assert ONE.decide(asked, Facts(own=own)).allowed is False


def test_the_gate_knows_its_versions_and_bits():
    one = vector.compiled([{}, {}, {"change": [['version = "1"', 'version = "3"']]}])
    assert one.versions == (0, 1, 2)
    assert one.in_force[0] == 2
    assert one.in_force[1].meta.version == "3"
    assert one.bit("answer") == 0
    assert one.mask(["answer", "deliver"]) == 0b11
    assert one.mask([]) == 0
    assert "advertise" in one.purposes
    with pytest.raises(KeyError):
        one.bit("sell")


def test_a_purpose_without_a_bit_is_denied():
    (version,) = [vector.version({})]
    one = gate.compile([(0, version)], {"deliver": 0})
    assert one.decide(USE, Facts(0, consented=-1)).allowed is False
    assert (
        one.decide(Request("use", "contact.address", "deliver", "order"), Facts(0)).allowed is True
    )


@pytest.mark.parametrize(
    ("ordinals", "bits"),
    [
        ([], {}),
        ([1, 0], {}),
        ([0, 0], {}),
        ([-1, 0], {}),
        ([0], {"answer": 63}),
        ([0], {"answer": -1}),
        ([0], {"answer": 1, "deliver": 1}),
        ([0], {"maintain": 1}),
    ],
)
def test_what_cannot_be_compiled_says_so(ordinals, bits):
    with pytest.raises(GateError, match="G006"):
        gate.compile([(ordinal, vector.version({})) for ordinal in ordinals], bits)


@pytest.mark.parametrize("name", sorted(gate.BUILT_IN))
def test_a_policy_cannot_declare_a_built_in_purpose(name):
    add = f'[purposes.{name}]\nsays = "do anything"\nbasis = "legitimate-interest"'
    with pytest.raises(GateError, match="G006"):
        vector.compiled([{"add": add}])


def test_a_flood_of_words_does_not_fill_the_memory():
    one = vector.compiled([{}])
    for number in range(MOST_REMEMBERED + 10):
        assert one.decide(Request("use", f"x{number}", "answer"), YES).allowed is False
    assert len(one._known) <= MOST_REMEMBERED
    assert one.decide(USE, YES).allowed is True


def test_threads_get_equal_decisions_from_a_fresh_gate():
    one, answers = vector.compiled([{}]), []

    def ask():
        answers.extend(one.decide(USE, Facts(0, consented=i % 2)).allowed for i in range(200))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(True) == answers.count(False) == 400


@pytest.mark.parametrize(
    ("left", "right", "purpose", "add", "allowed"),
    [
        ("device.ip", "identity.name", "improve", "", False),
        ("device.ip", "identity.name", "improve", "C", True),
        ("identity.name", "device.ip", "improve", "C", True),
        ("device.ip", "identity.name", "deliver", "C", False),
        ("device.ip", "contact.email", "improve", "C", False),
        ("device.ip", "identity.name", "improve", "CN", False),
        ("identity.name", "device.ip", "improve", "CN", False),
    ],
)
def test_combining_needs_a_clause_and_no_ban(left, right, purpose, add, allowed):
    clauses = {
        "C": '[combine.x]\njoin = "device"\nwith = "identity"\nfor = ["improve"]',
        "N": '[never.x]\njoin = "device.ip"\nwith = "*"',
    }
    one = vector.compiled([{"add": "\n".join(clauses[letter] for letter in add)}])
    decision = one.may_combine(left, right, purpose)
    assert decision.allowed is allowed
    assert bool(decision.missing) is not allowed


def test_combining_needs_the_clause_in_every_version():
    clause = '[combine.x]\njoin = "device"\nwith = "identity"\nfor = ["improve"]'
    for versions, allowed in (([{"add": clause}] * 2, True), ([{}, {"add": clause}], False)):
        one = vector.compiled(versions)
        assert one.may_combine("device.ip", "identity.name", "improve").allowed is allowed


def test_which_gate_is_in_force_is_wired():
    with gate.only_for_testing_in_force(ONE) as same:
        assert gate.in_force() is ONE is same
        with gate.only_for_testing_in_force(vector.compiled([{}])) as inner:
            assert gate.in_force() is inner
        assert gate.in_force() is ONE


def test_without_a_provider_there_is_no_gate(monkeypatch):
    from kept.gate import wired

    with monkeypatch.context() as patch:
        patch.setattr(wired, "_provider", None)
        with pytest.raises(GateError, match="G004"):
            gate.in_force()
        gate.wire(lambda: ONE)
        assert gate.in_force() is ONE


def test_decisions_hold_no_personal_data_and_copy_freely():
    decision = ONE.decide(USE, YES)
    assert copy.deepcopy(decision) == decision
    assert isinstance(decision, Decision)
    assert isinstance(ONE, Gate)
    assert all(isinstance(hit, RuleHit) for hit in decision.rules)
