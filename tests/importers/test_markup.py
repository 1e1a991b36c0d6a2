"""HTML of a message as the text a person reads."""
from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers.markup import text_of_html


@pytest.mark.parametrize(("body", "text"), [
    ("有 M 码吗", "有 M 码吗"), ("<p>您好</p><p>在的</p>", "您好\n在的"), ("一<br>二<br/>三", "一\n二\n三"), ("<div>A&amp;B&nbsp;&lt;3 &#8364;</div>", "A&B <3 €"),
    ('<p><img src="a.png" alt="x"></p>', "[图片]"), ("<ul><li>一</li><li>二</li></ul>", "一\n二"), ('见 <a href="https://x.example?a=1&amp;b=2">链接</a>', "见 链接"),
    ("<style>p{color:red}</style><p>好</p><script>alert('<p>')</script>", "好"), ("<!-- 内部 -->好", "好"), ("1 < 2 且 3 > 2", "1 < 2 且 3 > 2"),
    ("<3 爱你", "<3 爱你"), ("价格 <100 元", "价格 <100 元"), ("<p>一</p>\n\n\n\n<p>二</p>", "一\n\n二"), ("", ""), ("a & b", "a & b")])
def test_what_a_person_reads(body: str, text: str) -> None:
    assert text_of_html(body) == text


@given(st.text("<>/pbr&;#x1 !-a客\n\"'", max_size=60))
def test_any_text_comes_back_as_text(body: str) -> None:
    assert isinstance(text_of_html(body), str)


@pytest.mark.parametrize("body", ["<" * 200_000, "<p" * 100_000, "<script>" * 50_000, "<!--" * 50_000, "&" * 200_000, "<a " + "x" * 200_000])
def test_no_text_takes_long(body: str) -> None:
    begun = time.process_time()
    text_of_html(body)
    assert time.process_time() - begun < 2
