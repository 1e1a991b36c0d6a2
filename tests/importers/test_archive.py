"""Archives are read file by file; passwords, bombs and damage end in a reason, never in a traceback or a full memory."""
from __future__ import annotations

import gzip
import io
import json
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
import pyzipper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.importers import archive
from qa_service.importers.base import Intake, ReadOptions
from qa_service.model.errors import SourceError

FIXTURES: Final = Path(__file__).parent / "fixtures"
OURS: Final = '{"id": "w1", "messages": [{"role": "customer", "text": "在吗"}]}\n'
WORD: Final = "9f2c41d07b3e"


def packed(files: dict[str, str | bytes], **options: Any) -> bytes:
    """A ZIP of `files`; `encryption` and `password` as pyzipper has them."""
    password = options.pop("password", None)
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED, **options) as z:
        if password:
            z.setpassword(password.encode())
        for name, data in files.items():
            z.writestr(name, data)
    return buffer.getvalue()


def buyer(name: str, text: str = "有货吗") -> str:
    rows = [{"date": "2025-11-02", "time": "10:00:00", "sender": name, "text": text, "imgUrl": ""},
            {"date": "2025-11-02", "time": "10:00:09", "sender": "云杉家居旗舰店:小禾", "text": "有的", "imgUrl": ""}]
    return json.dumps({"user": name, "exportTime": "2025/11/3 10:00:00", "count": 2, "chats": rows}, ensure_ascii=False, indent=2)


