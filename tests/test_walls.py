"""The walls that import-linter cannot state, and the habits of the house. The floors themselves stand in pyproject.toml."""
from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "qa_service"
LONGEST_MODULE: Final = 400
LONGEST_LINE: Final = 160  # of code; tests hold whole chats on a line

# A library -> the modules (or packages, ending in a dot) that may import it. One file a library: then it can be replaced there.
DOORS: Final[dict[str, tuple[str, ...]]] = {
    "jieba": ("qa_service.text.segment",),
    "rjieba": ("qa_service.text.segment",),
    "snownlp": ("qa_service.text.sentiment_snownlp",),
    "sklearn": (),  # models are trained with it, outside the package
    "opencc": ("training.codepoints",),
    "pypinyin": ("training.codepoints",),
    "ahocorasick_rs": ("qa_service.text.phrases",),
    "re2": ("qa_service.text.patterns",),
    "pyarrow": ("qa_service.importers.", "qa_service.services."),
    "pyzipper": ("qa_service.importers.archive",),
    "python_calamine": ("qa_service.importers.", "qa_service.services."),
    "xlsxwriter": ("qa_service.importers.", "qa_service.services."),
    "flask": ("qa_service.entrypoints.",),
    "flask_openapi3": ("qa_service.entrypoints.api.spec",),
    "pydantic": ("qa_service.entrypoints.",),
    "structlog": ("qa_service.entrypoints.logs",),
    "prometheus_client": ("qa_service.entrypoints.numbers",),
    "gunicorn": ("qa_service.entrypoints.server",),
    "argon2": ("qa_service.services.passwords",),
    "werkzeug": ("qa_service.entrypoints.",),
    "click": ("qa_service.entrypoints.",),
    "rich": ("qa_service.entrypoints.",),
    "sqlalchemy": ("qa_service.store.", "qa_service.bootstrap"),
    "alembic": ("qa_service.store.",),
    "psycopg": (),
    "dbos": ("qa_service.entrypoints.jobs",),
}
# Time and chance enter through services and bootstrap: what lies below gives the same answer every time.
PURE_FLOORS: Final = ("model", "text", "importers", "checks", "rules", "engine")
CLOCKS: Final = frozenset(("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"))
CHANCE: Final = frozenset(("random", "secrets", "uuid"))


class Import(NamedTuple):
    """One imported name: `origin` is the module it comes from ("" for a plain ``import target``)."""

    line: int
    target: str
    origin: str
    level: int


def imports_of(tree: ast.AST) -> Iterator[Import]:
    """Every import of a module, also those inside functions and behind TYPE_CHECKING."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name, "", 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(node.lineno, alias.name, node.module or "", node.level) for alias in node.names)


def module_name(path: Path) -> str:
    """The dotted name of a file of the package."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def sources() -> dict[str, tuple[Path, str, ast.Module]]:
    """Dotted name -> (path, text, syntax tree) of every module of the package that has text."""
    texts = {module_name(p): (p, p.read_text("utf-8")) for p in sorted(PACKAGE.rglob("*.py")) if p.name != "__init__.py"}
    return {name: (path, text, ast.parse(text, str(path))) for name, (path, text) in texts.items()}


def breaches_of_doors(name: str, tree: ast.AST) -> list[str]:
    """The imports of module `name` that another file is the door for."""
    found = []
    for imported in imports_of(tree):
        library = (imported.origin or imported.target).partition(".")[0]
        doors = DOORS.get(library)
        if doors is not None and not any(name == door or (door.endswith(".") and name.startswith(door)) for door in doors):
            found.append(f"{name}:{imported.line} imports {library}, whose door is {' or '.join(doors) or 'nowhere yet'}")
    return found


