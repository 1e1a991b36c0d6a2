"""A hook for schemathesis: a new Idempotency-Key each time, because the same key for another body is refused, as it should be."""
from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Whatever phase it comes from; a key that has no form is left to be refused."""
    given = str(case.headers.get("Idempotency-Key", ""))
    if 0 < len(given) <= 255 and given.isascii() and given.isprintable():
        case.headers["Idempotency-Key"] = uuid.uuid4().hex


schemathesis.openapi.format("date-time", st.datetimes(
    min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)).map(lambda at: f"{at.isoformat()}Z"))
