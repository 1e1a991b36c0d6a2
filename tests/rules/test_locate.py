"""Where the lexicons are found, and what is said where they are not."""
from __future__ import annotations

from pathlib import Path

import pytest

from qa_service.model.errors import UsageError
from qa_service.rules.locate import lexicons_root

CHECKOUT = Path(__file__).resolve().parents[2]


def house(tmp_path: Path, *folders: str, checkout: bool = True) -> Path:
    """A package folder in a tree that has `folders`; returns the package folder."""
    package = tmp_path / "tree" / "qa_service"
    package.mkdir(parents=True)
    for folder in folders:
        (tmp_path / "tree" / folder).mkdir(parents=True)
    if checkout:
        (tmp_path / "tree" / "pyproject.toml").touch()
    return package


def test_this_checkout_has_its_lexicons_at_the_top() -> None:
    assert lexicons_root({}) == CHECKOUT / "lexicons"
    assert (lexicons_root({}) / "rules").is_dir()


def test_a_setting_goes_before_everything(tmp_path: Path) -> None:
    package = house(tmp_path, "lexicons", "qa_service/lexicons", "mine")
    assert lexicons_root({"QA_LEXICONS": str(tmp_path / "tree" / "mine")}, package) == tmp_path / "tree" / "mine"


def test_an_empty_setting_is_no_setting(tmp_path: Path) -> None:
    package = house(tmp_path, "lexicons")
    assert lexicons_root({"QA_LEXICONS": ""}, package) == tmp_path / "tree" / "lexicons"


def test_the_process_environment_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_LEXICONS", str(tmp_path))
    assert lexicons_root() == tmp_path.resolve()


def test_a_wrong_setting_is_never_passed_over(tmp_path: Path) -> None:
    package = house(tmp_path, "lexicons", "qa_service/lexicons")
    with pytest.raises(UsageError, match=r"QA_LEXICONS=.*nowhere: 不是文件夹"):
        lexicons_root({"QA_LEXICONS": str(tmp_path / "nowhere")}, package)


def test_a_wheel_carries_its_own(tmp_path: Path) -> None:
    package = house(tmp_path, "lexicons", "qa_service/lexicons")
    assert lexicons_root({}, package) == package / "lexicons"


def test_a_folder_of_that_name_in_site_packages_is_not_ours(tmp_path: Path) -> None:
    package = house(tmp_path, "lexicons", checkout=False)
    with pytest.raises(UsageError):
        lexicons_root({}, package)


def test_the_error_names_every_place_that_was_tried(tmp_path: Path) -> None:
    package = house(tmp_path)
    with pytest.raises(UsageError) as caught:
        lexicons_root({}, package)
    for place in ("QA_LEXICONS", str(package / "lexicons"), str(package.parent / "lexicons")):
        assert place in str(caught.value)
