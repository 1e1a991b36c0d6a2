"""Rows to learn from: read with their place, without doubles, in groups that never part."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_service.text.normalise import SEPARATOR
from training.rows import DATA, Row, digest, folded, make_rows, read_lines, reviews, without_doubles


def row(text: str, story: str, label: str = "a", before: str = "") -> Row:
    return Row(text, before, {"x": label}, story, text)


def label(r: Row) -> object:
    return r.labels["x"]


def test_a_near_double_is_dropped_and_one_of_another_label_is_kept_in_the_same_group() -> None:
    long = "昨天晚上拍的那双鞋子什么时候可以给我发货"
    rows = [row(long + "啊", "s1"), row(long, "s2"), row(long + "呢", "s3", "b"), row("发票抬头怎么改", "s4")]
    kept, groups = without_doubles(rows, label)
    assert [r.text for r in kept] == [long + "啊", long + "呢", "发票抬头怎么改"]
    assert groups[0] == groups[1] != groups[2]


def test_a_story_is_one_group_and_the_turn_before_tells_lines_apart() -> None:
    kept, groups = without_doubles([row("好的", "s1", before="给您退款"), row("好的", "s2", before="明天发货的哦亲"), row("行", "s1")], label)
    assert len(kept) == 3
    assert groups[0] == groups[2] != groups[1]


def test_bubbles_stay_apart() -> None:
    assert folded(["在吗\n退款", "12元!"]) == [f"在吗{SEPARATOR}退款", "0元!"]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "好"}\n\n{"text"\n', "utf-8")
    with pytest.raises(ValueError, match=r"a\.jsonl:3: 不是 JSON"):
        read_lines([tmp_path / "a.jsonl"])


def test_the_digest_is_of_everything_learnt_from() -> None:
    assert digest([row("好", "s1")]) == digest([row("好", "s1")])
    assert len({digest([r]) for r in (row("好", "s1"), row("好", "s2"), row("坏", "s1"), row("好", "s1", "b"), row("好", "s1", before="在"))}) == 5


def test_reviews_are_distinct_and_of_one_mind() -> None:
    texts = [r.text for r in reviews()]
    assert len(texts) == len(set(texts)) > 15_000
    assert {r.labels["sentiment"] for r in reviews()} == {"positive", "negative"}


def test_the_shipped_models_were_trained_on_what_is_committed(lexicons: Path) -> None:
    from training.__main__ import RECIPES
    from training.recipe import prepared

    for name, recipe in RECIPES.items():
        card = json.loads((lexicons / "models" / name / "model.json").read_text("utf-8"))
        assert card["data"]["digest"] == digest(prepared(recipe)[0]), f"./qa train {name}"


def test_the_project_has_enough_lines_of_its_own() -> None:
    customer = make_rows(read_lines(sorted((DATA / "customer").glob("*.jsonl"))), before="prev", labels=("types", "sentiment"))
    agent = read_lines(sorted((DATA / "agent").glob("*.jsonl")))
    assert len({r.text for r in customer}) >= 4000
    assert len(agent) >= 3000
    assert len({t for r in customer for t in r.labels["types"]}) == 13
    assert len({r.labels["sentiment"] for r in customer}) == 3
