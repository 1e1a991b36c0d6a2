"""Settings, and the only place that wires concrete parts together."""
from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qa_service.engine.inspector import Inspector
from qa_service.model.conversation import EMPTY
from qa_service.model.errors import UsageError
from qa_service.rules.locate import lexicons_root
from qa_service.rules.proof import Proof
from qa_service.rules.standard import Standard, load_standard, standard_digest
from qa_service.services.masking import Masker
from qa_service.text.chat_models import MODELS
from qa_service.text.model_file import load_model
from qa_service.text.patterns import Analysis

if TYPE_CHECKING:
    from qa_service.services.keeping import Keeper
    from qa_service.services.service import Service
    from qa_service.store.store import Store


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its value, where it came from (默认, 环境变量, 配置文件), and what it is for."""

    name: str
    value: str
    source: str
    purpose: str

    @property
    def shown(self) -> str:
        """The value as it may be shown: no secret, and no password of an address."""
        if self.value and self.name.endswith(("PASSWORD", "_KEY")):
            return "(已设置,不显示)"
        return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", self.value)


_PURPOSES: Mapping[str, tuple[str, str]] = {
    "QA_LEXICONS": ("", "质检标准所在文件夹(规则包、评分卡、政策、词库)"),
    "QA_POLICY": ("", "覆盖所有渠道的店铺政策文件"),
    "QA_ZONE": ("Asia/Shanghai", "没有时区的时间按此时区读取"),
    "QA_WORKERS": ("1", "批量评分的进程数"),
    "QA_ZIP_PASSWORD": ("", "有密码的压缩包用它打开(网易七鱼: App Key 的前 12 个字符)"),
    "QA_PSEUDONYM_KEY": ("", "买家代号的密钥(代号不变的前提);默认在缓存文件夹生成并保存一个"),
    "QA_CACHE": ("~/.cache/qa-service", "缓存文件夹(规则自证结果)"),
    "QA_DATA": ("~/.local/share/qa-service", "数据文件夹(默认的数据库 qa.db 在这里)"),
    "QA_BIND": ("127.0.0.1:8080", "网页与接口服务的监听地址"),
    "QA_WEB_PROCESSES": ("2", "网页与接口服务的进程数"),
    "QA_WEB_THREADS": ("8", "网页与接口服务每个进程的线程数"),
    "QA_MAX_BODY": ("16777216", "一次请求最多多少字节(解压后)"),
    "QA_RATE": ("200", "每个密钥每秒可以请求多少次"),
    "QA_RATE_BURST": ("400", "每个密钥一下子可以请求多少次"),
    "QA_PROXIES": ("0", "服务前面有几层可信的反向代理"),
    "QA_HOOKS": ("", "客服系统推送的配置文件(店铺、来源、密钥)"),
    "QA_DATABASE_URL": ("", "数据库地址;默认是数据文件夹里的 SQLite"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of this run, each with its source."""

    entries: Mapping[str, Setting]

    def get(self, name: str) -> str:
        """The value of a setting."""
        return self.entries[name].value

    @property
    def zone(self) -> ZoneInfo:
        """The zone for naive times. Raises UsageError."""
        try:
            return ZoneInfo(self.get("QA_ZONE"))
        except (ZoneInfoNotFoundError, ValueError):
            raise UsageError(f"没有时区 {self.get('QA_ZONE')!r}", where="QA_ZONE", fix="例: Asia/Shanghai") from None

    @property
    def workers(self) -> int:
        """Processes for batch scoring. Raises UsageError."""
        text = self.get("QA_WORKERS")
        if not text.isdigit() or not 1 <= int(text) <= 256:
            raise UsageError(f"进程数应为 1–256 的整数,得到 {text!r}", where="QA_WORKERS")
        return int(text)

    def number(self, name: str, least: int, most: int) -> int:
        """A setting that is a whole number. Raises UsageError."""
        text = self.get(name)
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise UsageError(f"应为 {least}–{most} 的整数,得到 {text!r}", where=name)
        return int(text)

    @property
    def policy(self) -> Path | None:
        """The policy that overrides all others."""
        return Path(self.get("QA_POLICY")) if self.get("QA_POLICY") else None

    @property
    def data(self) -> Path:
        """The data folder."""
        return Path(self.get("QA_DATA")).expanduser()

    @property
    def database_url(self) -> str:
        """Where the store lies."""
        return self.get("QA_DATABASE_URL") or f"sqlite:///{(self.data / 'qa.db').absolute()}"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Environment first, then the TOML file that QA_CONFIG names, then the defaults. Raises UsageError."""
    env = os.environ if environ is None else environ
    from_file: dict[str, Any] = {}
    config = env.get("QA_CONFIG", "")
    if config:
        try:
            from_file = tomllib.loads(Path(config).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"配置文件不能用: {error}", where=config) from None
    known = {name.removeprefix("QA_").lower(): name for name in _PURPOSES}
    for key in from_file:
        if key not in known:
            raise UsageError(f"配置文件里有未知的设置 {key!r}", where=config, fix=f"可用: {'、'.join(known)}")
    entries = {}
    for key, name in known.items():
        default, purpose = _PURPOSES[name]
        if env.get(name):
            value, source = env[name], "环境变量"
        elif key in from_file:
            value, source = str(from_file[key]), f"配置文件 {config}"
        else:
            value, source = default, "默认"
        entries[name] = Setting(name, value, source, purpose)
    return Settings(entries)


def make_standard(settings: Settings, *, root: Path | None = None, policy: Path | None = None, prove: bool | None = None) -> Standard:
    """The Standard, proven by its examples; the proof is remembered by digest. `prove`: True runs it again, False leaves it out.

    Raises UsageError for what does not exist, RefusedStandard for what is wrong in it.
    """
    folder = root or Path(settings.get("QA_LEXICONS") or lexicons_root())
    chosen = policy or settings.policy
    if not folder.is_dir():
        raise UsageError("质检标准应是一个文件夹", where=str(folder), fix="见 --standard 与 QA_LEXICONS")
    if chosen is not None and not chosen.is_file():
        raise UsageError("没有这个店铺政策文件", where=str(chosen), fix="见 --policy 与 QA_POLICY")
    if prove is not None:
        return load_standard(folder, policy=chosen, prove=prove)
    proof = Proof(Path(settings.get("QA_CACHE")).expanduser(), standard_digest(folder, chosen))
    analyses = proof.read()
    standard = load_standard(folder, policy=chosen, prove=analyses is None, analyses=analyses or EMPTY)
    if analyses is None and not standard.warnings:
        proof.keep(standard.analyses)
    return standard


def make_masker(settings: Settings, *, orders: bool = False) -> Masker:
    """The masker, with the key of the settings or the one kept beside the caches: made once, readable by its owner only."""
    given = settings.get("QA_PSEUDONYM_KEY")
    return Masker(given.encode() if given else _kept_key(Path(settings.get("QA_CACHE")).expanduser() / "pseudonym.key"), orders)


def _kept_key(path: Path) -> bytes:
    fresh = secrets.token_bytes(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(fresh)
    except OSError:  # it is there already, or nothing can be kept there: then the pseudonyms hold for this run
        return path.read_bytes() or fresh if path.is_file() else fresh
    return fresh


def model_cards(settings: Settings, *, root: Path | None = None, name: str | None = None) -> list[Mapping[str, Any]]:
    """The cards of the models of a Standard, or of the one named; each model is loaded, so that a changed one is refused."""
    folder = (root or Path(settings.get("QA_LEXICONS") or lexicons_root())) / "models"
    if name is not None and name not in MODELS:
        raise UsageError(f"没有名为 {name!r} 的模型", fix=f"可用: {'、'.join(MODELS)}")
    return [load_model(folder / n).card for n in MODELS if name in (None, n)]


def training_folder() -> Path:
    """Where the recipes are: beside the package. Raises UsageError where only the package was installed."""
    folder = Path(__file__).parents[1] / "training"
    if not (folder / "__main__.py").is_file():
        raise UsageError("这里没有 training/ 文件夹: 安装包里只有训练好的模型", where=str(folder), fix="请在源码目录里运行 ./qa train NAME")
    return folder


def inspector_maker(standard: Standard, policy: Path | None) -> Callable[[], Inspector]:
    """A picklable way to build the same Inspector in another process; the proof is not repeated there."""
    return partial(_make_inspector, standard.root, policy, standard.analyses)


def _make_inspector(root: Path, policy: Path | None, analyses: Mapping[str, Analysis]) -> Inspector:
    return Inspector(load_standard(root, policy=policy, prove=False, analyses=analyses))


def make_store(settings: Settings) -> Store:
    """The store of the settings, ready for use: an empty database gets its tables. To be made after a fork.

    Raises UsageError where the database is of an older or a newer program, StoreError where it cannot be reached.
    """
    from qa_service.store import schema  # 0.4 s: only those who keep pay
    from qa_service.store.store import open_store

    store = open_store(settings.database_url, zone=settings.zone)
    found = schema.version_of(store.database)
    if found is None:
        schema.upgrade(store.database)
    elif found != schema.newest():
        store.database.close()
        fix = "先备份,再运行 qa-service db upgrade" if schema.knows(found) else "升级 qa-service"
        raise UsageError(f"数据库的版本是 {found},程序的是 {schema.newest()}", where=settings.entries["QA_DATABASE_URL"].shown, fix=fix)
    return store


def make_keeper(settings: Settings, standard: Standard, policy: Path | None, source: str) -> Keeper:
    """What keeps evaluations of a Standard in the store of the settings. `policy` is the one the Standard was made with. Raises as make_store."""
    from qa_service.services.keeping import Keeper

    return Keeper(make_store(settings), standard, policy or settings.policy, source)


def make_service(settings: Settings) -> Service:
    """The parts that `serve` and the commands around it work with. Raises UsageError, RefusedStandard."""
    from qa_service.services.hooks.configuration import load_hooks
    from qa_service.services.service import Service

    standard = make_standard(settings)
    hooks = load_hooks(Path(settings.get("QA_HOOKS")) if settings.get("QA_HOOKS") else None)
    return Service(Inspector(standard), partial(make_store, settings), lambda: datetime.now(UTC), settings.zone, hooks, settings.policy)
