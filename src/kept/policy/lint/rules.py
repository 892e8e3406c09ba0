"""All rules between clauses, in the order in which they are asked: first that names lead somewhere."""

from kept.policy.lint import references
from kept.policy.model import Policy
from kept.policy.problems import Problem, Where


def problems(policy: Policy, where: Where) -> list[Problem]:
    """The problems between the clauses of a well-formed policy."""
    return list(references.problems(policy, where))
