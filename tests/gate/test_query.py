"""`permitted` gives in the database what `decide` gives: NULLs and unknown versions too.

The population holds every mixture of base, agreement, choices and limits; policies, histories and
questions are random.
"""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from kept import gate
from kept.gate import Facts
from kept.vault import permitted
from kept.vault.models import State, Subject
from tests.gate import strategies

pytestmark = pytest.mark.django_db

ORDINALS = (0, 1, 2, 3)  # the last is of a version that a history of three does not know
MASKS = tuple(
    sum(1 << bit for place, bit in enumerate(strategies.BITS.values()) if chosen >> place & 1)
    for chosen in range(8)
)


@pytest.fixture
def people():
    """Every mixture, with what the gate would be told of it."""
    made = [
        Subject(
            collected=collected, agreed=agreed, consented=consented, objected=objected,
            restricted=restricted, ceased=ceased,
        )
        for collected, agreed, consented, objected, restricted, ceased in product(
            ORDINALS, (None, *ORDINALS), MASKS, (0, MASKS[1], MASKS[7]), (False, True),
            (False, True),
        )
    ]  # fmt: skip
    Subject.objects.bulk_create(made, batch_size=500)
    return {one.pk: facts_of(one) for one in made}


def facts_of(subject):
    known = [one for one in (subject.collected, subject.agreed) if one is not None]
    return Facts(
        max(known), subject.consented, subject.objected, subject.restricted, subject.ceased
    )


def check(people, compiled, request):
    with gate.only_for_testing_in_force(compiled):
        condition = permitted(
            request.purpose, category=request.category, operation=request.operation,
            collection=request.collection, recipient=request.recipient,
        )  # fmt: skip
    found = set(Subject.objects.filter(condition).values_list("pk", flat=True))
    expected = {pk for pk, facts in people.items() if compiled.decide(request, facts).allowed}
    assert found == expected, request
    return len(found)


def test_the_query_agrees_with_the_gate_on_every_mixture(people):
    found = []

    @settings(
        max_examples=strategies.EXAMPLES, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    @given(strategies.cases(questions=4))
    def holds(case):
        history, asked = case
        compiled = gate.compile(list(enumerate(history)), strategies.BITS)
        for request, _facts in asked:
            if request.occasion is None:
                found.append(check(people, compiled, request))

    holds()
    assert any(0 < number < len(people) for number in found)


@pytest.mark.parametrize("purpose", sorted(gate.BUILT_IN))
@pytest.mark.parametrize("operation", ["use", "store"])
def test_built_in_purposes_ask_for_nothing_but_an_active_subject(people, purpose, operation):
    from tests.gate import vector

    request = gate.Request(operation, "contact.email", purpose)
    number = check(people, vector.compiled([{}]), request)
    assert number in (0, len(people))


def test_a_gap_in_the_ordinals_is_no_permission(people):
    from tests.gate import vector

    compiled = vector.compiled([{}, {"ordinal": 2}])
    number = check(people, compiled, gate.Request("use", "contact.address", "deliver", "order"))
    assert 0 < number < len(people)


@pytest.mark.parametrize("state", [State.ERASING, State.ERASED])
def test_a_subject_that_is_not_active_is_never_among_them(people, state):
    from tests.gate import vector

    Subject.objects.update(state=state)
    with gate.only_for_testing_in_force(vector.compiled([{}])):
        for purpose in ("deliver", "maintain"):
            condition = permitted(purpose, category="contact.address", operation="store")
            assert not Subject.objects.filter(condition).exists()
