"""Which importer reads an input: told by its content; the file's extension only breaks a tie."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import Final, Protocol, cast

from qa_service.importers.archive import is_archive, members
from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.files import Source, extension, identity, open_source
from qa_service.importers.head import POSSIBLE, Head
from qa_service.model.errors import SourceError, UsageError
from qa_service.model.record import Imported, Record, Reject


class Importer(Protocol):
    """What every module named in IMPORTERS offers."""

    def detects(self, head: Head) -> float:
        """How sure it is that the input is its own: 0 (no) to 1 (OURS)."""

    def read(self, source: Source, options: ReadOptions, intake: Intake) -> Records:
        """The records of an input, in its order. Raises SourceError when it cannot be understood as a whole."""


# The name of a source (as `--from` has it) -> its module here. One line a source, in the order of the alphabet.
IMPORTERS: Final[dict[str, str]] = {
    "aliyun-sca": "aliyun_sca",
    "chatwoot": "chatwoot",
    "csv": "delimited",
    "google-insights": "google_insights",
    "intercom": "intercom",
    "jd": "jd",
    "jsonl": "jsonl",
    "parquet": "parquet",
    "plain": "plain",
    "qianniu-html": "qianniu_html",
    "qianniu-json": "qianniu_json",
    "qiyu": "qiyu",
    "taobao-top": "taobao_top",
    "wangwang-txt": "wangwang_txt",
    "wechat-kf": "wechat_kf",
    "wecom-archive": "wecom_archive",
    "xlsx": "xlsx",
    "zendesk-chat": "zendesk_chat",
    "zendesk-qa": "zendesk_qa",
}
_SHAPES: Final = ("csv", "plain")
_BY_EXTENSION: Final = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv", ".txt": "plain", ".log": "plain"}


def importer(name: str) -> Importer:
    """The importer of a source. It is loaded when it is first needed: nobody pays for the others."""
    return cast(Importer, import_module(f"qa_service.importers.{IMPORTERS[name]}"))


def open_records(path: str, options: ReadOptions, intake: Intake | None = None) -> Iterator[Record]:
    """Every record of one input ("-" = standard input), in its order. Give one `intake` to all inputs of a run.

    Raises SourceError when the input cannot be opened or understood as a whole, UsageError for an unknown `options.source`.
    """
    if options.source != "auto" and options.source not in IMPORTERS:
        raise UsageError(f"不认识的来源 {options.source[:40]!r}", fix=f"可用: auto、{'、'.join(IMPORTERS)}")
    return _records(path, options, intake if intake is not None else Intake())


def _records(path: str, options: ReadOptions, intake: Intake) -> Iterator[Record]:
    with open_source(path) as source:
        yield from _opened(source, options, intake)


def _opened(source: Source, options: ReadOptions, intake: Intake) -> Iterator[Record]:
    """Every record of an open input, or of all files of an archive."""
    if intake.taken and identity(source.path) in intake.taken:
        return
    if source.damage and not source.head:
        raise SourceError(source.damage, where=source.name)
    if options.source != "xlsx" and is_archive(source.head):
        yield from _unpacked(source, options, intake)
        return
    kind = options.source if options.source != "auto" else detect(source, options)
    if not kind:
        return
    before = intake.rows
    intake.reads[source.name] = kind
    for record in importer(kind).read(source, options, intake):
        intake.formats[kind] += isinstance(record, Imported)
        yield record
    if source.damage:
        if intake.rows == before:
            raise SourceError(source.damage, where=source.name)
        # No row of its own, so the count stays true; but nobody must take this input for whole.
        yield Reject(source.name, intake.rows - before + 1, "", f"{source.damage};此前的记录已读,此后的读不出", "", 0)


def _unpacked(source: Source, options: ReadOptions, intake: Intake) -> Iterator[Record]:
    """Every record of an archive. A file in it that cannot be understood does not stop the others; an archive without any does stop."""
    read, first = 0, None
    with ExitStack() as stack:
        for member in members(source, options, intake, stack):
            try:
                yield from _opened(member, options, intake)
                read += 1
            except SourceError as error:
                if error.fatal:
                    raise
                first = first or error
                yield Reject(member.name, 1, "", f"{error.why}。{error.fix}" if error.fix else error.why, "", 0)
    if not read:
        raise first or SourceError("压缩包里没有认得的文件", where=source.name)


def detect(source: Source, options: ReadOptions) -> str:
    """The name of the importer for an open input; "" for an empty one. Raises SourceError when nothing fits."""
    head = Head(source, options)
    if not head.data or not head.text:
        return ""
    sure = {name: importer(name).detects(head) for name in IMPORTERS if name not in _SHAPES}
    if max(sure.values()) < POSSIBLE:
        # Whether it could be a table or a transcript is dear to tell, and matters only where nothing else fits.
        sure |= {name: importer(name).detects(head) for name in _SHAPES}
    best = max(sure, key=lambda name: sure[name])
    return best if sure[best] > 0 else _by_name(head.text, source)


def _by_name(text: str, source: Source) -> str:
    if text[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise SourceError("这是网页(HTML/XML),不是表格或聊天记录", where=source.name, fix="请用表格软件打开后另存为 xlsx 或 CSV")
    by_name = _BY_EXTENSION.get(extension(source.path), "")
    if not by_name:
        raise SourceError("认不出是什么格式", where=source.name, fix=f"请用 --from 指定: {'、'.join(IMPORTERS)}")
    return by_name
