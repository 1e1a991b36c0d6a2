"""Write the golden corpus again: ``python -m tests.golden``. Its changes are read as a diff, like code."""
from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa_service.engine.inspector import Inspector
from qa_service.importers.plain import parse_plain
from qa_service.model.conversation import Conversation
from qa_service.model.wire import evaluation_to_dict
from qa_service.rules.locate import lexicons_root
from qa_service.rules.standard import load_standard

FOLDER = Path(__file__).parent / "corpus" / "golden"


def chats() -> list[Path]:
    """The chats, in order."""
    return sorted(FOLDER.glob("*.txt"))


def read(path: Path) -> Conversation:
    """One chat; a first line ``# channel`` names its channel."""
    head, _, chat = path.read_text("utf-8").partition("\n")
    return replace(parse_plain(chat, path.stem), channel=head.removeprefix("# ").strip())


def rendered(inspector: Inspector, conversation: Conversation) -> str:
    """Its evaluation as readable JSON, without the Standard's digest: any edit of any word would change that."""
    document: dict[str, Any] = evaluation_to_dict(inspector.evaluate(conversation))
    del document["standard"]["digest"]
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write every evaluation beside its chat."""
    inspector = Inspector(load_standard(lexicons_root()))
    for path in chats():
        path.with_suffix(".json").write_text(rendered(inspector, read(path)), "utf-8")


if __name__ == "__main__":
    main()
