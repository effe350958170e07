"""What Schemathesis has to know of the lab beside its document."""

import os

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """A call that waits is told to wait briefly, unless it is told nonsense; nobody guesses passwords."""
    if case.path == "/api/wait" and isinstance(case.body, dict):
        if case.body.get("timeout") in (None, "10s"):
            case.body["timeout"] = "10ms"
    # Wrong passwords have to wait, longer each time, and all other calls with them. A call without one is
    # refused as well.
    given, right = (case.headers or {}).get("Authorization"), os.environ.get("HOLDLINE_AUTHORIZATION")
    if given is not None and right and given != right:
        del case.headers["Authorization"]
