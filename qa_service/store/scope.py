"""The one helper that keeps shops apart: every question and every change of what belongs to a shop goes through it."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Delete, Select, Table, Update, delete, select, update

from qa_service.model.errors import InvalidRecord

SHOP_LONGEST = 200
ID_LONGEST = 500


def of_shop(table: Table, shop: str, *columns: Any) -> Select[Any]:
    """Rows of one shop, whole or some columns."""
    return select(*(columns or (table,))).select_from(table).where(table.c.shop == shop)


def change_of_shop(table: Table, shop: str) -> Update:
    """A change of rows of one shop."""
    return update(table).where(table.c.shop == shop)


def removal_of_shop(table: Table, shop: str) -> Delete:
    """A removal of rows of one shop."""
    return delete(table).where(table.c.shop == shop)


def check_key(shop: str, id: str) -> None:
    """Refuse what no database can hold as a key. Raises InvalidRecord."""
    for name, value, longest in (("shop", shop, SHOP_LONGEST), ("id", id, ID_LONGEST)):
        if not value or len(value) > longest:
            raise InvalidRecord(f"{name} 应为 1–{longest} 个字符,得到 {len(value)} 个", field=f"/{name}")
        if "\0" in value or any("\ud800" <= ch <= "\udfff" for ch in value):
            raise InvalidRecord(f"{name} 含有不能保存的字符(U+0000 或不成对的代理项)", field=f"/{name}")
