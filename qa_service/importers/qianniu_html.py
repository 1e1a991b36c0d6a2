"""千牛's chat record page as a browser saves it. A row is a message.

Its classes carry a hash behind their name, so they are told by what they contain: ``chatWrap`` holds a message with ``chatTime`` (clock),
``chatName``, ``chatTextLeft`` or ``chatText``, and ``img``; ``groupTime`` is the date above a group. The buyer is ``activeUserNickname``, the
shop ``shopname``; where the page does not say, the buyer is the one who is no sub-account. The order of the page is not that of time.

Source: two public parsers of that page.
"""
from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.calendar import Calendar, Dated
from qa_service.importers.documents import Item
from qa_service.importers.encoding import detect_encoding
from qa_service.importers.files import HEAD, Source
from qa_service.importers.head import CERTAIN, LIKELY, Head
from qa_service.importers.speakers import account_of, shop_of
from qa_service.importers.streams import Stream, Streams
from qa_service.importers.taobao import Talk, shop_among, stream_of
from qa_service.model.errors import InvalidRecord, SourceError

_CHUNK: Final = 1 << 18
_VOID: Final = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_FIELDS: Final = (("grouptime", "group"), ("chattime", "time"), ("chatname", "name"), ("chattext", "text"), ("activeuser", "buyer"), ("shopname", "shop"))
_PAGE: Final = frozenset(("buyer", "shop"))
_WRAP: Final = "chatwrap"
_CLASS: Final = re.compile(r"""class\s*=\s*["'][^"'<>]*(chatWrap|chatTime)""")
_MOST: Final = 200_000
_DEEPEST: Final = 10_000
_LOOK_BACK: Final = 64


@dataclass(slots=True)
class _Bubble:
    """One message of the page: the date above it and what its elements hold."""

    group: str
    time: str = ""
    name: str = ""
    text: str = ""
    image: str = ""

    @property
    def item_data(self) -> bytes:
        """The message as a reject carries it."""
        return "\t".join((self.group, self.time, self.name, self.text, self.image)).encode("utf-8", "backslashreplace")


def detects(head: Head) -> float:
    """A page with the classes of the chat record, or one that 千牛 names itself in."""
    if not head.text.startswith("<"):
        return 0.0
    if len(set(_CLASS.findall(head.text))) == 2:
        return CERTAIN
    return LIKELY if re.search(r"<(?:!doctype|html)", head.text[:500], re.IGNORECASE) and re.search(r"im-history-search|千牛", head.text) else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The sessions of the page's buyer. Raises SourceError when the page holds no messages or does not tell who the buyer is."""
    page = _read_page(source)
    if not page.bubbles:
        raise SourceError("这个网页里没有聊天消息(找不到 chatWrap)", where=source.name, fix="请在千牛的聊天记录页选中一位买家、等消息显示后再保存网页")
    intake.rows += len(page.bubbles)
    stream = _stream(page, source.name, options)
    streams, talk = Streams("qianniu-html", options, intake), Talk(stream.id)
    for item, dated in _dated(page.bubbles, source.name, options):
        bubble = dated.what
        try:
            message = talk.message(bubble.name, bubble.text, bubble.image, dated.at)
        except InvalidRecord as error:
            yield item.reject(error.why, error.field)
        else:
            yield from streams.put(stream, item, message, repair=dated.repair)
    yield from streams.end()


def _stream(page: _Page, name: str, options: ReadOptions) -> Stream:
    senders = list(dict.fromkeys(account_of(b.name) for b in page.bubbles if b.name))
    shop = page.said["shop"]
    buyer = account_of(page.said["buyer"])
    if not buyer:
        strangers = [s for s in senders if not shop_of(s) and s != shop]
        if len(strangers) != 1:
            raise SourceError("网页里没有买家昵称,从发送人也看不出谁是买家", where=name, fix="请保存整个页面(含左侧买家列表)")
        buyer = strangers[0]
    return stream_of(buyer, shop_among(senders, buyer) or shop, options)


