"""Flows record what they declare, or their effect is undone; every flow of the product declares."""

import ast
import importlib
from collections.abc import Container
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

import kept
from kept._kit.errors import KeptError
from kept.ledger import Collected, Consented, Dropped, Erased, Opened, flow, record, record_now
from kept.ledger.flows import registered
from kept.ledger.models import Head, Outbox

COLLECTED = Collected("inquiry", 0, ("contact.email",))
DROPPED = Dropped("inquiry", 2)


def _effect() -> None:
    """Some row of the data database."""
    Head.objects.create(id=9, batch=0, size=0, root=b"", mac=b"")


@flow(Collected, may=[Dropped])
def honest(subject: UUID, *, dropped: bool = False) -> str:
    _effect()
    record(COLLECTED, subject)
    if dropped:
        record(DROPPED, None)
    return "done"


@flow(Collected)
def silent() -> None:
    _effect()


@flow(Collected, Consented)
def half(subject: UUID) -> None:
    _effect()
    record(COLLECTED, subject)


@flow(Collected)
def outer(subject: UUID) -> None:
    honest(subject)


@flow(Opened)
def opening(subject: UUID) -> None:
    record_now(Opened("answer-inquiry", "staff", ()), subject)


@flow(Erased, own_transactions=True)
def erasing(subject: UUID) -> None:
    assert not connection.in_atomic_block
    with transaction.atomic():
        _effect()
        record(Erased("decided"), None)


def test_a_flow_that_records_keeps_its_effect(ledger):
    assert honest(uuid4(), dropped=True) == "done"
    assert (Head.objects.count(), Outbox.objects.count()) == (1, 2)


def test_a_flow_that_records_nothing_is_undone(ledger):
    with pytest.raises(KeptError, match=r"L008.*silent` recorded no `Collected`"):
        silent()
    assert Head.objects.count() == 0


def test_a_flow_that_records_half_is_undone_whole(ledger):
    with pytest.raises(KeptError, match="L008"):
        half(uuid4())
    assert (Head.objects.count(), Outbox.objects.count()) == (0, 0)


def test_what_another_flow_records_inside_counts(ledger):
    outer(uuid4())
    assert Outbox.objects.count() == 1


def test_what_was_recorded_before_does_not_count(ledger):
    with transaction.atomic():
        record(COLLECTED, uuid4())
        with pytest.raises(KeptError, match="L008"):
            silent()


def test_what_is_recorded_at_once_counts(ledger):
    opening(uuid4())


def test_a_flow_may_open_its_transactions_itself(ledger):
    erasing(uuid4())
    assert Head.objects.count() == 1


def test_a_failing_flow_fails_with_its_own_error(ledger):
    @flow(Collected)
    def failing() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()


def test_a_flow_has_one_name():
    with pytest.raises(KeptError, match="L009"):
        flow(Collected)(honest.__wrapped__)


def _flow_modules() -> list[Path]:
    """Every `flows.py` of the product above the ledger."""
    root = Path(kept.__file__).parent
    return sorted(
        path
        for path in root.rglob("*.py")
        if (path.name == "flows.py" or path.parent.name == "flows") and "ledger" not in path.parts
    )


WRITES = {
    "save", "create", "bulk_create", "update", "bulk_update", "delete", "get_or_create",
    "update_or_create", "set_choices",
}  # fmt: skip


