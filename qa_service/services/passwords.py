"""Passwords: argon2id. The one file that knows argon2."""
from __future__ import annotations

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from qa_service.model.errors import UsageError

SHORTEST: Final = 12
LONGEST: Final = 256
_HASHER: Final = PasswordHasher()
_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$HrBK+FlAVHIVWARFTBe64w$x7glC0Fe0V2GmEJtH4ZASp7Bqm+gSJcC3Hn8Wt7kFyE"
"""A hash of nothing anybody knows, so that an unknown name takes as long as a known one."""


def hash_password(password: str) -> str:
    """The hash to keep. Raises UsageError for a password that is too short to be one."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"密码应为 {SHORTEST}–{LONGEST} 个字符", fix="用一句好记的话,或留空让程序生成")
    if len(set(password)) < 5:
        raise UsageError("密码过于简单: 不同的字符太少", fix="用一句好记的话,或留空让程序生成")
    return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether `password` is the one whose hash was kept. None (nobody of that name) takes as long, and is False."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(kept or _NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def new_password() -> str:
    """A password nobody has to think of: 120 bits."""
    return "-".join(secrets.token_hex(3) for _ in range(5))
