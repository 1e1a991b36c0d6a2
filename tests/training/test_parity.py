"""What is served is what scikit-learn says: the shipped weights in a LogisticRegression over CountVectorizer, on ten thousand lines."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from qa_service.text.model_file import SCALE, Model, load_model
from qa_service.text.models import Channels, logits, over_root, probabilities
from qa_service.text.normalise import SEPARATOR, normalise
from training.features import Features
from training.rows import DATA, Row, folded, read_lines, reviews

LINES = 10_000


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """Distinct lines: the project's own, and reviews."""
    own = [bubble for x in read_lines(sorted(DATA.rglob("*.jsonl"))) for bubble in x["text"].split("\n")]
    texts = list(dict.fromkeys([*own, *(r.raw for r in reviews())]))[:LINES]
    assert len(texts) == LINES
    return texts


def by_sklearn(model: Model, x: csr_matrix, channel: str) -> dict[str, np.ndarray]:
    """The answers of each head by scikit-learn."""
    out, at = {}, 0
    weights, bias = getattr(model, channel).astype(np.float64).T / SCALE, model.bias / SCALE
    for head in model.heads:
        part = slice(at, at := at + len(head.labels))
        if head.kind == "softmax":
            fitted = LogisticRegression()
            fitted.classes_, fitted.coef_, fitted.intercept_ = np.arange(len(head.labels)), weights[part], bias[part]
            out[head.name] = fitted.predict_proba(x)
        else:
            each = []
            for column in range(part.start, part.stop):
                fitted = LogisticRegression()
                fitted.classes_, fitted.coef_, fitted.intercept_ = np.array([0, 1]), weights[column:column + 1], bias[column:column + 1]
                each.append(fitted.predict_proba(x)[:, 1])
            out[head.name] = np.column_stack(each)
    return out


@pytest.mark.parametrize(("name", "channel"), [("sentiment", "own"), ("consult_type", "own"), ("consult_type", "before"), ("reply_quality", "own"),
                                               ("reply_quality", "before")])
def test_served_equals_sklearn(lexicons: Path, lines: list[str], name: str, channel: str) -> None:
    model = load_model(lexicons / "models" / name)
    other = load_model(lexicons / "models" / ("sentiment" if name != "sentiment" else "reply_quality"))
    weighed = Channels([(other, "own"), (model, channel)]).weigh(normalise(lines, sound=False).norms)
    served = probabilities(model.heads, logits(model, over_root(*weighed.of(model, channel))))
    texts = [text.replace(SEPARATOR, "") for text in folded(lines)]
    x = Features(model.orders, model.grams).matrix([Row(text, "", {}, "") for text in texts])
    expected = by_sklearn(model, x, channel)
    for head in served:
        assert served[head].shape == (LINES, len(next(h for h in model.heads if h.name == head).labels))
        np.testing.assert_allclose(served[head], expected[head], rtol=0, atol=1e-6)