def _dated(bubbles: Sequence[_Bubble], name: str, options: ReadOptions) -> Iterator[tuple[Item, Dated[_Bubble]]]:
    calendar: Calendar[tuple[int, _Bubble]] = Calendar(options.zone)

    def row(dated: Dated[tuple[int, _Bubble]]) -> tuple[Item, Dated[_Bubble]]:
        number, bubble = dated.what
        if dated.at is not None:
            bubble.group = dated.at.date().isoformat()
        return Item(name, number, None, bubble.item_data), Dated(bubble, dated.at, dated.repair)

    for number, bubble in enumerate(bubbles, 1):
        yield from map(row, calendar.put((number, bubble), bubble.group, bubble.time))
    yield from map(row, calendar.end())


def _read_page(source: Source) -> _Page:
    name, bom = detect_encoding(source.head, whole=len(source.head) < HEAD)
    source.stream.read(bom)
    decoder = codecs.getincrementaldecoder(name)("replace")
    page = _Page()
    while chunk := source.stream.read(_CHUNK):
        page.feed(decoder.decode(chunk))
        if len(page.bubbles) > _MOST:
            raise SourceError(f"网页里的消息超过 {_MOST} 条", where=source.name)
    page.feed(decoder.decode(b"", True))
    page.close()
    return page


@dataclass(slots=True)
class _Open:
    """The element whose text is being taken: what it is, and at which depth of the page."""

    what: str
    depth: int
    pieces: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """Picks the messages out of the page as it comes in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bubbles: list[_Bubble] = []
        self.said = {"buyer": "", "shop": ""}
        self._group = ""
        self._tags: list[str] = []
        self._wrap = 0  # the depth of the message that is open; 0 outside
        self._open: _Open | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element opens: a message, a field of it, a picture, or nothing of interest."""
        if tag in _VOID:
            self._void(tag, dict(attrs))
            return
        if len(self._tags) < _DEEPEST:
            self._tags.append(tag)
        if self._open is not None:
            return
        classes = (dict(attrs).get("class") or "").lower().replace("_", "").replace("-", "")
        if not classes:
            return
        if not self._wrap and _WRAP in classes:
            self._wrap = len(self._tags)
            self.bubbles.append(_Bubble(self._group))
            return
        named = next((name for part, name in _FIELDS if part in classes), "")
        if named in _PAGE or named == "group" or (named and self._wrap):
            self._open = _Open(named, len(self._tags))

    def _void(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "br" and self._open is not None:
            self._open.pieces.append("\n")
        elif tag == "img" and self._wrap:
            alt, src = attrs.get("alt") or "", attrs.get("src") or ""
            if alt and self._open is not None and self._open.what == "text":
                self._open.pieces.append(alt)  # a smiley in the text
            elif not self.bubbles[-1].image and (self._open is None or self._open.what == "text"):
                self.bubbles[-1].image = src[:2_000]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """``<br/>``; browsers take ``<div/>`` for ``<div>``, and so do we."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """An element closes, and with it all that is open inside of it: some tags need no end."""
        depth = next((d for d in range(len(self._tags), max(0, len(self._tags) - _LOOK_BACK), -1) if self._tags[d - 1] == tag), 0)
        if not depth:
            return
        del self._tags[depth - 1:]
        if self._open is not None and self._open.depth >= depth:
            self._take(self._open)
            self._open = None
        if self._wrap >= depth:
            self._wrap = 0

    def handle_data(self, data: str) -> None:
        """Text, taken where a field is open."""
        if self._open is not None:
            self._open.pieces.append(data)

    def _take(self, taken: _Open) -> None:
        text = "".join(taken.pieces).strip()
        if taken.what in _PAGE:
            self.said[taken.what] = self.said[taken.what] or text
        elif taken.what == "group":
            self._group = text
            if self._wrap:
                self.bubbles[-1].group = text
        elif not getattr(self.bubbles[-1], taken.what):
            setattr(self.bubbles[-1], taken.what, text)
