"""The command line. Each command lives in a module of its own under commands/, imported only when it is called."""
from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Final

import click

from qa_service.model.errors import QaError

_COMMANDS: Final = {
    "score": ("score", "给聊天记录评分,每一分都有依据"),
    "import-check": ("import_check", "试读聊天记录: 认成什么、列怎么对、修复和拒绝"),
    "demo": ("demo", "生成一天的示例会话,质检并写出日报"),
    "report": ("report", "由评分结果生成日报: 网页、表格或 JSON"),
    "check": ("check", "核对规则包、评分卡、政策,并运行所有例子"),
    "rules": ("rules", "查看规则、试跑规则、生成规则文档"),
    "measures": ("measures", "各平台的响应口径与单个会话的指标"),
    "models": ("models", "显示模型卡: 数据、配方、指标、弱点"),
    "train": ("train", "训练模型(需要源码目录里的 training/)"),
    "schema": ("schema", "输出会话或质检结果的 JSON Schema"),
    "serve": ("serve", "一条命令启动整个服务: 建库、首个管理员、网页与接口"),
    "web": ("web", "只启动网页与接口"),
    "key": ("key", "新建、列出、吊销接口密钥"),
    "user": ("user", "新建用户、分配角色"),
    "db": ("db", "升级、备份、恢复数据库"),
    "doctor": ("doctor", "检查运行环境,列出设置及其来源"),
}


class _ClosedPipe(Exception):
    """Whoever read our output has stopped reading."""


class _Lazy(click.Group):
    """A group whose commands are imported when they are used: `--help` stays instant."""

    def invoke(self, ctx: click.Context) -> object:
        """As ever, but a closed pipe keeps its name: click would turn it into exit code 1, which means a low score here."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            raise _ClosedPipe from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"qa_service.entrypoints.commands.{_COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qa-service", prog_name="qa-service")
def cli() -> None:
    """qa-service: 中文电商客服聊天质检。命令的用法: qa-service 命令 --help"""


def main() -> None:
    """Entry point: every known error is one clear line and exit code 2, Ctrl-C is 130, a closed pipe is quiet."""
    try:
        code = cli.main(prog_name="qa-service", standalone_mode=False) or 0
        sys.stdout.flush()
    except QaError as error:
        code = _failed(str(error))
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断", err=True)
        code = 130
    except _ClosedPipe:
        code = 0
    except OSError as error:
        code = 0 if error.errno == errno.EPIPE else _failed(f"{error.filename or '写出或读取时出错'}: {error.strerror or error}")
    except MemoryError:
        code = _failed("内存不足。请减少 --workers,或把输入分成几份")
    _leave(code)


def _failed(why: str) -> int:
    click.echo(f"错误: {why}", err=True)
    return 2


def _leave(code: int) -> None:
    """Exit. What standard output can no longer take is let go of, so that the interpreter's own flush says nothing."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
