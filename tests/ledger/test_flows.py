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
    "kept.keepers.mailings.flows.stop": "`consent.withdraw` records",
    "kept.keepers.mailings.flows.moved": "part of the change of address, which records",
    "kept.keepers.mailings.flows.write": "the operator's text, about no one",
    "kept.keepers.orders.flows.decline": "ends an offer; nothing new is kept of the client",
    "kept.keepers.sharing.flows.send_mail": "queues; `delivering` records when it leaves",
    "kept.keepers.sharing.flows.try_again": "queues",
    "kept.keepers.sharing.flows.give_up": "removes a mail that never left",
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
