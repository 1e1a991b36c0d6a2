"""`qa-service serve`: the whole service on one machine with one command."""
from __future__ import annotations

from datetime import UTC, datetime

import click

from qa_service.bootstrap import load_settings
from qa_service.entrypoints.commands.web import listening_of, refuse_weak_secrets, run
from qa_service.services.first_start import first_start
from qa_service.store.schema import upgrade
from qa_service.store.store import open_store


@click.command("serve")
@click.option("--bind", help="监听地址;默认见 QA_BIND")
@click.option("--shop", default="default", show_default=True, help="首个管理员与密钥属于哪个店铺")
@click.option("--demo", is_flag=True, help="只在本机试用: 不计较弱密钥,只听 127.0.0.1")
def command(bind: str | None, shop: str, demo: bool) -> int:
    """启动整个服务: 数据库升级到本版本;第一次启动时新建管理员与密钥并显示一次;然后开始监听,Ctrl-C 停止。"""
    settings = load_settings()
    if demo:
        bind = f"127.0.0.1:{(bind or settings.get('QA_BIND')).rpartition(':')[2]}"
    else:
        refuse_weak_secrets(settings)
    listening = listening_of(settings, bind)
    store = open_store(settings.database_url, zone=settings.zone)
    upgrade(store.database)
    first = first_start(store, shop, datetime.now(UTC))
    store.database.close()
    if first is not None:
        click.echo(f"首次启动,店铺 {shop} 的管理员与密钥只显示这一次,请现在就保存:\n  用户 {first.name}  密码 {first.password}\n  密钥 {first.key}", err=True)
    click.echo(f"服务地址 http://{listening.bind}  接口说明 http://{listening.bind}/docs", err=True)
    run(settings, bind)
    return 0
