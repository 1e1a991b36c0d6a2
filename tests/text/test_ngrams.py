"""N-grams of a batch: the array arithmetic equals the slow and obvious way, on any text and in any batch."""
from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa_service.text.ngrams import Table, cut, fold, fold_text, keys_of
from qa_service.text.normalise import SEPARATOR, normalise

ORDERS = (1, 2, 3)
CHARS = st.sampled_from("退款什么时候到账啊?!0 ，。~a\U0001f621")
TEXTS = st.lists(st.text(CHARS, max_size=9), max_size=7)


def norms(texts: list[str]) -> list[str]:
    return normalise(texts, sound=False).norms


def slowly(grams: list[str], weights: np.ndarray, text: str) -> tuple[list[int], int]:
    """Sums and number of known n-grams of one text, by dictionary."""
    row = {gram: n for n, gram in enumerate(grams)}
    known = [row[g] for g in cut(fold_text(text), ORDERS) if g in row]
    return weights[known].astype(int).sum(axis=0).tolist(), len(known)


@given(TEXTS, st.lists(st.text(CHARS, max_size=9), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_a_batch_is_weighed_as_a_dictionary_would(texts: list[str], vocabulary: list[str], seed: int) -> None:
    grams = sorted({g for t in norms(vocabulary) for g in cut(fold_text(t), ORDERS)})
    weights = np.random.default_rng(seed).integers(-30000, 30000, (len(grams), 3)).astype(np.int16)
    table = Table(keys_of(grams), weights, ORDERS)
    sums, known = table.score(fold(norms(texts)))
    assert [(s, k) for s, k in zip(sums.astype(int).tolist(), known.tolist(), strict=True)] == [slowly(grams, weights, t) for t in norms(texts)]


@given(TEXTS)
def test_a_text_is_folded_the_same_alone_and_in_a_batch(texts: list[str]) -> None:
    whole = fold(norms(texts)).codes.tobytes().decode("utf-32-le")
    assert whole == SEPARATOR + "".join(fold_text(t) + SEPARATOR for t in norms(texts))


def test_marks_go_numbers_are_one_and_long_runs_two() -> None:
    said = ["在吗，亲~~", "12345 元", "哈哈哈哈哈", "谢谢", "为什么？？？", "!", "[数字x]", "ＸＬ碼", ""]
    assert [fold_text(n) for n in norms(said)] == ["在吗亲", "0元", "哈哈", "谢谢", "为什么??", "!", "0", "xl码", ""]


def test_an_ngram_never_reaches_into_the_next_text() -> None:
    table = Table(keys_of(["款退"]), np.ones((1, 1), dtype=np.int16), ORDERS)
    assert table.score(fold(["退款", "退款"]))[1].tolist() == [0, 0]
    assert table.score(fold(["款退"]))[1].tolist() == [1]


def test_tens_of_thousands_of_ngrams_are_all_found_and_nothing_else() -> None:
    grams = [chr(0x4E00 + a) + chr(0x4E00 + b) for a in range(240) for b in range(250)]
    table = Table(keys_of(grams), np.arange(len(grams), dtype=np.int64).astype(np.int16)[:, None], (2,))
    sums, known = table.score(fold(grams))
    assert known.tolist() == [1] * len(grams)
    assert sums[:, 0].astype(np.int16).tolist() == np.arange(len(grams)).astype(np.int16).tolist()
    strangers = [chr(0x6000 + a) + chr(0x4E00 + b) for a in range(100) for b in range(300)]
    assert not table.score(fold(strangers))[1].any()


def test_the_hash_of_an_ngram_depends_on_its_order() -> None:
    assert len(set(keys_of(["退款", "款退", "退", "款", "退退", "退款退"]).tolist())) == 6
