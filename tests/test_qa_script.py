"""./qa with a pretended interpreter: what it finds, makes, keeps, refuses and passes on. Nothing is installed here."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
TOOLS: Final = ("cat", "chmod", "cksum", "cp", "dpkg-query", "grep", "id", "mkdir", "readlink", "rm", "sed", "sh", "tail")
# Answers the questions that ./qa asks an interpreter; files beside the script `qa` switch its answers.
INTERPRETER: Final = """#!/bin/sh
cd "$HOUSE" || exit 9
case "$*" in
    *ensurepip*) [ ! -f no-venv ] ;;
    *python%d.%d-venv*) echo python3.12-venv ;;
    *"version_info <"*) [ ! -f too-old ] ;;
    "-m venv "*)
        mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"
        cp ../qa-service "$3/bin/qa-service" ;;
    *"-m pip install"*)
        echo "$*" >>installs
        [ ! -f no-network ] || { echo 'the registry does not answer'; exit 1; } ;;
esac
"""
PROGRAM: Final = """#!/bin/sh
echo "in $(pwd)"
printf '<%s>\\n' "$@"
exit 3
"""


class House:
    """A copy of the script in a folder with a blank in its name, and a PATH that holds the tools and one pretended python3."""

    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path / "my house"
        self.path = tmp_path / "path"
        self.elsewhere = tmp_path / "elsewhere"
        for folder in (self.root, self.path, self.elsewhere):
            folder.mkdir()
        for name in ("qa", "pyproject.toml", "constraints.txt", "apt.txt"):
            shutil.copy(ROOT / name, self.root / name)
        for name in TOOLS:
            found = shutil.which(name)
            if found:
                (self.path / name).symlink_to(found)
        self.script(self.path / "python3", INTERPRETER)
        self.script(tmp_path / "qa-service", PROGRAM)

    @staticmethod
    def script(path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        path.chmod(0o755)

    def set(self, *switches: str) -> None:
        for switch in switches:
            (self.root / switch).touch()

    def qa(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run ./qa from another folder."""
        return subprocess.run(
            [str(self.root / "qa"), *args], cwd=self.elsewhere, env={"PATH": str(self.path), "HOUSE": str(self.root), **env},
            capture_output=True, encoding="utf-8", timeout=60, check=False)

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / ".qa-installed"

    @property
    def installs(self) -> int:
        file = self.root / "installs"
        return len(file.read_text("utf-8").splitlines()) if file.is_file() else 0


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_command_goes_to_the_program_as_it_is_from_where_the_caller_stands(house: House) -> None:
    done = house.qa("score", "a file.jsonl", "", "--out", "-")
    assert done.stdout.splitlines() == [f"in {house.elsewhere}", "<score>", "<a file.jsonl>", "<>", "<--out>", "<->"]
    assert done.returncode == 3


def test_after_two_dashes_nothing_is_taken(house: House) -> None:
    assert house.qa("--", "check", "packs").stdout.splitlines()[1:] == ["<check>", "<packs>"]


def test_the_environment_is_made_once_with_the_constraints(house: House) -> None:
    first, second = house.qa("demo"), house.qa("demo")
    assert len(first.stderr.splitlines()) == 1
    assert second.stderr == ""
    assert first.stdout == second.stdout
    assert house.installs == 1
    assert "-c constraints.txt -e .[dev]" in (house.root / "installs").read_text("utf-8")


