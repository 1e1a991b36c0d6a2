"""`qa-service train`: hand over to the recipes, which live beside the package and not in it."""
from __future__ import annotations

import os
import subprocess
import sys

import click

from qa_service.bootstrap import training_folder


@click.command("train", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def command(args: tuple[str, ...]) -> int:
    """训练模型: qa-service train NAME [--with FEEDBACK] [--force]。需要源码目录里的 training/。"""
    root = training_folder().parent
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH", ""))))
    return subprocess.run([sys.executable, "-m", "training", *(args or ("--help",))], env={**os.environ, "PYTHONPATH": path}, check=False).returncode
