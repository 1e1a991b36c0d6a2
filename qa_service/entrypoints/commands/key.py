"""`qa-service key`: API keys of a shop. A secret is shown once, when it is made."""
from __future__ import annotations

from datetime import UTC, datetime

import click

from qa_service.bootstrap import load_settings, make_store
from qa_service.model.access import PERMISSIONS, ROLES
from qa_service.model.errors import UsageError
from qa_service.services.access import new_key


@click.group("key")
def command() -> None:
    """接口密钥: 属于一个店铺,只有给它的权限。"""


@command.command("add")
@click.option("--shop", default="default", show_default=True, help="密钥属于哪个店铺")
@click.option("--title", required=True, help="用途;同一用途可以同时有两个,便于更换")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(list(PERMISSIONS)), help="权限,可写多次")
@click.option("--role", type=click.Choice(list(ROLES)), help="给它一个角色的全部权限")
@click.option("--days", type=int, help="多少天后失效;默认不失效")
def add(shop: str, title: str, scopes: tuple[str, ...], role: str | None, days: int | None) -> int:
    """新建一个密钥。标准输出只有密钥本身,以后再也看不到它。"""
    wanted = {*scopes, *(ROLES[role] if role else ())}
    if not wanted:
        raise UsageError("密钥至少要有一个权限", fix="用 --role supervisor,或 --scope evaluations:write 等")
    store = make_store(load_settings())
    secret, kept = new_key(store, shop, title, wanted, datetime.now(UTC), days=days)
    store.database.close()
    until = f",{kept.expires_at:%Y-%m-%d} 失效" if kept.expires_at else ""
    click.echo(f"店铺 {shop} 的密钥「{title}」(编号 {kept.id}{until}),权限: {'、'.join(kept.scopes)}。请现在就保存:", err=True)
    click.echo(secret)
    return 0


@command.command("list")
@click.option("--shop", default="default", show_default=True)
def list_keys(shop: str) -> int:
    """列出一个店铺的密钥(不含密钥本身)。"""
    store = make_store(load_settings())
    now = datetime.now(UTC)
    for key in store.keys.list(shop):
        state = "已吊销" if key.revoked_at else "已失效" if key.expires_at and key.expires_at <= now else "有效"
        used = f"{key.used_at:%Y-%m-%d %H:%M}" if key.used_at else "从未"
        click.echo(f"{key.id}  qak_{key.prefix}_…  {state}  {key.title}  权限 {','.join(key.scopes)}  最近使用 {used} UTC")
    store.database.close()
    return 0


@command.command("revoke")
@click.argument("id")
@click.option("--shop", default="default", show_default=True)
def revoke(id: str, shop: str) -> int:
    """吊销密钥 ID,立即生效。"""
    store = make_store(load_settings())
    found = store.keys.revoke(shop, id, datetime.now(UTC))
    store.database.close()
    if not found:
        raise UsageError(f"店铺 {shop} 没有有效的密钥 {id!r}", fix="qa-service key list 列出编号")
    click.echo(f"已吊销 {id}")
    return 0
