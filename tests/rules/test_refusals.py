"""A rule that is incomplete, not understood or not proven is refused: with its place, its id, the reason and what to do."""
from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa_service.model.errors import RefusedStandard
from qa_service.rules.standard import Standard, load_standard

Load = Callable[..., Standard]


def refusal(load: Load, *changes: dict[str, Any], **more: Any) -> RefusedStandard:
    with pytest.raises(RefusedStandard) as caught:
        load(*changes, **more)
    error = caught.value
    assert re.fullmatch(r".*mine\.yaml:\d+", error.where), error.where
    return error


def test_the_good_rule_is_good(load: Load) -> None:
    standard = load()
    assert [r.id for r in standard.rules] == ["ZZ01"]
    assert standard.warnings == ()
    assert standard.by_id["ZZ01"].where.endswith("mine.yaml:4")


@pytest.mark.parametrize(("change", "reason", "fix"), [
    ({"check": "phrases"}, "没有名为 'phrases' 的检查", "empty_reply"), ({"check": ["phrase"]}, "没有名为", "phrase"),
    ({"with": {"any": ["x"], "anny": ["y"]}}, "未知参数 'anny'", "at_least"), ({"with": {"any": ["x"], "where": {"roll": "agent"}}}, "未知参数 'roll'", "role"),
    ({"with": ["x"]}, "参数应为映射", ""), ({"with": {"any": ["x"], "at_least": "many"}}, "应为数字或时长", ""), ({"with": {"any": ["x"], "at_least": True}}, "应为数字", ""),
    ({"with": {"any": ["x"], "where": "boss"}}, "不认识 'boss'", "customer"), ({"with": {"any": ["x"], "guard": {"skip": ["nagated"]}}}, "不认识 'nagated'", "negated"),
    ({"with": {"any": ["x"], "boundary": "char"}}, "不认识 'char'", "word"), ({"with": {"any": []}}, "列表是空的", ""), ({"with": {"any": [""]}}, "没有可匹配的文字", ""), ({"with": {"any": ["!!"]}}, "没有可匹配的文字", ""),
    ({"with": {"any": [{}]}}, "没有任何短语", ""), ({"with": {"any": [{"phrase": ["x"]}]}}, "未知参数 phrase", "phrases"), ({"with": {"any": [{"list": "nolist"}]}}, "没有词表 'nolist'", "user_words"),
    ({"with": {"any": [["x"]]}}, "应为短语", ""), ({"with": {"any": [{"phrases": [["x"]]}]}}, "应为字符串列表", ""), ({"with": {"any": ["re:(微信"]}}, "missing", "RE2"), ({"with": {"any": ["re:(?<!不)微信"]}}, "不能用", "环视"),
    ({"with": {"any": ["x"], "where": {"range": [1]}}}, "range 应为两个", "[2, 5]"), ({"with": {"any": ["x"], "where": {"range": [0, 3]}}}, "range 应为两个", ""),
    ({"check": "reply", "with": {"says": ["不知道"], "holds_no": ["slots.colour"]}}, "词库没有分组 'slots.colour'", "slots.number"), ({"check": "reply", "with": None}, "缺少参数 'says'", ""), ({"check": "reply", "with": ...}, "缺少参数 'says'", ""),
    ({"check": "absence", "with": {"must": {"phrase": {"any": ["x"]}}}}, "缺少参数 'trigger'", ""), ({"check": "absence", "with": {"trigger": "opening"}}, "缺少参数 'must'", ""),
    ({"check": "absence", "with": {"trigger": "middle", "must": {"phrase": {"any": ["x"]}}}}, "不认识 'middle'", "opening"), ({"check": "combine", "with": {"all": ["nobody"]}}, "没有名为 'nobody' 的公共条件", "(无)"),
    ({"check": "combine", "with": {"all": [{"phrase": {"any": ["x"]}, "reply": {}}]}}, "条件应写成", ""), ({"check": "combine", "with": {"all": [{"sentence": {}}]}}, "没有名为 'sentence' 的检查", "phrase"),
    ({"check": "sequence", "with": {"anchor": {"phrase": {"any": ["x"]}}, "then": {"phrase": {"any": ["y"]}}, "hit": "third"}}, "hit 应为", ""),
    ({"check": "sequence", "with": {"anchor": {"phrase": {"any": ["x"]}}, "then": {"phrase": {"any": ["y"]}}, "place": "near"}}, "不认识 'near'", "around"),
    ({"check": "repetition", "with": {"similarity": 0.3}}, "similarity 应在 0.7 与 1 之间", ""), ({"check": "repetition", "with": {"similarity": 90}}, "similarity", ""),
    ({"check": "interval", "with": {"over": "5 minutes"}}, "应为数字或时长", ""), ({"check": "measure", "with": {"name": "speed"}}, "不认识 'speed'", "first_response_seconds"),
    ({"check": "label", "with": {"topic": ["weather"]}}, "不认识 'weather'", "invoice"), ({"check": "empty_reply", "with": {"kind": "rude"}}, "不认识 'rude'", "greeting"),
    ({"check": "interval", "with": {"unanswered": "yes"}}, "应为 true 或 false", ""), ({"check": "promise", "with": {"types": ["gift"]}}, "不认识 'gift'", "refund")])
