"""Rows of every kind. All that is personal says `quux`, to be looked for in raw files."""

import datetime
import decimal
import uuid

from shop.models import Customer, Inquiry, Note, Order

NAMES = ["Zoé Quux", "  quux, spaced ", 'O\'Quux \\ "x"', "クックス quux \U0001f600", "quux\r\n"]
MADE = datetime.datetime(2024, 2, 29, 23, 30, tzinfo=datetime.UTC)
for n in range(40):
    emails = [f"Zoe{n}@Quux.example", f"zoe{n - 1}@quux.example", "", "quux at nowhere"]
    inquiry = Inquiry.objects.create(
        name=NAMES[n % 5],
        email=emails[n % 4],
        phone=[None, "", "+1 555 quux"][n % 3],
        message="quux " * (n * n),
        state=str(n),
        hidden=n % 7 == 0,
        created=MADE,
        born=[None, datetime.date(1999, 12, 31)][n % 2],
        called=[None, MADE.replace(microsecond=123456)][n % 2],
        married=[None, True, False][n % 3],
        worth=[None, decimal.Decimal("-12345.670"), decimal.Decimal(0)][n % 3],
        children=[None, 0, -3][n % 3],
        extra=[{}, {"quux": [1, 2.5, None, "quux", {"deep": True}]}, [], "quux"][n % 4],
    )
    Note.objects.create(inquiry=inquiry, word=f"note{n}")
for n in range(9):
    customer = Customer.objects.create(id=uuid.UUID(int=n), email=f"buyer{n}@quux.example")
    for m in range(3):
        Order.objects.create(customer=customer, address=f"{m} Quux Street", state=str(m))
