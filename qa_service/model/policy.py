"""What a shop really promises. Promises made in a chat are judged against it."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qa_service.model.conversation import EMPTY


@dataclass(frozen=True, slots=True)
class Policy:
    """A named set of facts, such as ``return_freight: seller``. `source` says where each comes from and when it was checked."""

    name: str
    facts: Mapping[str, Any] = field(default=EMPTY)
    source: Mapping[str, Any] = field(default=EMPTY)

    def get(self, key: str, default: Any = None) -> Any:
        """The fact `key`, or `default` where the policy is silent."""
        return self.facts.get(key, default)
