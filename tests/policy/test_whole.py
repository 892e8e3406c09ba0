"""Whatever part of a policy is left: it is read, said, compared and exported without failing."""

import copy
import json
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kept.policy import compare, export, load, prose, render
from kept.policy.lint import problems
from kept.policy.model import Policy
from kept.policy.positions import Positions
from kept.policy.problems import Where

ROOT = Path(__file__).parents[2]
WHOLE = load(ROOT / "policies" / "us-service-center.toml").policy
PLAIN = export.plain(WHOLE)
PLAIN["policy"].update(effective=date(2018, 5, 1), updated=date(2024, 1, 1))
CLAUSES = [
    (section, id)
    for section, table in PLAIN.items()
    for id, clause in table.items()
    if isinstance(clause, dict)
]
KEYS = [
    *((section, id, key) for section, id in CLAUSES for key in PLAIN[section][id]),
    *((section, key) for section in PLAIN for key in PLAIN[section]),
]


def without(paths):
    tree = copy.deepcopy(PLAIN)
    for *above, last in paths:
        table = tree
        for key in above:
            table = table.get(key, {})
        table.pop(last, None)
    return {section: table for section, table in tree.items() if table}


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(CLAUSES), max_size=40, unique=True),
    st.lists(st.sampled_from(KEYS), max_size=6, unique=True),
)
def test_a_policy_with_parts_left_out_is_handled_everywhere(clauses, keys):
    try:
        policy = Policy.model_validate(without([*clauses, *keys]))
    except ValidationError:
        return
    where = Where("p.toml", Positions())
    if any(one.severity == "error" for one in problems(policy, where)):
        return
    document = prose.document(policy)
    assert document.sentences
    for one in document.sentences:
        assert "{" not in one.text
        assert "None" not in one.text.replace("None of it", "")
    assert render.html(document).count("data-promise") == len(document.sentences)
    assert render.markdown(document)
    for point in policy.collect:
        assert prose.notice(policy, point).text
    for made in (export.dpv(policy), export.fides(policy), export.plain(policy)):
        assert json.dumps(made)
    there, back = compare(WHOLE, policy), compare(policy, WHOLE)
    assert (
        bool(there.changes)
        == bool(back.changes)
        == (policy != WHOLE.model_copy(update={"text": ""}))
    )
