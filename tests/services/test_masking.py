"""Masking: what must go, what must stay, and that nothing moves. The cases stand in masking/: personal.txt and innocent.txt
with the masker; personal_reader.txt and innocent_reader.txt written by a reader before looking at it."""
from __future__ import annotations

import time
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.services.masking import Masker, mask

FOLDER: Final = Path(__file__).parent / "masking"
SEEN: Final = {"P": 7, "I": 4, "C": 4, "W": 1, "M": 1, "N": 1, "A": 0}  # characters of a secret that may stay readable, by kind
SLACK: Final = 2  # characters beside an address that may go with it


class Case(NamedTuple):
    """A line, where its secrets stand, and where others stand that are not what the line is about ("‹ ›")."""

    kind: str
    text: str
    secrets: tuple[tuple[int, int], ...]
    others: tuple[tuple[int, int], ...]


def read(line: str) -> Case:
    kind, raw = line[0], line[2:].replace("\\n", "\n")
    text, begun = "", 0
    found: dict[str, list[tuple[int, int]]] = {"⟧": [], "›": []}
    for c in raw:
        if c in "⟦‹":
            begun = len(text)
        elif c in found:
            found[c].append((begun, len(text)))
        else:
            text += c
    return Case(kind, text, tuple(found["⟧"]), tuple(found["›"]))


def lines(name: str) -> list[str]:
    return (FOLDER / name).read_text("utf-8").splitlines()


CASES: Final = [read(line) for name in ("personal.txt", "personal_reader.txt") for line in lines(name) if line and not line.startswith("#")]
INNOCENT: Final = [*lines("innocent.txt"), *lines("innocent_reader.txt")]


def readable(case: Case, masked: str, secret: tuple[int, int]) -> int:
    """How many letters and digits of a secret can still be read."""
    return sum(masked[i] != "*" and case.text[i].isalnum() for i in range(*secret))


def test_of_five_hundred_cases_nothing_is_missed() -> None:
    missed = [c.text for c in CASES for s in c.secrets if readable(c, mask(c.text), s) > SEEN[c.kind] or "*" not in mask(c.text)[slice(*s)]]
    assert missed == []
    assert len(CASES) >= 500
    assert all(c.secrets for c in CASES)


def test_no_more_than_the_secret_goes() -> None:
    wide = []
    for c in CASES:
        slack = SLACK * (c.kind == "A")
        inside = {i for a, b in (*c.secrets, *c.others) for i in range(a - slack, b + slack)}
        wide += [(c.text, mask(c.text))] if any(m == "*" and i not in inside for i, m in enumerate(mask(c.text))) else []
    assert wide == []


@pytest.mark.parametrize("text", INNOCENT)
def test_orders_prices_sizes_and_plain_words_stay(text: str) -> None:
    assert mask(text) == text


def test_there_are_four_hundred_innocent_lines() -> None:
    assert len(set(INNOCENT)) >= 400


@pytest.mark.parametrize(("text", "masked"), [
    ("我电话13812345678", "我电话138****5678"),
    ("138 1234 5678", "138 **** 5678"),
    ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 * * * * 5 6 7 8"),
    ("１３８１２３４５６７８", "１３８****５６７８"),
    ("一三八一二三四五六七八", "一三八****五六七八"),
    ("11010519491231002X", "11**************2X"),
    ("卡号6222021234567890128", "卡号***************0128"),
    ("a.b@qq.com", "a**@qq.com"),
    ("加我微信 abc_12345", "加我微信 a********"),
    ("浙江省杭州市西湖区文三路88号2栋301 收", "******************** 收"),
    ("收货人:张小美", "收货人:张**"),
    ("收件人 李雷 电话13912345678", "收件人 李* 电话139****5678")])
def test_what_it_looks_like(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_order_numbers_go_only_where_asked() -> None:
    text = "订单号4123456789012345678,运单号75312345678901,199元"
    assert mask(text) == text
    assert Masker(orders=True).text(text) == "订单号***************5678,运单号**********8901,199元"


def test_a_buyer_keeps_one_pseudonym_under_one_key() -> None:
    mine, other = Masker(b"one key"), Masker(b"another")
    assert mine.buyer("s1", "u9") == mine.buyer("s1", "u9") == Masker(b"one key").buyer("s1", "u9")
    assert len({mine.buyer("s1", "u9"), mine.buyer("s2", "u9"), mine.buyer("s1", "u8"), other.buyer("s1", "u9"), mine.buyer("s", "1u9")}) == 5
    assert mine.buyer("s1", "") == ""
    assert len({mine.buyer("s", str(i)) for i in range(20_000)}) == 20_000


ALPHABET: Final = "1390 ８-订单号微信vxQ地址省市区路号栋收货人:张@a.b\u4e00三①X×\u200b😀\n"


@given(st.text(alphabet=ALPHABET, max_size=80))
def test_length_stays_and_nothing_but_stars_is_new(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(m in (t, "*") for m, t in zip(masked, text, strict=True))


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    assert len(mask(text)) == len(text)


@given(st.text(alphabet="的在我要了吗你好，。!? ", max_size=12), st.sampled_from(CASES), st.text(alphabet="的在我要了吗你好，。!? ", max_size=12))
def test_a_number_is_found_whatever_stands_around_it(before: str, case: Case, after: str) -> None:
    if case.kind not in "PICM":
        return
    text = f"{before}{case.text}{after}"
    masked = mask(text)
    moved = case._replace(text=text)
    assert all(readable(moved, masked, (a + len(before), b + len(before))) <= SEEN[case.kind] for a, b in case.secrets)


@pytest.mark.parametrize("unit", [
    "a", "1", "1 ", "13", "地址", "微信a", "收货人 ", "收货人:张", "a.", "a@", "省市", "省", "浙江省", "中省", "一", "1号", "1-", "路1", "文三路", "小区", "张", "x1@a.", "①", "加", "vx:", "1栋",
    "０", "地址1", "张1", "QQ1 ", "我叫", "(", "q1", "(at)", "a(at)", "我姓张", "张三先生", "加群", "+1 ", "1,", "宿舍楼1", "收货人是我妈", "实名李", "[at", "138-", "a-", "在浙"])
def test_the_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    """Four times the length may take at most nine times as long (it takes four), and never long."""
    def took(repeat: int) -> float:
        begin = time.process_time()
        mask(unit * repeat)
        return time.process_time() - begin
    short, long = (min(took(n) for _ in range(3)) for n in (5_000, 20_000))
    assert long < max(9 * short, 0.4)