def _writers(path: Path, flows: Container[str] = ()) -> list[str]:
    """The public functions of a module that write rows themselves or through its helpers.

    What a declared flow writes on their behalf is that flow's business.
    """
    functions = {
        node.name: node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    writing: set[str] = set()
    while True:
        more = {
            name for name, node in functions.items() if name not in flows and _writes(node, writing)
        }
        if more == writing:
            return sorted(name for name in writing if not name.startswith("_"))
        writing = more


def _writes(node: ast.AST, writing: set[str]) -> bool:
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            called = call.func
            if isinstance(called, ast.Attribute) and called.attr in WRITES:
                return True
            if isinstance(called, ast.Name) and called.id in writing:
                return True
    return False


# Flows that write and yet record nothing, each with its reason.
RECORD_NOTHING = {
    "kept.keepers.accounts.flows.make_operator": "no personal data: a name of its own, no address",
    "kept.keepers.accounts.flows.store_password": "records itself, in its caller's transaction",
    "kept.keepers.edges.flows.write_down": "counts of what was stopped, about no one",
    "kept.keepers.edges.flows.write_down_at_end": "as `write_down`",
    "kept.keepers.rights.flows.settle": "a mark of the operator: a failure was seen to",
    "kept.keepers.sharing.flows.disclosing.approve": "`giving` records when it leaves",
    "kept.keepers.sharing.flows.disclosing.disclose": "as `approve`",
    "kept.keepers.sharing.flows.disclosing.give_up": "removes what never left, marks what may have",
    "kept.keepers.sharing.flows.disclosing.tell_people": "queues mails, which are recorded",
    "kept.keepers.sharing.flows.disclosing.try_again": "queues",
    "kept.keepers.sharing.flows.mails.give_up": "removes a mail that never left",
    "kept.keepers.sharing.flows.mails.send_mail": "`delivering` records when it leaves",
    "kept.keepers.sharing.flows.mails.try_again": "queues",
    "kept.keepers.sharing.flows.permissions.ask": "a question; its answer is recorded",
    "kept.keepers.sharing.flows.propagating.propagate": "queues; `telling` records",
    "kept.keepers.sharing.flows.propagating.tell": "as `propagate`",
    "kept.keepers.notices.flows.publish": "posting the version is recorded; a notice is no one's",
    "kept.keepers.notices.flows.unpublish": "as `publish`",
    "kept.keepers.notices.flows.show": "that a page was shown; agreeing is recorded",
    "kept.keepers.letters.flows.set_aside": "a mail that no rule may answer stays unread",
    "kept.keepers.mailings.flows.moved": "part of the change of address, which records",
    "kept.keepers.mailings.flows.write": "the operator's text, about no one",
    "kept.keepers.orders.flows.decline": "ends an offer; nothing new is kept of the client",
}


@pytest.mark.parametrize("path", _flow_modules(), ids=lambda path: str(path.parent.name))
def test_every_flow_of_the_product_declares_what_it_records(path):
    """A verb that writes must say which events it leaves behind, or why none."""
    module = ".".join(path.relative_to(Path(kept.__file__).parent.parent).with_suffix("").parts)
    from django.apps import apps

    if not any(module.startswith(f"{config.name}.") for config in apps.get_app_configs()):
        pytest.skip("its app is not installed in this run")
    importlib.import_module(module)
    known = {one.name for one in registered()} | set(RECORD_NOTHING)
    here = {name.rpartition(".")[2] for name in known if name.startswith(f"{module}.")}
    assert _writers(path, here) == []


def test_what_is_said_to_record_nothing_exists():
    source = Path(kept.__file__).parent.parent
    known = {
        f"{'.'.join(path.relative_to(source).with_suffix('').parts)}.{name}"
        for path in _flow_modules()
        for name in _writers(path)
    }
    assert set(RECORD_NOTHING) <= known


# Functions that record and are no declared flows themselves, each with its reason.
RECORD_BY_CASE = {
    "kept.keepers.accounts.flows.store_password": "in its caller's flow",
    "kept.keepers.rights.doing.stopping.cease": "in the flow that carries the request out",
    "kept.keepers.rights.doing.stopping.restrict": "as `cease`",
    "kept.keepers.rights.doing.stopping.unrestrict": "as `cease`",
    "kept.keepers.rights.doing.stopping.stop_mails": "as `cease`",
    "kept.keepers.rights.doing.stopping.unsubscribe": "only where an address is known",
    "kept.keepers.rights.moving.free": "only where the request had restricted the person",
    "kept.keepers.rights.proving.proven": "in the flow of asking or confirming",
    "kept.keepers.rights.sweeping.sweep": "only where requests were old enough",
    "kept.keepers.sharing.mailbox.read": "an opening: recorded at once, before it is given",
    "kept.vault.batch.give": "as `mailbox.read`",
    "kept.vault.batch.prepare": "as `mailbox.read`",
    "kept.vault.closing.again": "only where rows came back",
    "kept.vault.closing.end": "only where keys were left",
    "kept.vault.closing.remove": "only where rows were left",
    "kept.vault.files.storing.open": "as `mailbox.read`",
    "kept.vault.leaving.remove_leftovers": "only where something was left",
    "kept.vault.mergers.again": "only what is not done yet",
    "kept.vault.mergers.close": "once, whoever comes second changes nothing",
    "kept.vault.mergers.finish": "as `again`",
    "kept.vault.mergers.go_on": "as `close`",
    "kept.vault.mergers.merge": "deciding is a flow of its own",
    "kept.vault.mergers.move": "only where a row was dropped",
    "kept.vault.mergers.settle": "as `again`",
    "kept.vault.placing.keep": "once, whoever comes second changes nothing",
    "kept.vault.placing.place_hold": "as `keep`",
    "kept.vault.placing.settle": "as `keep`",
    "kept.vault.reading_held.held_data": "as `mailbox.read`",
    "kept.vault.reading_held.given": "as `mailbox.read`",
    "kept.vault.releasing.end": "as `keep`",
    "kept.vault.releasing.lift_hold": "as `keep`",
    "kept.vault.releasing.note_ended": "as `keep`",
    "kept.vault.releasing.sweep": "as `keep`",
    "kept.vault.suppressing.lift_suppression": "only where there was one",
    "kept.vault.suppressing.suppress": "only where it is new",
    "kept.vault.suppressing.suppress_all": "as `suppress`",
}


def _is_flow(node: ast.FunctionDef) -> bool:
    return any(
        word in ast.unparse(one) for one in node.decorator_list for word in ("flow", "_recording")
    )


def _recorders(path: Path) -> list[str]:
    """Public functions of a module that record, themselves or by helpers, and are no flows."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = {one.name: one for one in nodes if isinstance(one, ast.FunctionDef)}
    recording: set[str] = set()
    while True:
        more = {
            name
            for name, node in functions.items()
            if not _is_flow(node) and _records(node, recording)
        }
        if more == recording:
            return sorted(name for name in recording if not name.startswith("_"))
        recording = more


def _records(node: ast.AST, recording: set[str]) -> bool:
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            called = call.func
            if isinstance(called, ast.Name) and called.id in recording:
                return True
            if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
                of, name = called.value.id, called.attr
                if (of == "ledger" and name.startswith("record")) or (
                    of == "self" and name in recording
                ):
                    return True
    return False


def test_whatever_records_is_a_flow_or_says_why_not():
    """Erasing, rotating, backing up and restoring among them."""
    root = Path(kept.__file__).parent
    found = {
        f"{'.'.join(path.relative_to(root.parent).with_suffix('').parts)}.{name}"
        for room in ("promises", "vault", "keepers", "console", "site")
        for path in (root / room).rglob("*.py")
        for name in _recorders(path)
    }
    assert found == set(RECORD_BY_CASE)
