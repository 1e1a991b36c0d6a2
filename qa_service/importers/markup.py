"""HTML as helpdesks put it into a message body, as the text a person reads: no tag, no entity, a line for each block."""
from __future__ import annotations

import re
from html import unescape
from typing import Final

_HIDDEN: Final = tuple((re.compile(begin, re.IGNORECASE), re.compile(end, re.IGNORECASE)) for begin, end in (
    ("<!--", "-->"), (r"<script\b", r"</script\s{0,9}>"), (r"<style\b", r"</style\s{0,9}>")))
_IMAGE: Final = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_LINE_END: Final = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6]|/blockquote|/pre)\b[^<>]*>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_HINT: Final = re.compile(r"<[A-Za-z/!]|&[A-Za-z#]")


def text_of_html(body: str) -> str:
    """The text of an HTML fragment; text without markup stays as it is. An image stands as ``[图片]``."""
    if ("<" not in body and "&" not in body) or not _HINT.search(body):
        return body
    if body.startswith("<p>") and body.endswith("</p>") and not _HINT.search(body, 3, len(body) - 4):
        return body[3:-4].strip()  # one plain paragraph: most of what people write
    for begin, end in _HIDDEN:
        body = _without(body, begin, end)
    body = _IMAGE.sub("[图片]", body.replace("\r\n", "\n"))
    body = unescape(_TAG.sub("", _LINE_END.sub("\n", body)))
    lines = [line.strip() for line in body.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _without(body: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """`body` without what stands between `begin` and `end`; one that never ends stays. Each place is looked at once."""
    kept, at = [], 0
    while (opening := begin.search(body, at)) is not None and (closing := end.search(body, opening.end())) is not None:
        kept.append(body[at:opening.start()])
        at = closing.end()
    return "".join(kept) + body[at:]
