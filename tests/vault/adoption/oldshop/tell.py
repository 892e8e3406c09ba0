"""Prints every row with every value as JSON, opened where it is sealed."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from shop.models import Customer, Inquiry, Order

import kept

PERSONAL = {
    Inquiry: "name email phone message born called worth married children extra",
    Customer: "email",
    Order: "address",
}
told = {}
with kept.purpose("serve"):
    for model, names in PERSONAL.items():
        for row in model._base_manager.order_by("pk"):
            values = {name: getattr(row, name) for name in names.split()}
            rest = [row.state, row.hidden, row.created] if model is Inquiry else []
            rest += [note.word for note in row.notes.all()] if model is Inquiry else []
            rest += [row.customer_id, row.state] if model is Order else []
            told[f"{model.__name__} {row.pk}"] = [values, rest]
print(json.dumps(told, cls=DjangoJSONEncoder))  # noqa: T201 - read by the test
