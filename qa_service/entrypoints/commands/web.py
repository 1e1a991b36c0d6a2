"""`qa-service web`: the web server alone, for machines that share a database."""
from __future__ import annotations

from collections.abc import Callable

import click
from flask import Flask

from qa_service.bootstrap import Settings, load_settings, make_service, make_store
from qa_service.entrypoints.server import Listening, serve
from qa_service.model.errors import UsageError
from qa_service.services.first_start import weak_secrets


@click.command("web")
@click.option("--bind", help="监听地址;默认见 QA_BIND")
def command(bind: str | None) -> int:
    """启动网页与接口。数据库要先准备好(qa-service serve 或 db upgrade)。"""
    settings = load_settings()
    refuse_weak_secrets(settings)
    make_store(settings).database.close()
    run(settings, bind)
    return 0


def refuse_weak_secrets(settings: Settings) -> None:
    """Raises UsageError where a secret is one that everybody knows."""
    weak = weak_secrets({name: setting.value for name, setting in settings.entries.items()})
    if weak:
        raise UsageError("密钥或密码太弱,或是众所周知的默认值", where="、".join(weak), fix="用 openssl rand -hex 32 生成一个;只在本机试用可以加 --demo")


def listening_of(settings: Settings, bind: str | None) -> Listening:
    """Where and how to listen. Raises UsageError."""
    address = bind or settings.get("QA_BIND")
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"监听地址应为 主机:端口,得到 {address!r}", where="QA_BIND", fix="例: 127.0.0.1:8080;对外服务用 0.0.0.0:8080")
    return Listening(address, settings.number("QA_WEB_PROCESSES", 1, 64), settings.number("QA_WEB_THREADS", 1, 64),
                     settings.number("QA_MAX_BODY", 1 << 10, 1 << 30))


def run(settings: Settings, bind: str | None) -> None:
    """Listen until told to stop."""
    from qa_service.entrypoints.logs import make_log

    serve(application_maker(settings), listening_of(settings, bind), make_log())


def application_maker(settings: Settings) -> Callable[[], Flask]:
    """How the application is made: once, before the processes fork."""
    def make() -> Flask:
        # What counts is imported here: only now is it known where the processes put their numbers.
        from werkzeug.middleware.proxy_fix import ProxyFix

        from qa_service.entrypoints.app import Limits, create_app

        limits = Limits(settings.number("QA_MAX_BODY", 1 << 10, 1 << 30), settings.number("QA_RATE", 1, 1_000_000),
                        settings.number("QA_RATE_BURST", 1, 10_000_000))
        app = create_app(make_service(settings), limits)
        proxies = settings.number("QA_PROXIES", 0, 10)
        if proxies:
            app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
        return app
    return make
