"""`python -m training NAME…`: make the models that ship, or others from more data. `./qa train NAME` and `qa-service train NAME` come here."""
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from qa_service.model.errors import QaError
from qa_service.text.model_file import CARD, read_card
from training.build import build
from training.consult_type import RECIPE as CONSULT_TYPE
from training.feedback import read_feedback
from training.publish import compared, write
from training.recipe import Recipe
from training.reply_quality import RECIPE as REPLY_QUALITY
from training.sentiment import RECIPE as SENTIMENT

RECIPES: Final = {r.name: r for r in (SENTIMENT, CONSULT_TYPE, REPLY_QUALITY)}
MODELS: Final = Path(__file__).parents[1] / "lexicons" / "models"


def main(argv: Sequence[str] | None = None) -> int:
    """0 published, 1 worse than before and therefore not published, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="qa-service train", description="训练模型并发布到 lexicons/models;变差的不发布。")
    parser.add_argument("names", nargs="+", metavar="NAME", choices=[*RECIPES, "all"], help=f"{'、'.join(RECIPES)} 或 all")
    parser.add_argument("--with", dest="feedback", type=Path, metavar="FEEDBACK", help="复核员的标注(JSONL),与项目数据一起训练")
    parser.add_argument("--out", type=Path, default=MODELS, help="写到哪个文件夹(默认 lexicons/models)")
    parser.add_argument("--force", action="store_true", help="变差也发布")
    given = parser.parse_args(argv)
    names = list(RECIPES) if "all" in given.names else given.names
    try:
        return max(_train(RECIPES[name], given.out / name, given.feedback, given.force) for name in names)
    except (ValueError, OSError, QaError) as error:
        print(f"错误: {error}", file=sys.stderr)
        return 2


def _train(recipe: Recipe, folder: Path, feedback: Path | None, force: bool) -> int:
    old = read_card(folder) if (folder / CARD).exists() else None
    files = build(recipe, read_feedback(feedback, recipe) if feedback else (), lambda line: print(line, file=sys.stderr, flush=True))
    lines, worse = compared(old, json.loads(files[CARD]))
    print("\n".join(f"{recipe.name} {line}" for line in lines))
    if worse and not force:
        print(f"{recipe.name}: 新模型变差,没有发布。确要发布请加 --force", file=sys.stderr)
        return 1
    write(folder, files)
    print(f"{recipe.name}: 已写入 {folder}({sum(map(len, files.values())) // 1024} kB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
