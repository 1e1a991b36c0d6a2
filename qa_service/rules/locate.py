"""Where the lexicons lie: beside the package in a checkout, inside it in a wheel, or wherever QA_LEXICONS says."""
from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from qa_service.model.errors import UsageError

SETTING: Final = "QA_LEXICONS"
_PACKAGE: Final = Path(__file__).resolve().parent.parent


def lexicons_root(environ: Mapping[str, str] | None = None, package: Path = _PACKAGE) -> Path:
    """The folder that holds rules/, scorecards/, policies/, words/ and models/.

    Looked for in this order: the folder named by QA_LEXICONS; ``qa_service/lexicons`` (a wheel); ``lexicons`` beside the package, where a
    pyproject.toml lies too (a checkout: the files of an editable install are not seen by importlib.resources, so paths are looked at).
    A setting that names no folder is an error, never passed over. `environ` defaults to the process environment.
    Raises UsageError naming every place that was tried.
    """
    named = (os.environ if environ is None else environ).get(SETTING, "")
    if named:
        root = Path(named).expanduser()
        if root.is_dir():
            return root.resolve()
        raise UsageError("不是文件夹", where=f"{SETTING}={named}", fix=f"请改正 {SETTING},或取消该设置以使用自带词典")
    packaged, checkout = package / "lexicons", package.parent / "lexicons"
    if packaged.is_dir():
        return packaged
    if checkout.is_dir() and (package.parent / "pyproject.toml").is_file():
        return checkout
    raise UsageError(f"找不到词典文件夹 lexicons,已找过: {SETTING}(未设置)、{packaged}、{checkout}",
                     fix=f"请重新安装 qa-service,或用 {SETTING} 指明该文件夹")
