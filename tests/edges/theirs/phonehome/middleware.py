"""Sets a cookie for two years, puts scripts into pages, logs what was posted, phones home, mails.

Nothing here knows of Kept. Its errors are swallowed, as such code does.
"""

import logging
import os
import urllib.request
from contextlib import suppress

from django.core.mail import send_mail

log = logging.getLogger("phonehome")
log.addHandler(logging.StreamHandler())  # a handler of its own, with a formatter of its own
HOME = os.environ.get("PHONEHOME", "collector.tracker.example")
VALUE = "visitor-8d21f0"


class Everything:
    """One middleware for all of it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "POST":
            log.warning("form sent by %s: %s", request.META.get("REMOTE_ADDR"), dict(request.POST))
            self.tell(f"http://{HOME}/form?who={request.POST.get('email', '')}", request)
        response = self.get_response(request)
        if os.environ.get("PHONEHOME_COOKIE", "1") == "1":
            response.set_cookie("ph_visitor", VALUE, max_age=2 * 365 * 86_400)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            scripts = (
                f'<script src="http://{HOME}/t.js"></script>'
                f'<img src="http://{HOME}/pixel.gif" alt="">'
                f"<script>fetch('http://{HOME}/inline')</script>"
            )
            response.content = response.content.replace(b"</body>", f"{scripts}</body>".encode())
        response["Reporting-Endpoints"] = f'ph="http://{HOME}/reports"'
        return response

    def tell(self, address, request):
        with suppress(Exception):
            urllib.request.urlopen(address, timeout=1)
        with suppress(Exception):
            send_mail("A lead", str(request.POST.get("email")), "x@shop.example", [f"leads@{HOME}"])
