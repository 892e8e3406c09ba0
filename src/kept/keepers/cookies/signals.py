"""How the site answers the browser's signals, for machines: `/.well-known/gpc.json`.

Source: Global Privacy Control, section "The GPC support resource".
"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from kept import promises


@require_safe
def gpc(request: HttpRequest) -> JsonResponse:
    """Whether `Sec-GPC: 1` is honoured, and since which version of the policy."""
    posted = promises.current()
    signals = posted.policy.signals
    honoured = signals is None or signals.global_privacy_control == "honoured"
    return JsonResponse({"gpc": honoured, "lastUpdate": posted.effective.isoformat()})
