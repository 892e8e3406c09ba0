"""Breakages of what the gate decides: purposes, recipients, bans, signals, age."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from kept import gate
from kept.promises.models import PurposeBit
from tests.sabotage.case import only, patched, sabotage

DECIDE = gate.Gate.decide
WILLING = (1 << 63) - 1


def _lax(change: Any) -> Any:
    return patched(gate.Gate, "decide", only(DECIDE, change))


def _allowing(test: Any) -> Any:
    """A gate that allows whatever `test(request)` says, as the first allowed decision there is."""

    def decide(self: gate.Gate, request: gate.Request, facts: gate.Facts) -> Any:
        found = DECIDE(self, request, facts)
        return Yes(found) if test(request) else found

    return patched(gate.Gate, "decide", decide)


class Yes:
    """A decision that was bent to yes."""

    def __init__(self, decision: gate.Decision) -> None:
        self.decision = decision
        self.allowed = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.decision, name)


def _consented(purpose: str) -> Iterator[None]:
    bit = 1 << PurposeBit.objects.get(purpose=purpose).bit
    before = _masks()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kept_vault_subject SET consented = consented | %s", [bit])
    yield
    with connection.cursor() as cursor:
        for id, mask in before:
            cursor.execute("UPDATE kept_vault_subject SET consented = %s WHERE id = %s", [mask, id])


def _masks() -> list[tuple[Any, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, consented FROM kept_vault_subject")
        return list(cursor.fetchall())


@sabotage(
    "purposes.news",
    "a script marked everybody as having agreed to the news",
    like="Gateway Learning 2004: the list was used without consent",
)
def news_for_all(site: Any) -> Iterator[None]:
    yield from _consented("news")


@sabotage(
    "purposes.other-information",
    "addresses given for one thing were marked for another",
    like="Twitter 2022: addresses given for security matched to advertisements",
)
def other_information_for_all(site: Any) -> Iterator[None]:
    yield from _consented("other-information")


@sabotage("purposes.personalise", "everybody was marked as wanting a website fitted to them")
def personalise_for_all(site: Any) -> Iterator[None]:
    yield from _consented("personalise")


@sabotage("purposes.transaction", "everybody was marked as having authorised a transaction")
def transaction_for_all(site: Any) -> Iterator[None]:
    yield from _consented("transaction")


@sabotage("purposes.serve-account", "everybody was marked as wanting an account")
def account_for_all(site: Any) -> Iterator[None]:
    yield from _consented("serve-account")


@sabotage("purposes.answer-inquiry", "withdrawn consents were put back into force by SQL")
def answers_for_all(site: Any) -> Iterator[None]:
    yield from _consented("answer-inquiry")


@sabotage("purposes.publish-testimonial", "everybody was marked as agreeing to be published")
def publish_for_all(site: Any) -> Iterator[None]:
    yield from _consented("publish-testimonial")


def _moved(purpose: str) -> Iterator[None]:
    row = PurposeBit.objects.get(purpose=purpose)
    PurposeBit.objects.filter(purpose=purpose).update(bit=60)
    yield
    PurposeBit.objects.filter(purpose=purpose).update(bit=row.bit)


@sabotage("purposes.answer-request", "the place of a purpose in the masks was changed by SQL")
def request_bit_moved(site: Any) -> Iterator[None]:
    yield from _moved("answer-request")


@sabotage("purposes.understand-visits", "the place of a purpose in the masks was changed by SQL")
def visits_bit_moved(site: Any) -> Iterator[None]:
    yield from _moved("understand-visits")


@sabotage(
    "purposes",
    "a shortcut in the code allows any purpose that is asked for",
    like="Avast 2024, Vizio 2017: used for another purpose",
)
def any_purpose(site: Any) -> Iterator[None]:
    declared = set(gate.in_force().in_force[1].purposes)
    with _allowing(lambda asked: asked.operation == gate.USE and asked.purpose not in declared):
        yield


@sabotage(
    "recipients",
    "a shortcut in the code lets data go to hosts that nobody declared",
    like="Flo Health 2021, GoodRx 2023: events sent to advertisers",
)
def any_recipient(site: Any) -> Iterator[None]:
    declared = set(gate.in_force().in_force[1].recipients)
    with _allowing(lambda asked: asked.recipient and asked.recipient not in declared):
        yield


@sabotage(
    "never.sell", "a sale to anybody was built in", like="Avast 2024: sold for another purpose"
)
def sold(site: Any) -> Iterator[None]:
    with _allowing(lambda asked: asked.occasion == "sale"):
        yield


@sabotage(
    "never.transfer",
    "the public was let see data of people who did not agree",
    like="Facebook 2019: shared beyond what was agreed",
)
def transferred(site: Any) -> Iterator[None]:
    with _allowing(
        lambda asked: (
            asked.recipient == "public" and asked.occasion is None and asked.collection is None
        )
    ):
        yield


def _deaf(word: str) -> Any:
    return _lax(
        lambda _asked, facts: gate.Facts(
            base=facts.base,
            consented=facts.consented,
            age=facts.age,
            signals=facts.signals - {word},
        )
    )


@sabotage(
    "signals.global-privacy-control",
    "the browser's signal is no longer heard",
    like="Sephora 2022, Healthline 2025: the opt-out signal was ignored",
)
def deaf_to_gpc(site: Any) -> Iterator[None]:
    with _deaf("global-privacy-control"):
        yield


@sabotage("signals.do-not-track", "the browser's signal is no longer heard")
def deaf_to_dnt(site: Any) -> Iterator[None]:
    with _deaf("do-not-track"):
        yield


@sabotage("age", "what is known about somebody's age is no longer asked")
def ageless(site: Any) -> Iterator[None]:
    with _lax(
        lambda _asked, facts: gate.Facts(
            base=facts.base, consented=facts.consented, signals=facts.signals
        )
    ):
        yield
