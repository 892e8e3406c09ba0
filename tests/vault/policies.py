"""A small policy for the vault's tests, and the gate that it makes."""

from kept import gate, policy

TEXT = """
[policy]
site = "Fixture"
version = "1"
effective = 2026-01-01
places = ["US"]

[purposes.answer-inquiry]
says = "answer requests for information"
basis = "consent"

[purposes.serve]
says = "do what you asked us to do"
basis = "contract"

[purposes.news]
says = "send you news"
basis = "consent"


[collect.inquiry]
says = "ask us something"
for = ["serve", "answer-inquiry"]
keep = "2 years"
[collect.inquiry.required]
name = "identity.name"
email = "contact.email"
[collect.inquiry.optional]
phone = "contact.phone"
message = "communication.message"
[collect.inquiry.added]
reply = "communication.message"

[collect.sample]
says = "fill in everything"
for = ["serve"]
keep = "30 days"
[collect.sample.optional]
char = "identity.name"
text = "communication.message"
email = "contact.email"
phone = "contact.phone"
url = "contact.website"
day = "identity.birth-date"
moment = "identity.birth-date"
number = "identity.name"
amount = "identity.name"
flag = "identity.name"
data = "communication.message"
kind = "identity.title"

[collect.account]
says = "have an account"
for = ["serve"]
until = "account closes"
[collect.account.optional]
email = "contact.email"
"""


def gate_of(text: str = TEXT, *earlier: str) -> gate.Gate:
    """The gate of one policy text, the one in force; `earlier` ones before it, oldest first."""
    versions = []
    for ordinal, one in enumerate((*earlier, text)):
        loaded = policy.loads(one, "fixture.toml")
        assert loaded.policy is not None, [str(problem) for problem in loaded.problems]
        versions.append((ordinal, loaded.policy))
    purposes = sorted({name for _, each in versions for name in each.purposes})
    return gate.compile(versions, {name: bit for bit, name in enumerate(purposes)})
