"""What Schemathesis has to know of the lab beside its document."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """A call that waits is told to wait briefly, unless it is told nonsense."""
    if case.path == "/api/wait" and isinstance(case.body, dict):
        if case.body.get("timeout") in (None, "10s"):
            case.body["timeout"] = "10ms"
