"""Rights: what people ask about their own data, from the request to its end, on time and on record.

Facade: `kept.keepers.rights.flows` (ask, verify, cancel, refuse) and `kept.keepers.rights.kinds`.
"""
