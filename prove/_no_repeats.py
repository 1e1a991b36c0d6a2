"""Hooks for schemathesis: Idempotency-Key is left to tests of its own (a key for another body is refused, as it should be), years are calendar years."""
from __future__ import annotations

from datetime import datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """The document without that header."""
    for operation in (o for item in raw_schema["paths"].values() for o in item.values()):
        operation["parameters"] = [p for p in operation.get("parameters", ()) if p["name"] != "Idempotency-Key"]


schemathesis.openapi.format("date-time", st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: f"{at.isoformat()}Z"))