def breaches_of_purity(name: str, tree: ast.AST) -> list[str]:
    """Reads of the clock and imports of chance in module `name`."""
    origins = [(i.line, i.origin or i.target) for i in imports_of(tree)]
    reads = [(node.lineno, ast.unparse(node)) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return [f"{name}:{line} imports {origin}" for line, origin in origins if origin.partition(".")[0] in CHANCE] + [
        f"{name}:{line} reads the clock: {read}" for line, read in reads if ".".join(read.split(".")[-2:]) in CLOCKS]


def breaches_of_faces(name: str, tree: ast.AST) -> list[str]:
    """Imports of module `name` that take something else than a module from a package of ours."""
    found = []
    for imported in imports_of(tree):
        if imported.level:
            found.append(f"{name}:{imported.line} is a relative import")
            continue
        if imported.origin.partition(".")[0] != "qa_service":
            continue
        origin = ROOT.joinpath(*imported.origin.split("."))
        if origin.is_dir() and not ((origin / imported.target).is_dir() or (origin / f"{imported.target}.py").is_file()):
            found.append(f"{name}:{imported.line} takes {imported.target} from the package {imported.origin}")
    return found


def test_each_library_stands_behind_its_door() -> None:
    assert [b for name, (_, _, tree) in sources().items() for b in breaches_of_doors(name, tree)] == []


def test_no_clock_and_no_chance_below_the_services() -> None:
    pure = {name: tree for name, (_, _, tree) in sources().items() if name.split(".")[1] in PURE_FLOORS}
    assert pure
    assert [b for name, tree in pure.items() for b in breaches_of_purity(name, tree)] == []


def test_nobody_imports_from_a_package_face() -> None:
    assert [b for name, (_, _, tree) in sources().items() for b in breaches_of_faces(name, tree)] == []


def test_every_package_face_is_empty() -> None:
    faces = sorted(PACKAGE.rglob("__init__.py"))
    assert PACKAGE / "__init__.py" in faces
    assert [str(face) for face in faces if face.read_text("utf-8").strip()] == []


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path, _, _ in sources().values()}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_a_module_is_a_few_pages_at_most() -> None:
    lengths = {name: len(text.splitlines()) for name, (_, text, _) in sources().items()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_a_line_fits_the_screen() -> None:
    ours = [p for folder in ("qa_service", "bench", "prove", "training") for p in sorted((ROOT / folder).rglob("*.py"))]
    assert PACKAGE / "bootstrap.py" in ours
    lines = [(p, n, line) for p in ours for n, line in enumerate(p.read_text("utf-8").splitlines(), 1)]
    assert [f"{p.relative_to(ROOT)}:{n}" for p, n, line in lines if len(line) > LONGEST_LINE] == []


def test_every_module_says_what_it_is() -> None:
    assert [name for name, (_, _, tree) in sources().items() if not ast.get_docstring(tree)] == []


def test_every_third_party_import_is_a_declared_dependency() -> None:
    """The wheel's test borrows the third-party packages of this environment, so it would not notice a dependency nobody declared."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = [*project["dependencies"], *(r for extra, rs in project["optional-dependencies"].items() if extra != "dev" for r in rs)]
    declared = {canonical(r) for r in requirements}
    known = packages_distributions()
    missing = []
    for name, (_, _, tree) in sources().items():
        for imported in imports_of(tree):
            library = (imported.origin or imported.target).partition(".")[0]
            if library in sys.stdlib_module_names or library == "qa_service":
                continue
            if not {canonical(d) for d in known.get(library, [])} & declared:
                missing.append(f"{name}:{imported.line} imports {library}")
    assert missing == []


def canonical(requirement: str) -> str:
    """The normalised name at the head of a requirement: ``PyYAML>=6`` -> ``pyyaml``."""
    head = requirement
    for mark in "<>=!~;[ ":
        head = head.partition(mark)[0]
    return head.lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize(("name", "code"), [
    ("qa_service.checks.phrase", "import jieba"),
    ("qa_service.checks.phrase", "def f():\n    from jieba.posseg import cut"),
    ("qa_service.text.segments", "import rjieba"),
    ("qa_service.services.inspection", "import flask"),
    ("qa_service.text.normalise", "from sklearn.linear_model import LogisticRegression"),
    ("qa_service.bootstrap_more", "import sqlalchemy"),
])
def test_a_library_outside_its_door_is_seen(name: str, code: str) -> None:
    assert len(breaches_of_doors(name, ast.parse(code))) == 1


@pytest.mark.parametrize(("name", "code"), [
    ("qa_service.text.segment", "import jieba, rjieba"),
    ("qa_service.importers.tables", "from pyarrow import parquet"),
    ("qa_service.bootstrap", "import sqlalchemy"),
    ("qa_service.checks.phrase", "import re, jiebalike"),
])
def test_a_library_at_its_door_is_not(name: str, code: str) -> None:
    assert breaches_of_doors(name, ast.parse(code)) == []


@pytest.mark.parametrize("code", [
    "import random", "from uuid import uuid4", "import time\ntime.time()", "import datetime\nx = datetime.datetime.now()",
    "from datetime import datetime\nx = datetime.now(zone)", "from datetime import date\nf(default_factory=date.today)"])
def test_a_clock_or_a_die_is_seen(code: str) -> None:
    assert len(breaches_of_purity("qa_service.engine.x", ast.parse(code))) == 1


@pytest.mark.parametrize("code", ["import time\ntime.monotonic()", "from datetime import datetime\ndatetime.fromisoformat(x)"])
def test_measuring_and_reading_times_is_no_clock(code: str) -> None:
    assert breaches_of_purity("qa_service.engine.x", ast.parse(code)) == []


@pytest.mark.parametrize("code", ["from qa_service.model import Conversation", "from . import wire", "from qa_service import VERSION"])
def test_an_import_from_a_face_is_seen(code: str) -> None:
    assert len(breaches_of_faces("qa_service.engine.x", ast.parse(code))) == 1


@pytest.mark.parametrize("code", [
    "from qa_service.model import wire", "from qa_service.model.wire import SCHEMA", "import qa_service.model.wire"])
def test_an_import_of_a_module_is_not(code: str) -> None:
    assert breaches_of_faces("qa_service.engine.x", ast.parse(code)) == []
