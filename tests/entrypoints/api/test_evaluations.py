"""Evaluations over REST: the same bytes as everywhere, kept once, told again."""
from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest

