"""The score that the README explains is what the program says today. Run this file to write the example anew into both pages."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from qa_service.engine.inspector import Inspector
from qa_service.model.conversation import Conversation
from qa_service.model.wire import conversation_from_dict, evaluation_to_dict
from qa_service.rules.locate import lexicons_root
from qa_service.rules.standard import Standard, load_standard

ROOT: Final = Path(__file__).resolve().parents[1]
BLOCK: Final = re.compile(r"(?<=<!-- example:score -->\n).*?(?=<!-- /example:score -->)", re.DOTALL)
SAID: Final = (
    ("customer", "这件有M码吗", "10:00:00"), ("agent", "亲,在的", "10:00:06"), ("customer", "我问M码还有没有,不合适能退吗", "10:01:10"),
    ("agent", "M码有货,七天无理由退货运费需您承担哦,今天18点前给您发出", "10:01:25"))
WORDS: Final = {
    "README.md": {
        "save": "Save this as `chat.json`:", "run": "and score it:", "result": "The result, shortened to what explains the score:",
        "head": "| points | rule | the words | why |", "start": "| 100 | | | |", "total": "total"},
    "README.zh-CN.md": {
        "save": "把这段存为 `chat.json`:", "run": "然后评分:", "result": "结果如下,只留下解释分数的部分:",
        "head": "| 分数 | 规则 | 原话 | 为什么 |", "start": "| 100 | | | |", "total": "总分"}}


def example() -> dict[str, Any]:
    return {"id": "c-1001", "channel": "tmall", "messages": [
        {"role": role, "text": text, "at": f"2025-11-01T{clock}+08:00"} for role, text, clock in SAID]}


def chat_shown() -> str:
    document = example()
    messages = ",\n  ".join(json.dumps(m, ensure_ascii=False) for m in document["messages"])
    return f'{{"id": "{document["id"]}", "channel": "{document["channel"]}", "messages": [\n  {messages}]}}'


def shortened(document: dict[str, Any]) -> str:
    """The fields that explain a score; one line an entry, so that it can be read."""
    def one(entry: dict[str, Any], *names: str) -> str:
        return json.dumps({n: entry[n] for n in names}, ensure_ascii=False)

    score = document["score"]
    deductions = ",\n    ".join(one(d, "rule", "section", "points") for d in score["deductions"])
    findings = ",\n  ".join(one(f, "rule", "category", "severity", "spans", "suggest", "needs_human") for f in document["findings"])
    commitments = ",\n  ".join(one(c, "type", "text", "deadline_text", "due", "status") for c in document["commitments"])
    return (f'{{"score": {{"total": {score["total"]}, "grade": "{score["grade"]}", "deductions": [\n    {deductions}]}},\n'
            f' "findings": [\n  {findings}],\n "commitments": [\n  {commitments}]}}')


def rendered(page: str, document: dict[str, Any]) -> str:
    """The example as it stands between the marks of a page."""
    words, findings = WORDS[page], {f["rule"]: f for f in document["findings"]}
    rows = []
    for d in document["score"]["deductions"]:
        f = findings[d["rule"]]
        why = re.split(r"[;。]", f["why"])[0]
        rows.append(f"| {d['points']:+g} | {f['rule']} `{f['name']}` {f['title']} | {f['spans'][0]['text']} | {why} |")
    total = f"| **{document['score']['total']:g}** | **{words['total']}** | | |"
    table = "\n".join([words["head"], "| ---: | --- | --- | --- |", words["start"], *rows, total])
    return (f"{words['save']}\n\n```json\n{chat_shown()}\n```\n\n{words['run']}\n\n```sh\n./qa score chat.json --out -\n```\n\n"
            f"{words['result']}\n\n```json\n{shortened(document)}\n```\n\n{table}\n")


def judged(standard: Standard) -> dict[str, Any]:
    conversation: Conversation = conversation_from_dict(example())
    document: dict[str, Any] = json.loads(json.dumps(evaluation_to_dict(Inspector(standard).evaluate(conversation))))
    return document


@pytest.mark.parametrize("page", WORDS)
def test_the_example_is_what_the_program_says(standard: Standard, page: str) -> None:
    (shown,) = BLOCK.findall((ROOT / page).read_text("utf-8"))
    assert shown == rendered(page, judged(standard)), f"python {Path(__file__).name} writes it anew"


def test_it_shows_more_than_one_kind_of_finding_and_adds_up(standard: Standard) -> None:
    document = judged(standard)
    assert len({f["category"].split(".")[0] for f in document["findings"]}) >= 2
    assert 100 + sum(d["points"] for d in document["score"]["deductions"]) == document["score"]["total"] < 100
    assert document["commitments"]


if __name__ == "__main__":
    today = judged(load_standard(lexicons_root(), prove=False))
    for name in WORDS:
        path = ROOT / name
        path.write_text(BLOCK.sub(lambda _: rendered(name, today), path.read_text("utf-8")), "utf-8")  # noqa: B023