def zipcrypto(files: dict[str, bytes]) -> bytes:
    """The old encryption, which no Python library writes: made by its definition (APPNOTE 6.1)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression=zipfile.ZIP_STORED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    plain = bytearray(buffer.getvalue())
    out, central = bytearray(), bytearray()
    with zipfile.ZipFile(io.BytesIO(plain)) as z:
        for info in z.infolist():
            at = len(out)
            body = _encrypted(files[info.filename], info.CRC)
            name = info.filename.encode()
            common = (b"\x14\0" + b"\x01\x08" + b"\0\0" + b"\0\0\x21\x5b" + info.CRC.to_bytes(4, "little") + len(body).to_bytes(4, "little")
                      + info.file_size.to_bytes(4, "little") + len(name).to_bytes(2, "little") + b"\0\0")
            out += b"PK\x03\x04" + common + name + body
            central += b"PK\x01\x02\x14\0" + common + b"\0\0" * 3 + b"\0" * 4 + at.to_bytes(4, "little") + name
    n = len(files).to_bytes(2, "little")
    end = b"PK\x05\x06\0\0\0\0" + n + n + len(central).to_bytes(4, "little") + len(out).to_bytes(4, "little") + b"\0\0"
    return bytes(out + central) + end


def _encrypted(data: bytes, crc: int) -> bytes:
    table = []
    for i in range(256):
        c = i
        for _ in range(8):
            c = (c >> 1) ^ (0xEDB88320 if c & 1 else 0)
        table.append(c)
    keys = [0x12345678, 0x23456789, 0x34567890]

    def turn(byte: int) -> None:
        keys[0] = (keys[0] >> 8) ^ table[(keys[0] ^ byte) & 255]
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = (keys[2] >> 8) ^ table[(keys[2] ^ (keys[1] >> 24)) & 255]

    for byte in WORD.encode():
        turn(byte)
    out = bytearray()
    for byte in bytes(11) + bytes([crc >> 24]) + data:
        mask = keys[2] | 2
        out.append(byte ^ ((mask * (mask ^ 1) >> 8) & 255))
        turn(byte)
    return bytes(out)


def test_a_zip_of_buyers(read: Any) -> None:
    out = read("千牛聊天记录_2025-11-3.zip", packed({"甲乙丙77.json": buyer("甲乙丙77"), "tb88.json": buyer("tb88")}))
    assert out.ids == ["tb88@20251102T100000", "甲乙丙77@20251102T100000"]
    assert [r.file.rpartition("zip/")[2] for r in out.records] == ["tb88.json", "甲乙丙77.json"]
    assert out.intake.formats == {"qianniu-json": 2}


def test_an_archive_of_all_formats(read: Any) -> None:
    files = {f"日志/{p.name}": p.read_bytes() for p in FIXTURES.iterdir() if p.is_file()}
    out = read("all.zip", packed({**files, "日志/w.jsonl": OURS, "日志/readme.docx": b"x", "__MACOSX/._w.jsonl": b"x"}))
    assert out.intake.formats.keys() >= {"aliyun-sca", "jd", "jsonl", "qianniu-html", "qianniu-json", "qiyu", "taobao-top", "wangwang-txt", "chatwoot"}
    assert any("readme.docx" in note for note in out.intake.notes)
    assert not any("MACOSX" in note for note in out.intake.notes)


def test_a_folder_of_all_formats_gives_the_same(read: Any, read_path: Any) -> None:
    intake = Intake()
    for path in sorted(FIXTURES.iterdir()):
        if path.is_file():
            read_path(path, intake=intake)
    packed_intake = read("all.zip", packed({p.name: p.read_bytes() for p in FIXTURES.iterdir() if p.is_file()})).intake
    assert packed_intake.rows == intake.rows
    assert packed_intake.formats == intake.formats


@pytest.mark.parametrize("way", ["aes", "zipcrypto", "open"])
def test_a_qiyu_archive(read: Any, read_path: Any, way: str) -> None:
    files = {f"20251104/{n}.txt": (FIXTURES / f"qiyu-{n}.txt").read_bytes() for n in ("session", "message")}
    data = (zipcrypto(files) if way == "zipcrypto" else packed(files) if way == "open" else
            packed(files, encryption=pyzipper.WZ_AES, password=WORD))
    out = read("export.zip", data, ReadOptions(password=WORD))
    plain = read_path(FIXTURES / "qiyu-message.txt")
    assert out.conversations == plain.conversations
    assert out.intake.rows == plain.intake.rows


@pytest.mark.parametrize(("word", "why"), [("", "有密码"), ("wrong", "密码不对")])
@pytest.mark.parametrize("way", ["aes", "zipcrypto"])
def test_a_missing_or_wrong_password(read: Any, word: str, why: str, way: str) -> None:
    files = {"session.txt": OURS.encode()}
    data = zipcrypto(files) if way == "zipcrypto" else packed(files, encryption=pyzipper.WZ_AES, password=WORD)
    with pytest.raises(SourceError, match=why) as caught:
        read("a.zip", data, ReadOptions(password=word))
    assert "QA_ZIP_PASSWORD" in caught.value.fix


def test_an_archive_in_an_archive_stays_closed(read: Any) -> None:
    out = read("a.zip", packed({"w.jsonl": OURS, "in.zip": packed({"w2.jsonl": OURS})}))
    assert out.ids == ["w1"]
    assert any("in.zip" in note for note in out.intake.notes)


def test_a_file_that_is_no_log_does_not_stop_the_others(read: Any) -> None:
    out = read("a.zip", packed({"a.csv": "甲,乙\n1,2\n", "w.jsonl": OURS}))
    assert out.ids == ["w1"]
    [reject] = out.rejects
    assert reject.file.endswith("a.zip/a.csv")
    assert reject.rows == 0


@pytest.mark.parametrize("files", [{}, {"a.png": b"x"}, {"a.csv": "甲,乙\n1,2\n"}])
def test_an_archive_without_any_log_is_refused(read: Any, files: dict[str, bytes]) -> None:
    with pytest.raises(SourceError, match=r"a\.zip"):
        read("a.zip", packed(files))


def test_bombs_are_not_unpacked(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FROM", 1 << 16)
    with pytest.raises(SourceError, match="1000 倍"):
        read("ratio.zip", packed({"a.jsonl": b" " * (8 << 20)}))
    monkeypatch.setattr(archive, "MAX_ENTRIES", 3)
    with pytest.raises(SourceError, match="4 个文件"):
        read("many.zip", packed({f"{i}.jsonl": OURS for i in range(4)}))
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1_000)
    with pytest.raises(SourceError, match="上限"):
        read("large.zip", packed({"a.jsonl": OURS * 20}))


def test_an_archive_cannot_say_less_than_it_holds(read: Any) -> None:
    data = bytearray(packed({"a.jsonl": OURS + OURS.replace("w1", "w2")}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + at
        data[place:place + 4] = len(OURS.encode()).to_bytes(4, "little")
    with pytest.raises(SourceError, match="损坏"):
        read("a.zip", bytes(data))


def test_names_in_gbk_and_names_that_lead_outside(read: Any) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as z:
        z.writestr("XX.jsonl", OURS)
        z.writestr("../../etc/w.jsonl", OURS.replace("w1", "w2"))
    data = buffer.getvalue().replace(b"XX.jsonl", "记".encode("gbk") + b".jsonl")
    out = read("a.zip", data)
    assert sorted(r.file.rpartition("a.zip/")[2] for r in out.records) == ["etc/w.jsonl", "记.jsonl"]


def test_a_packed_archive_from_a_pipe(read: Any) -> None:
    assert read("a.zip.gz", gzip.compress(packed({"w.jsonl": OURS}))).ids == ["w1"]


def test_the_pair_is_found_in_its_own_folder_only(read_path: Any, tmp_path: Path) -> None:
    for name in ("session", "message"):
        shutil.copy(FIXTURES / f"qiyu-{name}.txt", tmp_path / f"{name}.txt")
    intake = Intake()
    first = read_path(tmp_path / "message.txt", intake=intake)
    assert read_path(tmp_path / ".." / tmp_path.name / "session.txt", intake=intake).records == []
    (tmp_path / "message.txt").unlink()
    with pytest.raises(SourceError, match=r"message\.txt"):
        read_path(tmp_path / "session.txt")
    (tmp_path / "session.txt").unlink()
    shutil.copy(FIXTURES / "qiyu-message.txt", tmp_path / "message.txt")
    alone = read_path(tmp_path / "message.txt")
    assert alone.ids == first.ids
    assert alone.intake.rows == first.intake.rows - 3


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 700), st.binary(max_size=12), st.integers(0, 40), st.booleans())
def test_any_damage_ends_in_a_reason(read: Any, at: int, put: bytes, out: int, protected: bool) -> None:
    options = {"encryption": pyzipper.WZ_AES, "password": WORD} if protected else {}
    data = packed({"w.jsonl": OURS, "b.json": buyer("tb88")}, **options)
    at %= len(data)
    with suppress(SourceError):
        read("a.zip", data[:at] + put + data[at + out:], ReadOptions(password=WORD))
