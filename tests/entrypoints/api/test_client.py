"""The client says what the API says, and speaks with a real server in a process of its own; so do the examples."""
from __future__ import annotations

import inspect
import io
import re
import subprocess
import sys
import urllib.error
from collections.abc import Mapping
from email.message import Message
from pathlib import Path
from typing import Any

import orjson
import pytest

from qa_service.client import OPERATIONS, ApiProblem, Client
from qa_service.services.hooks.configuration import load_hooks

ROOT = Path(__file__).resolve().parents[3]


def test_it_knows_every_operation_but_the_webhooks(api: Any) -> None:
    document = api.get("/openapi.json", None).json
    there = {operation["operationId"]: (method.upper(), path) for path, item in document["paths"].items() for method, operation in item.items()}
    assert {k: v for k, v in there.items() if k != "receive_hook"} == dict(OPERATIONS)


def test_its_parameters_are_those_of_the_document(api: Any) -> None:
    document = api.get("/openapi.json", None).json
    for name in ("evaluate", "evaluate_batch"):
        operation = document["paths"][OPERATIONS[name][1]]["post"]
        named = {p["name"].lower().replace("-", "_") for p in operation["parameters"]}
        assert named == {n for n, p in inspect.signature(getattr(Client, name)).parameters.items() if p.kind is p.KEYWORD_ONLY}


def test_the_client_speaks_with_a_real_server(served: Mapping[str, str], chat: Any) -> None:
    client = Client(served["QA_ADDRESS"], served["QA_API_KEY"])
    made = client.evaluate(chat("客户/1"), idempotency_key="once")
    assert client.evaluate(chat("客户/1"), idempotency_key="once") == made
    head = client.conversation("客户/1")["head"]
    assert client.evaluation(head["evaluation"]) == made
    results = client.evaluate_batch([chat("b-1"), {"id": "b-2"}])
    assert [("evaluation" in r, "problem" in r) for r in results] == [(True, False), (False, True)]
    assert "客户/1" in {c["id"] for c in client.conversations(limit=1)}
    assert client.check_reply({"messages": [{"role": "customer", "text": "这件有M码吗"}]}, "亲,在的")["ok"] is False
    assert client.standard()["digest"] == made["standard"]["digest"]
    assert {r["id"] for r in client.rules()} >= {"ER01"}
    assert [c["status"] for c in client.commitments(overdue=True)] == ["open", "open"]
    assert client.evaluate(chat("unkept"), store=False)
    with pytest.raises(ApiProblem) as refused:
        client.conversation("unkept")
    assert (refused.value.status, refused.value.type) == (404, "/problems#not-found")
    with pytest.raises(ApiProblem) as refused:
        client.evaluate({"id": "x", "messages": [{"role": "boss", "text": ""}]})
    assert (refused.value.pointer, len(refused.value.request_id)) == ("/messages/0/role", 32)
    with pytest.raises(ApiProblem, match="401"):
        Client(served["QA_ADDRESS"], "qak_wrong").rules()


def test_it_waits_when_it_is_asked_to() -> None:
    waited: list[float] = []
    client = Client("http://127.0.0.1:9", "k", sleep=waited.append, tries=3)
    answers = iter([_http_error(429, "7"), _http_error(503, "")])

    def urlopen(*_: Any, **__: Any) -> Any:
        raise next(answers, _http_error(503, "2"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("urllib.request.urlopen", urlopen)
        with pytest.raises(ApiProblem, match="503"):
            client.rules()
    assert waited == [7.0, 1.0]


def _http_error(status: int, after: str) -> Exception:
    headers = Message()
    if after:
        headers["Retry-After"] = after
    return urllib.error.HTTPError("http://x", status, "later", headers, io.BytesIO(b"not json"))


def test_the_curl_lines_of_the_examples_do_what_they_say(served: Mapping[str, str]) -> None:
    text = (ROOT / "examples" / "README.md").read_text("utf-8")
    (script,) = [block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "curl" in block]
    said = []
    for command in [c for c in re.split(r"\n(?=curl|printf|#)", script) if not c.strip().startswith("#") and c.strip()]:
        ran = subprocess.run(["sh", "-euc", command], env=dict(served), capture_output=True, timeout=30, check=True)
        assert ran.stderr == b""
        said.append(ran.stdout)
    assert orjson.loads(said[0])["conversation"]["id"] == "c-1"
    assert [orjson.loads(line)["status"] for line in said[1].splitlines()] == [201, 422]
    assert orjson.loads(said[2])["ok"] is False
    assert {c["id"] for c in orjson.loads(said[3])["items"]} >= {"c-1", "c-2"}
    assert orjson.loads(said[4])["head"]["id"] == "c-1"
    assert "items" in orjson.loads(said[5])
    assert len(said) == 6


def test_the_plug_in_of_the_examples_runs(served: Mapping[str, str]) -> None:
    ran = subprocess.run([sys.executable, ROOT / "examples" / "helpdesk_plugin.py"], env=dict(served), capture_output=True, encoding="utf-8",
                         timeout=30, check=True)
    lines = ran.stdout.splitlines()
    assert [line[:3] for line in lines] == ["先别发", "可以发", "得分 "]
    code = [x for x in (ROOT / "examples" / "helpdesk_plugin.py").read_text("utf-8").split('"""')[2].splitlines() if x.strip()]
    assert len(code) <= 20


def test_the_hooks_of_the_examples_are_ones(tmp_path: Path) -> None:
    assert {name for name, _ in load_hooks(ROOT / "examples" / "hooks.toml")} == {"chatwoot", "zendesk", "qiyu", "meiqia", "generic"}


def test_the_first_start_shows_its_secrets_once_and_nowhere_else(served: Mapping[str, str]) -> None:
    said = Path(served["ERR"]).read_text("utf-8")
    assert said.count(served["QA_API_KEY"]) == 1
    assert said.count("密码 ") == 1
    assert served["QA_API_KEY"] not in said.split("首次启动", 1)[1].split("\n", 3)[3]