@pytest.mark.parametrize("file", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_the_dependencies_installs_again(house: House, file: str) -> None:
    house.qa("setup")
    with (house.root / file).open("a", encoding="utf-8") as out:
        out.write("# more\n")
    house.qa("setup")
    assert house.installs == 2


def test_a_folder_that_moved_gets_a_new_environment(house: House) -> None:
    house.qa("setup")
    house.root = house.root.rename(house.root.parent / "new house")
    assert house.qa("demo").returncode == 3
    assert house.installs == 2


def test_another_interpreter_gets_a_new_environment(house: House) -> None:
    house.qa("setup")
    house.script(house.path / "mine", INTERPRETER)
    for _ in range(2):
        assert house.qa("setup", QA_PYTHON=str(house.path / "mine")).returncode == 0
    assert house.installs == 2


def test_a_failed_installation_leaves_no_stamp_and_is_tried_again(house: House) -> None:
    house.set("no-network")
    failed = house.qa("demo")
    assert failed.returncode == 2
    assert "the registry does not answer" in failed.stderr
    assert ".qa-install.log" in failed.stderr
    assert not house.stamp.exists()
    (house.root / "no-network").unlink()
    assert house.qa("demo").returncode == 3
    assert house.stamp.exists()


def test_a_failed_update_leaves_no_stamp(house: House) -> None:
    house.qa("setup")
    house.set("no-network")
    (house.root / "constraints.txt").write_text("# none\n", "utf-8")
    assert house.qa("setup").returncode == 2
    assert not house.stamp.exists()


def test_an_environment_that_someone_else_made_is_not_touched(house: House) -> None:
    (house.root / ".venv").mkdir()
    (house.root / ".venv" / "mine").touch()
    refused = house.qa("demo")
    assert refused.returncode == 2
    assert ".venv" in refused.stderr
    assert (house.root / ".venv" / "mine").exists()


def test_a_missing_venv_module_is_said_with_the_line_that_mends_it(house: House) -> None:
    house.set("no-venv")
    refused = house.qa("demo")
    assert refused.returncode == 2
    assert refused.stderr.rstrip().endswith("apt-get install python3.12-venv")
    assert not (house.root / ".venv").exists()


def test_an_old_python_is_said_with_the_line_that_mends_it(house: House) -> None:
    house.set("too-old")
    refused = house.qa("demo")
    assert refused.returncode == 2
    assert refused.stderr.rstrip().endswith("apt-get install python3 python3-venv")


def test_a_wrong_setting_is_named(house: House) -> None:
    refused = house.qa("demo", QA_PYTHON="/nowhere/python")
    assert refused.returncode == 2
    assert "QA_PYTHON=/nowhere/python" in refused.stderr


def test_help_needs_nothing(house: House) -> None:
    house.set("too-old")
    for args in ((), ("help",), ("--help",)):
        done = house.qa(*args)
        assert done.returncode == 0
        assert all(f"\n  {command} " in done.stdout for command in ("demo", "test", "check", "prove", "bench", "help"))


@pytest.mark.parametrize("folder", ["prove", "bench"])
def test_scripts_are_listed_with_their_first_line(house: House, folder: str) -> None:
    (house.root / folder).mkdir()
    (house.root / folder / "speed.py").write_text('"""How fast it is."""\n', "utf-8")
    (house.root / folder / "_shared.py").write_text('"""Not to be run."""\n', "utf-8")
    assert house.qa(folder).stdout.split(maxsplit=1) == ["speed", "How fast it is.\n"]
    assert house.qa(folder, "nothing").returncode == 2
    assert house.qa(folder, "speed").returncode == 0


def test_a_missing_system_package_is_said_with_the_line_that_mends_it(house: House) -> None:
    (house.path / "dpkg-query").unlink(missing_ok=True)
    house.script(house.path / "dpkg-query", '#!/bin/sh\n[ "$4" = here ] && echo "install ok installed"\n')
    (house.root / "apt.txt").write_text("# needed\nhere\nabsent  # for a browser\n", "utf-8")
    refused = house.qa("test")
    assert refused.returncode == 2
    assert refused.stderr.rstrip().endswith("apt-get install absent")


def test_it_works_through_a_link(house: House) -> None:
    (house.path / "quality").symlink_to(house.root / "qa")
    done = subprocess.run(
        [str(house.path / "quality"), "demo"], cwd=house.elsewhere, env={"PATH": str(house.path), "HOUSE": str(house.root)},
        capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert done.stdout.splitlines()[1:] == ["<demo>"]
    assert house.stamp.exists()
