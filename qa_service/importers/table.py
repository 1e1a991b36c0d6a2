"""Tables with one message a row (or one conversation a row) into conversations, whatever file they come from.

The rows of a conversation may be interleaved with others. A conversation is given out when its id has not been seen for WINDOW rows,
or when more than WINDOW_CHARACTERS of text wait, or at the end; so memory stays flat. A row that comes later than that is rejected and
says what to do: sort by id.
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, NamedTuple

from qa_service.importers.base import Intake, Place, ReadOptions, Records, admit, clip
from qa_service.importers.columns import IDENTIFIERS, TITLES, ColumnMap, is_header, recognised, resolve
from qa_service.importers.jsonl import decode
from qa_service.importers.ledger import Ledger, mark
from qa_service.importers.rows import KEY_END, RowReader, WrongRow, wide_conversation
from qa_service.model.errors import InvalidRecord, SourceError
from qa_service.model.record import Duplicate, Record, Reject

WINDOW: Final = 50_000
WINDOW_CHARACTERS: Final = 32_000_000
LARGEST_CONVERSATION: Final = 256_000_000
"""Characters of one conversation after which it is given out as it is."""
HEADER_WITHIN: Final = 10
_NEEDED: Final = ("conversation_id", "content", "messages", "role", "sender")
_LOOK_EVERY: Final = 256
SAMPLE: Final = 200


class Row(NamedTuple):
    """One row of a table as text. `lossy`: positions whose number had more digits than the file could keep."""

    number: int
    cells: Sequence[str]
    lossy: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Group:
    """The rows of one conversation so far."""

    rows: list[Row] = field(default_factory=list)
    last: int = 0
    size: int = 0


def row_text(cells: Iterable[str]) -> str:
    """A row as a reject carries it: tab-separated, with tabs and line ends inside a cell written out."""
    return "\t".join(c.replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n") for c in cells)


def read_table(rows: Iterator[Row | Reject], name: str, options: ReadOptions, intake: Intake) -> Records:
    """Records of a table whose header is among its first rows. Blank rows do not count. Raises SourceError when columns are missing."""
    filled = (r for r in rows if isinstance(r, Reject) or not _blank(r.cells))
    head = list(islice(filled, HEADER_WITHIN))
    if not head:
        return
    at = find_header([r.cells if isinstance(r, Row) else () for r in head], options)
    header = head[at]
    # What stands above the header is a title, not data; but what could not even be read is accounted for.
    yield from _counted((r for r in head[:at] if isinstance(r, Reject)), intake)
    if isinstance(header, Reject):
        yield from _counted((r for r in head if isinstance(r, Reject)), intake)
        raise SourceError("读不出表头", where=name)
    sample = list(islice(chain(head[at + 1:], filled), SAMPLE))
    columns = resolve(header.cells, [r.cells for r in sample if isinstance(r, Row)], options.columns, name)
    intake.notes.append(f"{name}: {columns.explain()}")
    intake.tables[name] = columns
    yield from _Assembler(columns, name, options, intake).read(chain(sample, filled))


def _blank(cells: Sequence[str]) -> bool:
    text = "".join(cells)
    return not text or text.isspace()


def _counted(rejects: Iterable[Reject], intake: Intake) -> Iterator[Reject]:
    for reject in rejects:
        intake.rows += reject.rows
        yield reject


def find_header(rows: Sequence[Sequence[str]], options: ReadOptions) -> int:
    """The position of the header: the first row that reads as one, or else the row that comes nearest."""
    for at, cells in enumerate(rows):
        if is_header(cells, options.columns):
            return at
    return max(range(len(rows)), key=lambda at: (recognised(rows[at], options.columns), bool(rows[at]), -at))


class _Assembler:
    """Groups the rows of one table by conversation."""

    def __init__(self, columns: ColumnMap, name: str, options: ReadOptions, intake: Intake) -> None:
        self._columns, self._name, self._options, self._intake = columns, name, options, intake
        self._reader = RowReader(columns, options)
        self._groups: OrderedDict[str, _Group] = OrderedDict()
        self._gone = Ledger()
        self._size = self._at = 0

    def read(self, rows: Iterable[Row | Reject]) -> Iterator[Record]:
        """All records of the table."""
        wide = "messages" in self._columns.index
        for row in rows:
            self._intake.rows += row.rows if isinstance(row, Reject) else 1
            self._at += 1
            if isinstance(row, Reject):
                yield row
                continue
            try:
                row = self._checked(row)
                key = self._reader.key(row.cells)
                if not wide and key not in self._groups and mark(key.encode("utf-8")) in self._gone:
                    raise WrongRow("conversation_id", f"会话 {key.partition(KEY_END)[0][:80]} 的其余行离得太远(超过 {WINDOW} 行),已先行处理;请先把表按会话ID排序")
            except WrongRow as wrong:
                yield self._reject(row, wrong)
                continue
            if wide:
                yield self._wide(row)
            else:
                self._put(key, row)
                if self._at % _LOOK_EVERY == 0 or self._size >= WINDOW_CHARACTERS:
                    yield from self._settled()
        for group in sorted(self._groups.values(), key=lambda g: g.rows[0].number):
            yield from self._conversation(group)

    def _checked(self, row: Row) -> Row:
        """The row as wide as the header. Raises WrongRow for what is missing, left over, or damaged."""
        width = len(self._columns.headers)
        cells = row.cells
        if len(cells) > width:
            if any(c.strip() for c in cells[width:]):
                raise WrongRow("", f"这一行有 {len(cells)} 列,表头只有 {width} 列(内容里的分隔符没有加引号?)")
            cells = cells[:width]
        elif len(cells) < width:
            last = max(i for name in _NEEDED for i in self._columns.index.get(name, (0,)))
            if len(cells) <= last:
                raise WrongRow("", f"这一行只有 {len(cells)} 列,表头有 {width} 列")
            cells = [*cells, *[""] * (width - len(cells))]
        if row.lossy:
            self._refuse_lossy(row.lossy)
        return row if cells is row.cells else Row(row.number, cells, row.lossy)

    def _refuse_lossy(self, lossy: frozenset[int]) -> None:
        for name, places in self._columns.index.items():
            if name in IDENTIFIERS and not lossy.isdisjoint(places):
                raise WrongRow(name, f"{TITLES[name]}是 16 位以上的数字,表格软件已丢掉末尾几位;请把这一列存为文本后重新导出")

    def _put(self, key: str, row: Row) -> None:
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group()
        else:
            self._groups.move_to_end(key)
        size = sum(map(len, row.cells))
        group.rows.append(row)
        group.size += size
        group.last = self._at
        self._size += size

    def _settled(self) -> Iterator[Record]:
        """Give out what has not been seen for a while, oldest first."""
        while self._groups:
            key, group = next(iter(self._groups.items()))
            room = WINDOW_CHARACTERS if len(self._groups) > 1 else LARGEST_CONVERSATION
            if self._at - group.last < WINDOW and self._size < room:
                return
            del self._groups[key]
            self._size -= group.size
            self._gone.add(mark(key.encode("utf-8")))
            yield from self._conversation(group)

    def _conversation(self, group: _Group) -> Iterator[Record]:
        rows, repeated = _without_repeats(group.rows, self._columns.index.get("message_id", ()))
        built = self._reader.conversation([r.cells for r in rows])
        for position, wrong in built.wrong:
            yield self._reject(rows[position], wrong)
        for row in repeated:
            yield Duplicate(self._name, row.number, "与前面一行完全相同(消息ID也相同)")
        if built.conversation is None:
            return
        bad = {position for position, _ in built.wrong}
        kept = [r for i, r in enumerate(rows) if i not in bad]
        content = mark("\0".join(c for r in kept for c in r.cells).encode("utf-8"))
        yield admit(built.conversation, content, Place(self._name, kept[0].number, len(kept)),
                    lambda: "\n".join(row_text(r.cells) for r in kept), self._intake)

    def _wide(self, row: Row) -> Record:
        """One row that holds a whole conversation."""
        try:
            data = wide_conversation(self._columns, row.cells)
            conversation = decode(data, self._options)
        except InvalidRecord as error:
            why = error.why + (f"。{error.fix}" if error.fix else "")
            return Reject(self._name, row.number, error.field, why, clip(row_text(row.cells)))
        content = mark("\0".join(row.cells).encode("utf-8"))
        return admit(conversation, content, Place(self._name, row.number), lambda: row_text(row.cells), self._intake)

    def _reject(self, row: Row, wrong: WrongRow) -> Reject:
        places = self._columns.index.get(wrong.field, ())
        column = "+".join(self._columns.headers[i] for i in places) or wrong.field
        return Reject(self._name, row.number, column, wrong.reason, clip(row_text(row.cells)))


def _without_repeats(rows: list[Row], message_id: tuple[int, ...]) -> tuple[list[Row], list[Row]]:
    """Rows that repeat one before them, message id and all, are set aside: two exports that overlap hold the same message twice."""
    if not message_id:
        return rows, []
    seen: set[tuple[str, ...]] = set()
    kept: list[Row] = []
    repeated: list[Row] = []
    for row in rows:
        cells = tuple(row.cells)
        again = cells in seen and any(cells[i].strip() for i in message_id)
        (repeated if again else kept).append(row)
        seen.add(cells)
    return kept, repeated
