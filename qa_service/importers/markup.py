"""HTML as helpdesks put it into a message body, as the text a person reads: no tag, no entity, a line for each block."""
from __future__ import annotations

import re
from html import unescape
from typing import Final

_HIDDEN: Final = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_IMAGE: Final = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_LINE_END: Final = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6]|/blockquote|/pre)\b[^<>]*>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
_HINT: Final = re.compile(r"<[A-Za-z/!]|&[A-Za-z#]")


def text_of_html(body: str) -> str:
    """The text of an HTML fragment; text without markup stays as it is. An image stands as ``[图片]``."""
    if not _HINT.search(body):
        return body
    if "</s" in body or "</S" in body:
        body = _HIDDEN.sub("", body)
    body = _IMAGE.sub("[图片]", body.replace("\r\n", "\n"))
    body = unescape(_TAG.sub("", _LINE_END.sub("\n", body)))
    lines = [line.strip() for line in body.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