def test_what_is_not_understood(load: Load, change: dict[str, Any], reason: str, fix: str) -> None:
    error = refusal(load, change)
    assert error.why.startswith("规则 ZZ01: ")
    assert reason in error.why
    assert fix in error.fix
    assert str(error) == f"{error.where}: {error.why}" + (f"。{error.fix}" if error.fix else "")


@pytest.mark.parametrize("key", ["name", "title", "category", "check", "severity", "status", "why", "suggest", "source", "hits", "misses"])
def test_what_is_missing(load: Load, key: str) -> None:
    assert f"规则 ZZ01: 缺少 {key}" in refusal(load, {key: ...}).why
    assert f"缺少 {key}" in refusal(load, {key: ""}).why


def test_a_rule_without_an_id(load: Load) -> None:
    assert "缺少 id" in refusal(load, {"id": ...}).why


@pytest.mark.parametrize(("change", "reason"), [
    ({"id": "zz1"}, "id 'zz1'"), ({"id": 7}, "id 7"), ({"name": "Bad Name"}, "name 'Bad Name'"), ({"category": "politeness"}, "politeness"), ({"severity": "high"}, "high"), ({"status": "draft"}, "draft"),
    ({"source": "平台规则"}, "出处应为"), ({"source": {"title": "平台规则"}}, "出处应为"), ({"source": {"title": "平台规则", "checked": "去年"}}, "出处应为"), ({"source": {"checked": "2026-11"}}, "出处应为"),
    ({"policy": ["x"]}, "policy 应为"), ({"policy": {"free_tea": True}}, "free_tea"), ({"policy": {"max_compensation": {"above": 3}}}, "max_compensation"), ({"hits": "客: x"}, "hits 应为列表"),
    ({"hits": [5]}, "例子应为"), ({"misses": [{"text": "客: x"}]}, "例子应为"), ({"wiht": {}}, "未知的键 'wiht'"), ({"channels": ["amazon"]}, "amazon")])
def test_what_is_wrong_with_the_entry(load: Load, change: dict[str, Any], reason: str) -> None:
    error = refusal(load, change)
    assert reason in error.why
    assert "ZZ01" in error.why or "id" in change


@pytest.mark.parametrize(("change", "reason", "example"), [
    ({"hits": ["客: 在吗\n服: 在的"]}, "该命中却没有命中", "客: 在吗 / 服: 在的"), ({"misses": ["客: 在吗\n服: 加微信聊"]}, "不该命中却命中了 '加微信'", "客: 在吗 / 服: 加微信聊"),
    ({"hits": ["客: 在吗\n服: ⟦在的⟧,加微信"]}, "证据不在 ⟦⟧", "加微信"), ({"hits": ["这不是对话"]}, "读不懂", "这不是对话")])
