"""Which hosts the server may contact for whom: the `hosts` of the policy's recipients.

Rules: only of recipients that may get data any time; those of an occasion (legal process, a merger)
are given by hand, through what records the disclosure.
"""

from kept import policy, promises


def declared(of: policy.Policy) -> frozenset[str]:
    """The hosts that `of` names; `*.` covers every name below."""
    ordinary = (one for one in of.recipients.values() if one.occasion == "ordinary")
    return frozenset(host.lower() for one in ordinary for host in one.hosts)


def of_policy_in_force() -> frozenset[str]:
    """The hosts that may be contacted now. Raises `KeptError` P002 before a policy is posted."""
    return declared(promises.current().policy)
