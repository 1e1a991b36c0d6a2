"""`./qa evaluate [FOLDER]`: the figures a person can trust. Without a folder: what the cards say of cross-validation.

With a folder of labelled lines also the figures on those, of what ships, beside SnowNLP. In the folder may stand

  sentiment_utterances.jsonl       {"text", "label": positive | neutral | negative, "source"}
  consult_type_labelled.jsonl      {"text", "label", "label_secondary", "prev_agent"}; labels in Chinese or as the topics of the contract
  agent_utterances_labelled.jsonl  {"prev_customer", "text", "labels": {"empty_reply", "apology", "solution_offered", …}}
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from qa_service.bootstrap import load_settings, make_standard, model_cards
from qa_service.model.conversation import Conversation, Message
from qa_service.model.errors import QaError
from qa_service.model.finding import TOPICS
from qa_service.rules.standard import Standard
from qa_service.services.model_docs import card_page
from qa_service.text.sentiment_snownlp import snownlp_scores
from qa_service.text.transcript import Transcript
from training.metrics import judged
from training.rows import read_lines

_MOODS: Final = ("negative", "neutral", "positive")
_SAMPLE: Final = 300  # lines of a source that SnowNLP reads: it takes about 4 ms each
_BY_TITLE: Final = {title: label for label, title in TOPICS.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """0, or 2 for a folder that cannot be read."""
    parser = argparse.ArgumentParser(prog="./qa evaluate", description="模型的交叉验证指标与混淆表;给出带标注的文件夹则一并评估。")
    parser.add_argument("folder", nargs="?", type=Path)
    given = parser.parse_args(argv)
    try:
        settings = load_settings()
        print("\n\n".join(card_page(card) for card in model_cards(settings)))
        if given.folder is not None:
            on_folder(given.folder, make_standard(settings, prove=False), print)
    except (QaError, OSError, ValueError) as error:
        print(f"错误: {error}", file=sys.stderr)
        return 2
    return 0


def on_folder(folder: Path, standard: Standard, say: Callable[[str], None]) -> None:
    """Figures of the shipped models on the labelled files of a folder."""
    parts = {"sentiment_utterances.jsonl": _moods, "consult_type_labelled.jsonl": _topics, "agent_utterances_labelled.jsonl": _replies}
    there = {name: part for name, part in parts.items() if (folder / name).is_file()}
    if not there:
        raise ValueError(f"{folder} 里没有 {'、'.join(parts)}")
    for name, part in there.items():
        say(f"\n== {folder / name}")
        part(read_lines([folder / name]), standard, say)


def _read(standard: Standard, chats: Sequence[Sequence[tuple[str, str]]]) -> Sequence[Transcript]:
    conversations = [Conversation(f"e-{n}", tuple(Message(role, text) for role, text in chat)) for n, chat in enumerate(chats)]
    return standard.reader.read(conversations, [standard.policies.of(c) for c in conversations]).transcripts


def _moods(lines: Sequence[dict[str, Any]], standard: Standard, say: Callable[[str], None]) -> None:
    for source in sorted({str(x.get("source", "")) for x in lines}):
        rows = [x for x in lines if str(x.get("source", "")) == source]
        gold = np.array([_MOODS.index(x["label"]) for x in rows])
        said = [t.moods[0] for t in _read(standard, [[("customer", x["text"].replace("\n", " "))] for x in rows])]
        found, score = np.array([_MOODS.index(m.label) for m in said]), np.array([m.score for m in said])
        if 1 in gold:
            say(f"{source}: " + _line(judged(_MOODS, gold, found, range(len(rows)))))
            say(f"  召回 negative {_share(found[gold == 0] == 0)},neutral 被判 negative {_share(found[gold == 1] == 0)}")
        two = gold != 1
        say(f"{source}: 正负两分 " + _line(judged(("negative", "positive"), gold[two] // 2, (score[two] > 0).astype(np.int64), range(int(two.sum())))))
        some = np.flatnonzero(two)[::max(1, int(two.sum()) // _SAMPLE)]
        theirs = np.array(snownlp_scores([rows[i]["text"] for i in some.tolist()]))
        say("  SnowNLP 原样: 正负两分 " + _line(judged(("negative", "positive"), gold[some] // 2, (theirs > 0.5).astype(np.int64), range(len(some)))))
        if 1 in gold:
            theirs = np.array(snownlp_scores([x["text"] for x in rows if x["label"] == "neutral"][:_SAMPLE]))
            say(f"  SnowNLP 原样: neutral 被判 negative {_share(theirs < 0.5)}")


def _topics(lines: Sequence[dict[str, Any]], standard: Standard, say: Callable[[str], None]) -> None:
    labels = tuple(TOPICS)
    gold = [[_BY_TITLE.get(str(x[k]), str(x[k])) for k in ("label", "label_secondary") if x.get(k)] for x in lines]
    chats = [[("agent", x["prev_agent"])] * bool(x.get("prev_agent")) + [("customer", x["text"].replace("\n", " "))] for x in lines]
    found = [t.topics_of(len(t.messages) - 1) for t in _read(standard, chats)]
    names = [f[0].label if f else "other" for f in found]
    say(_line(judged(labels, np.array([labels.index(g[0]) for g in gold]), np.array([labels.index(n) for n in names]), range(len(lines)))))
    say(f"  算上次要类型 {_share(np.array([n in g for n, g in zip(names, gold, strict=True)]))}")


def _replies(lines: Sequence[dict[str, Any]], standard: Standard, say: Callable[[str], None]) -> None:
    chats = [[("customer", x.get("prev_customer") or "在吗"), *(("agent", t) for t in x["text"].split("\n"))] for x in lines]
    read = _read(standard, chats)
    for kind, key in (("empty", "empty_reply"), ("holding", "holding"), ("apology", "apology"), ("solution_offered", "solution_offered")):
        gold = np.array([bool(x["labels"].get(key)) for x in lines]).astype(np.int64)
        found = np.array([t.reply_label(t.replies[0], kind) >= t.sure_of(kind) for t in read]).astype(np.int64)
        say(f"{key}: " + _of(judged(("no", "yes"), gold, found, range(len(lines)))["labels"]["yes"]))
    gold = np.array([bool(x["labels"].get("banned_or_rude")) for x in lines]).astype(np.int64)
    bad = ("perfunctory", "shirking", "impatient")
    found = np.array([any(t.reply_label(t.replies[0], kind) >= t.sure_of(kind) for kind in bad) for t in read]).astype(np.int64)
    say("banned_or_rude: " + _of(judged(("no", "yes"), gold, found, range(len(lines)))["labels"]["yes"]))


def _line(figures: dict[str, Any]) -> str:
    accuracy, macro = figures["accuracy"], figures["macro_f1"]
    return f"{figures['rows']} 行,准确率 {accuracy[0]} [{accuracy[1]}–{accuracy[2]}],macro-F1 {macro[0]} [{macro[1]}–{macro[2]}]"


def _of(entry: dict[str, Any]) -> str:
    return f"{entry['rows']} 行,精确率 {entry['precision']},召回率 {entry['recall']},F1 {entry['f1']}"


def _share(of: Any) -> str:
    return f"{float(np.mean(of)) if len(of) else 0.0:.3f}"


if __name__ == "__main__":
    sys.exit(main())