def test_a_rule_that_its_own_example_contradicts(load: Load, change: dict[str, Any], reason: str, example: str) -> None:
    error = refusal(load, change)
    assert reason in error.why
    assert "ZZ01" in error.why
    assert example in error.fix


def test_the_first_failure_is_told_and_the_others_counted(load: Load) -> None:
    error = refusal(load, {"hits": ["服: 好", "服: 行", "服: 加微信"]})
    assert "另有 1 处" in error.why


def test_known_misses_may_miss_and_warn_when_they_hit(load: Load) -> None:
    assert load({"known_misses": ["服: 加个威"]}).warnings == ()
    (warning,) = load({"known_misses": ["服: 加微信吧"]}).warnings
    assert warning.rule == "ZZ01"
    assert not warning.fatal
    assert "known_misses" in str(warning)


def test_without_proof_examples_are_not_run(load: Load) -> None:
    assert load({"hits": ["服: 好"]}, prove=False).rules


@pytest.mark.parametrize("change", [{"name": "other"}, {"id": "ZZ02"}, {}])
def test_two_rules_of_one_id_or_name(load: Load, change: dict[str, Any]) -> None:
    error = refusal(load, {}, change)
    assert "已被" in error.why
    assert "mine.yaml:4" in error.why


def test_a_retired_rule_is_read_but_judges_nothing(load: Load) -> None:
    assert [r.id for r in load({"status": "retired"}, {"id": "ZZ02", "name": "zz-two"}).rules] == ["ZZ02"]


def test_conditions_are_shared_by_name(load: Load) -> None:
    standard = load({"check": "combine", "with": {"all": ["wechat"], "none": ["no"]}},
                    conditions={"wechat": {"phrase": {"any": ["加微信"]}}, "no": {"phrase": {"any": ["不可以"]}}})
    assert standard.by_id["ZZ01"].check_name == "combine"


def test_a_condition_that_leads_to_itself(load: Load) -> None:
    error = refusal(load, {"check": "combine", "with": {"all": ["a"]}}, conditions={"a": {"combine": {"any": ["b"]}}, "b": {"combine": {"any": ["a"]}}})
    assert "自己" in error.why


def test_a_category_without_a_section(load: Load, house: Path) -> None:
    card = house / "scorecards" / "small.yaml"
    card.write_text(card.read_text("utf-8").replace("- promise\n", ""), "utf-8")
    with pytest.raises(RefusedStandard, match=r"规则 ZZ01 的类别 promise\.off-platform 不属于任何评分项"):
        load()


@pytest.mark.parametrize(("text", "reason", "line"), [
    ("rules:\n- id: ZZ01\n  id: ZZ02\n", "键写了两次: id", 2), ("rules:\n- id: [\n", "YAML 语法错误", 3), ("- a\n- b\n", "文件应为 YAML 映射", 1), ("rules: 5\n", "rules 应为列表", 1), ("rules:\n- x\n", "应为映射", 2),
    ("pack: {}\nrule: []\n", "未知的键 rule", 1), ("", "文件应为 YAML 映射", 1), ("rules:\n- id: ZZ01\n  <<: *nobody\n", "YAML 语法错误", 3), ("a: 1\n? [x]\n: 2\n", "键应为文字", 1), ("rules: !!python/object:os.system\n", "YAML 语法错误", 1)])
def test_files_that_are_no_pack(house: Path, text: str, reason: str, line: int) -> None:
    (house / "rules" / "mine.yaml").write_text(text, "utf-8")
    with pytest.raises(RefusedStandard) as caught:
        load_standard(house)
    assert reason in caught.value.why
    assert caught.value.where == f"{house / 'rules' / 'mine.yaml'}:{line}"


def test_a_pack_that_is_no_text(house: Path) -> None:
    (house / "rules" / "mine.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RefusedStandard, match="读不出来"):
        load_standard(house)
