"""Findings, commitments, topics and sentiment against a folder of hand-labelled chats: precision and recall with their intervals.

The folder holds dialogues_real, agent_utterances_labelled, consult_type_labelled and sentiment_utterances (.jsonl):
  dialogues   {id, turns: [{role, text}], labels: {overall_satisfaction?}}            satisfaction 0 is a dissatisfied customer
  agent       {id, dialogue_id, turn_idx, context_before, prev_customer, text, after, source, confidence, labels: {empty_reply,
              banned_or_rude, banned_category, violating_promise, violation_categories, commitment, commitments}}
  consult     {id, dialogue_id, turn_idx, text, label, label_secondary}               sentiment  {id, text, label, source}
Every chat is judged as channel tmall, the strictest policy. Rows of source "synthetic" are counted apart.
"""
from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import orjson
from _proof import record, standard, wilson

from qa_service.engine.inspector import Inspector
from qa_service.model.conversation import Conversation, Message
from qa_service.model.evaluation import Evaluation
from qa_service.model.finding import Finding

Row = dict[str, Any]
COURTESY = {"敷衍": "courtesy.perfunctory", "推诿": "courtesy.shirking", "不耐烦": "courtesy.impatient", "嘲讽": "courtesy.mocking"}
PROMISE = {"无理由退货运费": "promise.return-freight", "否认假一赔四": "promise.authenticity", "绝对化承诺": "promise.absolute",
           "私下交易": "promise.off-platform", "好评返现": "promise.review-bribe"}
TOPIC = {"商品规格": "product_spec", "价格优惠": "price", "发货时效": "shipping_time", "使用方法": "usage", "物流异常": "logistics",
         "商品质量": "quality", "错发漏发": "wrong_item", "退换货": "return", "退款": "refund", "投诉": "complaint", "发票": "invoice",
         "订单修改": "order_change", "其他": "other"}
TESTS: dict[str, tuple[Callable[[Row], bool], Callable[[str], bool]]] = {
    "empty_reply": (lambda r: r["empty_reply"], lambda c: c == "empty-reply"),
    "banned_or_rude": (lambda r: r["banned_or_rude"], lambda c: c.startswith("courtesy.")),
    "violating_promise": (lambda r: r["violating_promise"], lambda c: c in PROMISE.values()),
    **{zh: (lambda r, zh=zh: r["banned_category"] == zh, lambda c, k=k: c == k) for zh, k in COURTESY.items()},
    **{zh: (lambda r, zh=zh: zh in r["violation_categories"], lambda c, k=k: c == k) for zh, k in PROMISE.items()}}


class Labelled:
    """The folder read, its chats judged, and where each labelled row stands among them."""

    def __init__(self, folder: Path, inspector: Inspector) -> None:
        self.dialogues, self.agent, self.consult, self.sentiment = (
            _rows(folder / f"{name}.jsonl") for name in ("dialogues_real", "agent_utterances_labelled", "consult_type_labelled", "sentiment_utterances"))
        chats = {d["id"]: [(t["role"], t["text"]) for t in d["turns"]] for d in self.dialogues}
        self.where: dict[str, tuple[str, frozenset[int]]] = {}
        for row in self.agent:
            if row["dialogue_id"] in chats:
                self.where[row["id"]] = row["dialogue_id"], frozenset(row["turn_idx"])
                continue
            before = [(t["role"], t["text"]) for t in row["context_before"]] + [("customer", row["prev_customer"])] * bool(row["prev_customer"])
            said = [("agent", t) for t in row["text"].split("\n") if t]
            self.where[row["id"]] = row["id"], frozenset(range(len(before), len(before) + len(said)))
            chats[row["id"]] = before + said + [(t["role"], t["text"]) for t in row["after"]]
        for row in [*self.consult, *self.sentiment]:
            known, at = row.get("dialogue_id") in chats, row.get("turn_idx", 0)
            self.where[row["id"]] = (row["dialogue_id"], frozenset(at if isinstance(at, list) else [at])) if known else (row["id"], frozenset([0]))
            if not known:
                chats[row["id"]] = [("customer", row["text"])]
        given = [Conversation(name, tuple(Message(r, t) for r, t in said), "proof", "tmall") for name, said in chats.items()]
        self.judged: dict[str, Evaluation] = {c.id: e for c, e in zip(given, inspector.evaluate_many(given), strict=True)}

    def findings(self, row: Row, status: str = "stable") -> list[Finding]:
        """Findings of one status with evidence in the labelled turn."""
        name, at = self.where[row["id"]]
        return [f for f in self.judged[name].findings if f.status == status and any(s.message in at for s in f.spans)]


