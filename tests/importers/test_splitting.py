"""The parameters of a split: said in a file, refused with the place where they are wrong, explained in words."""
from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from qa_service.importers.splitting import SPLITTINGS, Splitting, load_splittings, span
from qa_service.model.errors import SourceError


def load(tmp_path: Path, text: str) -> dict[str, Splitting]:
    path = tmp_path / "sessions.yaml"
    path.write_text(text, "utf-8")
    return load_splittings(str(path))


def test_what_a_file_names_changes_and_the_rest_stays_the_sources_own(tmp_path: Path) -> None:
    found = load(tmp_path, 'wecom-archive: {gap: 30m, day_starts: "06:30", closing: [白白], longest: 50}\nwechat-kf: {day_starts: none, patience: 2d}')
    wecom = found["wecom-archive"]
    assert (wecom.gap, wecom.day_starts, wecom.closing, wecom.longest) == (timedelta(minutes=30), time(6, 30), ("白白",), 50)
    assert wecom.closing_gap == SPLITTINGS["wecom-archive"].closing_gap
    assert found["wechat-kf"].day_starts is None
    assert found["wechat-kf"].patience == timedelta(days=2)


def test_a_clock_time_without_quotes_is_what_it_says(tmp_path: Path) -> None:
    assert load(tmp_path, "wechat-kf: {day_starts: 06:30}")["wechat-kf"].day_starts == time(6, 30)
    assert load(tmp_path, "wechat-kf: {day_starts: 23:00}")["wechat-kf"].day_starts == time(23)


@pytest.mark.parametrize(("text", "names"), [
    ("wecom-archive: {gap: 30}", "gap"), ("wecom-archive: {gap: 半小时}", "gap"), ("wecom-archive: {pause: 3m}", "pause"), ("email: {gap: 3m}", "email"),
    ("wecom-archive: {day_starts: 早上}", "day_starts"), ("wecom-archive: {closing: 再见}", "closing"), ("wecom-archive: {longest: 1}", "longest"),
    ("wecom-archive: {longest: true}", "longest"), ("wecom-archive: 3", "对照表"), ("- 1", "对照表"), ("{", "YAML"), ("", "对照表")])
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, text: str, names: str) -> None:
    with pytest.raises(SourceError) as caught:
        load(tmp_path, text)
    assert names in str(caught.value)
    assert "sessions.yaml" in caught.value.where


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="读不了"):
        load_splittings(str(tmp_path / "no.yaml"))


@pytest.mark.parametrize(("length", "words"), [
    (timedelta(seconds=20), "20 秒"), (timedelta(minutes=10), "10 分钟"), (timedelta(hours=25, minutes=3), "1 天 1 小时 3 分钟")])
def test_lengths_in_words(length: timedelta, words: str) -> None:
    assert span(length) == words


@pytest.mark.parametrize(("change", "words"), [({}, "04:00 换日"), ({"gap": timedelta(hours=7)}, "静默 7 小时"), ({"longest": 9}, "9 条")])
def test_the_explanation_names_the_parameters(change: dict[str, Any], words: str) -> None:
    assert words in Splitting(**change).explain()


def test_without_a_day_cut_the_explanation_says_nothing_of_it() -> None:
    assert "换日" not in Splitting(day_starts=None).explain()
