"""All rules between clauses: first that names lead somewhere, then what clauses say together."""

from itertools import islice

from kept.policy.lint import asking, bans, keeping, references, rights, sharing, style, use
from kept.policy.model import Policy
from kept.policy.problems import Problem, Where

MOST = 100
"""Unknown names that are looked up among the known ones: each look-up costs."""

_RULES = (sharing, bans, use, keeping, asking, rights, style)


def problems(policy: Policy, where: Where) -> list[Problem]:
    """The problems between the clauses of a well-formed policy."""
    if lost := list(islice(references.problems(policy, where), MOST)):
        return lost
    return [problem for rule in _RULES for problem in rule.problems(policy, where)]
