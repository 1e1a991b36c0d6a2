"""`qa-service user`: people, and what they may do in which shop."""
from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from qa_service.bootstrap import load_settings, make_store
from qa_service.model.access import ROLE_TITLES, ROLES
from qa_service.services.access import add_user


@click.group("user")
def command() -> None:
    """用户与角色。"""


@command.command("add")
@click.argument("name")
@click.option("--shop", default="default", show_default=True, help="在哪个店铺")
@click.option("--role", type=click.Choice(list(ROLES)), default="reviewer", show_default=True)
@click.option("--title", default="", help="显示的名字")
@click.option("--agent", default="", help="角色是客服时,本人的客服账号")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码;默认生成一个,只显示这一次")
def add(name: str, shop: str, role: str, title: str, agent: str, password_stdin: bool) -> int:
    """新建用户 NAME;已有的用户则在这个店铺得到这个角色。"""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    store = make_store(load_settings())
    user, made = add_user(store, name, shop, role, datetime.now(UTC), title=title, agent=agent, password=password)
    store.database.close()
    click.echo(f"用户 {user.name} 在店铺 {shop} 的角色: {ROLE_TITLES[role]}", err=True)
    if made is not None:
        click.echo("密码只显示这一次,请现在就保存:", err=True)
        click.echo(made)
    return 0


@command.command("list")
@click.option("--shop", default="default", show_default=True)
def list_users(shop: str) -> int:
    """列出一个店铺的用户与角色。"""
    store = make_store(load_settings())
    for user, member in store.users.members(shop):
        state = "已停用" if user.disabled_at else "有效"
        click.echo(f"{user.name}  {user.title}  {ROLE_TITLES[member.role]}  {state}")
    store.database.close()
    return 0
