"""Is a webhook really from the helpdesk, and from now? One function a helpdesk: the id of the delivery, or BadSignature.

Sources: Chatwoot lib/webhooks/trigger.rb; Zendesk developer docs, "Verifying webhook authenticity"; 七鱼 服务端接口通用说明; 美洽 Webhooks 帮助;
Standard Webhooks 1.0 for everything else.
"""
from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

WINDOW: Final = 300
"""Seconds that a signed time may differ from ours."""


class BadSignature(Exception):
    """Not signed by the secret, or not signed now. The text is for our log, never for the caller."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A webhook as it came: names of headers in small letters, parameters of the query, and the body, byte for byte."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def must(self, name: str) -> str:
        """A header. Raises BadSignature where it is missing."""
        if not self.headers.get(name):
            raise BadSignature(f"no {name}")
        return self.headers[name]


def _fresh(written: str, now: datetime) -> None:
    """Refuses a time (Unix seconds, or RFC 3339) outside the window."""
    try:
        at = float(written) if written.replace(".", "", 1).isdigit() else datetime.fromisoformat(written).timestamp()
    except ValueError:
        raise BadSignature("unreadable time") from None
    if not abs(now.timestamp() - at) <= WINDOW:
        raise BadSignature("outside the time window")


def _any(secrets: Sequence[str], given: str, sign: Callable[[bytes], str]) -> None:
    """One of the secrets must have signed: two, while one replaces the other. Every one is compared, in constant time."""
    same = [hmac.compare_digest(sign(secret.encode()).encode(), given.encode()) for secret in secrets]
    if not any(same):
        raise BadSignature("signature differs")


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def chatwoot(letter: Letter, secrets: Sequence[str], now: datetime) -> str:
    """``sha256=`` HMAC-SHA256 of ``{timestamp}.{body}``."""
    written = letter.must("x-chatwoot-timestamp")
    signed = written.encode() + b"." + letter.body
    _any(secrets, letter.must("x-chatwoot-signature").removeprefix("sha256="), lambda key: hmac.new(key, signed, "sha256").hexdigest())
    _fresh(written, now)
    return letter.headers.get("x-chatwoot-delivery") or _digest(signed)


def zendesk(letter: Letter, secrets: Sequence[str], now: datetime) -> str:
    """base64 of HMAC-SHA256 of ``{timestamp}{body}``. A repeat keeps its invocation id."""
    written = letter.must("x-zendesk-webhook-signature-timestamp")
    signed = written.encode() + letter.body
    _any(secrets, letter.must("x-zendesk-webhook-signature"), lambda key: base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode())
    _fresh(written, now)
    return letter.headers.get("x-zendesk-webhook-invocation-id") or _digest(letter.body)


def qiyu(letter: Letter, secrets: Sequence[str], now: datetime) -> str:
    """Query: ``checksum`` = SHA1(appSecret + md5(body) + time), valid for five minutes."""
    written, given = letter.query.get("time", ""), letter.query.get("checksum", "")
    body = hashlib.md5(letter.body, usedforsecurity=False).hexdigest().encode()
    _any(secrets, given.lower(), lambda key: hashlib.sha1(key + body + written.encode(), usedforsecurity=False).hexdigest())
    _fresh(written, now)
    return _digest(letter.query.get("eventType", "").encode() + b"\n" + letter.body)


def meiqia(letter: Letter, secrets: Sequence[str], now: datetime) -> str:
    """SHA1(body + secret). The page names the header Meiqia-Signature, its example Meiqia-Sign: both are taken. No time is signed apart
    from the one in the body; a repeat of an old one is known by its content."""
    given = letter.headers.get("meiqia-signature") or letter.must("meiqia-sign")
    _any(secrets, given.lower(), lambda key: hashlib.sha1(letter.body + key, usedforsecurity=False).hexdigest())
    return _digest(letter.body)


def generic(letter: Letter, secrets: Sequence[str], now: datetime) -> str:
    """Standard Webhooks: ``v1,`` base64 of HMAC-SHA256 of ``{id}.{timestamp}.{body}``, one or several, by blanks apart."""
    identifier, written = letter.must("webhook-id"), letter.must("webhook-timestamp")
    signed = f"{identifier}.{written}.".encode() + letter.body
    for given in letter.must("webhook-signature").split():
        try:
            _any(secrets, given.removeprefix("v1,"), lambda key: base64.b64encode(hmac.new(_raw(key), signed, "sha256").digest()).decode())
        except BadSignature:
            continue
        _fresh(written, now)
        return identifier
    raise BadSignature("signature differs")


def _raw(key: bytes) -> bytes:
    """The key of a secret as Standard Webhooks writes it (``whsec_`` and base64), else its bytes."""
    if not key.startswith(b"whsec_"):
        return key
    try:
        return base64.b64decode(key.removeprefix(b"whsec_"), validate=True)
    except binascii.Error:
        raise BadSignature("the secret is not base64") from None


VERIFY: Final[Mapping[str, Callable[[Letter, Sequence[str], datetime], str]]] = {
    "chatwoot": chatwoot, "qiyu": qiyu, "meiqia": meiqia, "zendesk": zendesk, "generic": generic}
