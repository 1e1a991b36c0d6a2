"""Every error a user can meet, as one tree.

QaError                what went wrong, where, and what to do about it
├── UsageError         the command or the settings are wrong (exit 2)
├── SourceError        a whole input cannot be read (exit 2)
├── InvalidRecord      one conversation of an input is wrong: it becomes a Reject, the run goes on
├── RefusedStandard    a pack, scorecard or policy is refused: file, line, rule, example (exit 2)
└── StoreError         the store could not do it now; what was acknowledged before is safe (exit 2)
    ├── StoreBusy      another writer held it too long: try again
    ├── StoreFull      no room on the disk
    ├── StoreGone      it cannot be reached
    └── StaleRecord    what was to be changed is no longer what it was
"""
from __future__ import annotations


class QaError(Exception):
    """Base: `where` names the place (file:line, row, JSON pointer), `fix` what the user can do. Both may be empty."""

    def __init__(self, why: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.why}" if self.where else self.why
        return f"{head}。{self.fix}" if self.fix else head


class UsageError(QaError):
    """A command line, setting or parameter that cannot be used."""


class SourceError(QaError):
    """An input that cannot be opened or understood as a whole. `fatal`: what holds for the whole archive that it stands in."""

    def __init__(self, why: str, *, where: str = "", fix: str = "", fatal: bool = False) -> None:
        super().__init__(why, where=where, fix=fix)
        self.fatal = fatal


class InvalidRecord(QaError):
    """One record that is not a conversation. `field` is a JSON pointer such as ``/messages/3/text``."""

    def __init__(self, why: str, *, field: str = "", where: str = "", fix: str = "") -> None:
        super().__init__(why, where=where, fix=fix)
        self.field = field


class RefusedStandard(QaError):
    """A rule pack, scorecard or policy that is refused. `where` is ``path:line``."""


class StoreError(QaError):
    """The store could not do what was asked. Nothing of it was done; what was acknowledged before is safe."""


class StoreBusy(StoreError):
    """Other writers held the store too long. Trying again is safe."""


class StoreFull(StoreError):
    """There is no room left where the store lies."""


class StoreGone(StoreError):
    """The store cannot be reached or read."""


class StaleRecord(StoreError):
    """What was to be changed is no longer what the caller saw."""