def _rows(path: Path) -> list[Row]:
    with path.open("rb") as file:
        return [orjson.loads(line) for line in file if line.strip()]


def compared(pairs: Iterable[tuple[bool, bool]]) -> Row:
    """Counts and shares of (label, found)."""
    n = Counter(pairs)
    tp, fp, fn = n[True, True], n[False, True], n[True, False]
    return {"TP": tp, "FP": fp, "FN": fn, "n": n.total(), "P": share(tp, tp + fp), "P95": wilson(tp, tp + fp), "R": share(tp, tp + fn),
            "R95": wilson(tp, tp + fn), "F1": share(2 * tp, 2 * tp + fp + fn)}


def share(part: int, whole: int) -> float | None:
    """A share with three digits; None of nothing."""
    return round(part / whole, 3) if whole else None


def macro_f1(gold: Sequence[str], found: Sequence[str], labels: Sequence[str]) -> float:
    """Mean F1 over `labels`."""
    one = [compared((g == x, f == x) for g, f in zip(gold, found, strict=True))["F1"] or 0.0 for x in labels]
    return round(sum(one) / len(one), 3)


def labels_of_turns(data: Labelled) -> Row:
    """Every label, on real rows and on written ones."""
    out: Row = {}
    for group, keep in (("real", True), ("written", False)):
        rows = [r for r in data.agent if (r["source"] != "synthetic") == keep]
        for name, (gold, fits) in TESTS.items():
            out[f"{name} | {group}"] = compared((bool(gold(r["labels"])), any(fits(f.category) for f in data.findings(r))) for r in rows)
        held = {r["id"]: [c for c in data.judged[data.where[r["id"]][0]].commitments if c.message in data.where[r["id"]][1]] for r in rows}
        out[f"commitment | {group}"] = compared((bool(r["labels"]["commitment"]), bool(held[r["id"]])) for r in rows)
        for part in ("deadline_text", "amount_text"):
            wanted = [(r["id"], c[part]) for r in rows for c in r["labels"]["commitments"] if c[part]]
            hits = sum(any((got := getattr(c, part)) and (got in text or text in got) for c in held[name]) for name, text in wanted)
            out[f"commitment {part} | {group}"] = {"TP": hits, "n": len(wanted), "R": share(hits, len(wanted)), "R95": wilson(hits, len(wanted))}
    return out


