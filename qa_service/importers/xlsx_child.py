"""A program of its own: reads one workbook with python-calamine inside limits and writes its rows to standard output as JSON lines.

Run by path, so it imports nothing of ours. A hostile workbook can make the parser abort or take all memory: then this process dies, alone.
Lines: ``{"sheet": name}``, then for each row ``[row number, [cell text, …], [positions whose number lost digits, …]]``; ``{"error": why}``.

Usage: xlsx_child.py FILE BYTES SECONDS
"""
from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime, timedelta

EXACT = 10**15


def limit(size: int, seconds: int) -> None:
    """Cap memory, and the time until a sheet is parsed, where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)


def cell_text(value: object) -> tuple[str, bool]:
    """(text of a cell, whether its number may have lost digits). Whole numbers have no ``.0``."""
    if isinstance(value, str):
        return value, False
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), False
    if isinstance(value, float | int):
        whole = value == value and abs(value) < 1e300 and value == int(value)
        return (str(int(value)) if whole else repr(value)), whole and abs(value) >= EXACT
    if isinstance(value, datetime):
        return value.isoformat(" "), False
    if isinstance(value, timedelta):
        return str(value), False
    return ("" if value is None else str(value)), False


def dump(path: str) -> None:
    """Write every sheet."""
    import python_calamine

    out = sys.stdout
    workbook = python_calamine.load_workbook(path)
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        if hasattr(signal, "alarm"):
            signal.alarm(0)  # from here on the reader sets the pace
        out.write(json.dumps({"sheet": name}) + "\n")
        for number, row in enumerate(sheet.iter_rows(), 1):
            cells = [cell_text(value) for value in row]
            out.write(json.dumps([number, [text for text, _ in cells], [i for i, (_, lossy) in enumerate(cells) if lossy]]) + "\n")


def main() -> int:
    """0 when all was written; a failure is the last line."""
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        limit(int(sys.argv[2]), int(sys.argv[3]))
        dump(sys.argv[1])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except MemoryError:
        return 12
    except Exception as error:
        sys.stdout.write(json.dumps({"error": f"{type(error).__name__}: {error}"[:500]}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