def rules_on_turns(data: Labelled) -> Row:
    """Each rule of a labelled category: how many of its findings on labelled turns the label confirms."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in data.agent:
        for finding in {f.rule: f for f in data.findings(row)}.values():
            label = next((name for name in ("empty_reply", "banned_or_rude", "violating_promise") if TESTS[name][1](finding.category)), None)
            if label is not None:
                counts[finding.rule][not TESTS[label][0](row["labels"])] += 1
    return {rule: {"right": a, "wrong": b, "P": share(a, a + b), "P95": wilson(a, a + b)} for rule, (a, b) in sorted(counts.items())}


def rates(data: Labelled) -> Row:
    """Findings per 100 messages of agents, over the real dialogues."""
    said = sum(t["role"] == "agent" for d in data.dialogues for t in d["turns"])
    found: Counter[tuple[str, str]] = Counter()
    rules: Counter[str] = Counter()
    for d in data.dialogues:
        for f in data.judged[d["id"]].findings:
            found[f.status, f.category.split(".")[0]] += 1
            rules[f"{f.rule} {f.status}"] += 1
    stable = {root: n for (status, root), n in found.items() if status == "stable"}

    def per(n: int) -> float:
        return round(100 * n / said, 2)

    return {"agent_messages": said,
            "empty-reply, courtesy, promise, privacy": per(sum(stable.get(x, 0) for x in ("empty-reply", "courtesy", "promise", "privacy"))),
            "stable but customer-risk and timeliness": per(sum(n for x, n in stable.items() if x not in ("customer-risk", "timeliness"))),
            "trial": per(sum(n for (status, _), n in found.items() if status == "trial")),
            "by_category": {x: per(n) for x, n in sorted(stable.items())}, "by_rule": {r: per(n) for r, n in rules.most_common()}}


def topics(data: Labelled) -> Row:
    """The topic of the labelled customer turn."""
    def found(row: Row) -> str:
        name, at = data.where[row["id"]]
        return next((t.label for t in data.judged[name].topics if t.message in at), "other")
    gold, got = [TOPIC[r["label"]] for r in data.consult], [found(r) for r in data.consult]
    right = sum(g == f for g, f in zip(gold, got, strict=True))
    either = sum(f in (g, TOPIC.get(r["label_secondary"] or "")) for f, g, r in zip(got, gold, data.consult, strict=True))
    return {"n": len(gold), "accuracy": share(right, len(gold)), "accuracy95": wilson(right, len(gold)), "either_label": share(either, len(gold)),
            "macro_F1": macro_f1(gold, got, sorted(set(TOPIC.values())))}


def sentiment(data: Labelled) -> Row:
    """Sentiment of customer lines, by where they come from."""
    sources: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in data.sentiment:
        name, at = data.where[row["id"]]
        sources[row["source"]].append((row["label"], next((m.label for m in data.judged[name].moods if m.message in at), "neutral")))
    out: Row = {}
    for source, pairs in sources.items():
        gold, got = [g for g, _ in pairs], [f for _, f in pairs]
        labels = [x for x in ("positive", "neutral", "negative") if x in gold]
        wrong = sum(p == ("neutral", "negative") for p in pairs)
        out[source] = {"n": len(pairs), "macro_F1": macro_f1(gold, got, labels), "negative": compared((g == "negative", f == "negative") for g, f in pairs),
                       "neutral_called_negative": share(wrong, gold.count("neutral")), "interval": wilson(wrong, gold.count("neutral"))}
    return out


def ranking(data: Labelled, seed: int, rounds: int = 1_000) -> Row:
    """AUC: does the chat of a dissatisfied customer score below another one? With a bootstrap interval over chats."""
    rated = [(d["labels"]["overall_satisfaction"] == 0, data.judged[d["id"]].score.total) for d in data.dialogues if "overall_satisfaction" in d["labels"]]
    rng = Random(seed)
    drawn = sorted(a for _ in range(rounds) if (a := auc(rng.choices(rated, k=len(rated)))) is not None) if rated else []
    return {"n": len(rated), "dissatisfied": sum(bad for bad, _ in rated), "AUC": auc(rated),
            "AUC95": [drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn))]] if drawn else None}


def auc(rated: Sequence[tuple[bool, int]]) -> float | None:
    """Share of pairs in the right order, ties half."""
    low, rest = Counter(s for bad, s in rated if bad), Counter(s for bad, s in rated if not bad)
    if not low or not rest:
        return None
    right = sum(n * m * (1.0 if a < b else 0.5 if a == b else 0.0) for a, n in low.items() for b, m in rest.items())
    return round(right / (low.total() * rest.total()), 3)


def main() -> int:
    """Measure, print, record. It measures; it does not judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=20251111)
    args = parser.parse_args()
    judged_by = standard()
    data = Labelled(args.folder, Inspector(judged_by))
    figures = {"conversations": len(data.judged), "labels": labels_of_turns(data), "rules": rules_on_turns(data), "per_100_agent_messages": rates(data),
               "topics": topics(data), "sentiment": sentiment(data), "dissatisfied_customers_score_low": ranking(data, args.seed)}
    for title, part in figures.items():
        print(f"\n{title}" if isinstance(part, dict) else f"{title} {part}")
        for name, value in part.items() if isinstance(part, dict) else ():
            print(f"  {name:40} {' '.join(f'{k}={v}' for k, v in value.items()) if isinstance(value, dict) else value}")
    print(record("quality", judged_by, figures, seed=args.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
