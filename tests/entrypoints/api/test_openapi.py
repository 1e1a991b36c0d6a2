"""The OpenAPI document: it holds every route, says what is so, and what it says is what happens."""
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig

from qa_service.entrypoints.api.bodies import ConversationIn, MessageIn
from qa_service.entrypoints.api.spec import PREFIX, Application
from qa_service.entrypoints.guard import permissions_of
from qa_service.entrypoints.problems import KINDS
from qa_service.model.schema import conversation_schema, evaluation_schema

# Years that a database and a calendar can hold; schemathesis would begin with the year 0.
schemathesis.openapi.format("date-time", st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: f"{at.isoformat()}Z"))


@pytest.fixture
def document(api: Any) -> dict[str, Any]:
    read: dict[str, Any] = api.get("/openapi.json", None).json
    return read


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def test_every_route_of_the_api_is_in_it(api: Any, document: dict[str, Any]) -> None:
    routes = {(m, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", r)) for m, r in permissions_of(api.app) if r.startswith(PREFIX)}
    assert document["openapi"] == "3.1.0"
    assert {(m, p) for m, p, _ in operations(document)} == routes


def test_operations_have_names_of_their_own_and_the_key_they_want(document: dict[str, Any]) -> None:
    names = [o["operationId"] for _, _, o in operations(document)]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    for _, path, operation in operations(document):
        assert operation.get("security", []) == ([] if "/hooks/" in path else [{"key": []}])
        assert operation["summary"]
        assert {"401", "422", "429", "503"} <= operation["responses"].keys()


def test_no_model_hides_another_of_its_name() -> None:
    def below(model: type) -> Iterator[type]:
        for sub in model.__subclasses__():
            yield sub
            yield from below(sub)
    ours = [m.__name__ for m in set(below(BaseModel)) if m.__module__.startswith("qa_service.")]
    assert sorted(ours) == sorted(set(ours))


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for inner in node.values():
                yield from references(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from references(inner)
    names = {r.removeprefix("#/components/schemas/") for r in references(document)}
    assert names <= document["components"]["schemas"].keys()


def test_the_wire_documents_are_those_of_the_schema_command(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Evaluation"] == {k: v for k, v in evaluation_schema().items() if k != "$schema"}


def test_the_body_is_the_published_conversation(document: dict[str, Any]) -> None:
    published = conversation_schema()
    message = published["properties"]["messages"]["items"]
    assert set(ConversationIn.model_fields) == published["properties"].keys()
    assert set(MessageIn.model_fields) == message["properties"].keys()
    assert {n for n, f in ConversationIn.model_fields.items() if f.is_required()} == set(published["required"])
    assert {n for n, f in MessageIn.model_fields.items() if f.is_required()} == set(message["required"])
    mine = MessageIn.model_json_schema()["properties"]
    assert set(mine["role"]["enum"]) == set(message["properties"]["role"]["enum"])
    assert set(mine["kind"]["enum"]) == set(message["properties"]["kind"]["enum"])
    assert set(ConversationIn.model_json_schema()["properties"]["channel"]["enum"]) == set(published["properties"]["channel"]["enum"])


@pytest.mark.parametrize("path", ["/docs", "/problems"])
def test_pages_ask_nobody_else(api: Any, path: str) -> None:
    page = api.get(path, None)
    assert page.content_type.startswith("text/html")
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<script>" not in page.text


def test_the_assets_of_the_page_are_here(api: Any) -> None:
    for asset in re.findall(r'(?:src|href)="(/[^"]+)"', api.get("/docs", None).text):
        answer = api.get(asset, None)
        assert (answer.status_code, bool(answer.data)) == (200, True)


def test_each_problem_has_its_section(api: Any) -> None:
    page = api.get("/problems", None).text
    assert all(f'id="{kind}"' in page for kind in KINDS)


@pytest.fixture
def contract(make_api: Any, chat: Any) -> Any:
    """The API as schemathesis sees it: quick callers, and something to read."""
    api = make_api(rate=1e6, burst=1_000_000)
    api.post("/api/v1/evaluations", chat())
    return api


def _schema(app: Application) -> Any:
    config = SchemathesisConfig.from_dict({"generation": {"allow-x00": False, "codec": "utf-8"}, "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "401", "403", "404", "409"]}}})
    return schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)


NAMES = ["evaluate", "evaluate_batch", "read_evaluation", "check_a_reply", "list_rules", "current_standard", "list_conversations",
         "read_conversation", "list_commitments", "receive_hook"]


def test_the_names_are_all(document: dict[str, Any]) -> None:
    assert sorted(o["operationId"] for _, _, o in operations(document)) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_says_is_what_happens(contract: Any, name: str) -> None:
    operation = _schema(contract.app).include(operation_id=name)
    checks = [CHECKS.get_one(c) for c in (
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance",
        "negative_data_rejection", "positive_data_acceptance", "unsupported_method")]
    (found,) = [result.ok() for result in operation.get_all_operations()]

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(case=found.as_strategy())
    def run(case: Any) -> None:
        (case.headers or {}).pop("Idempotency-Key", None)  # the same key for another body is refused, as it should be
        case.call_and_validate(checks=checks, headers={"Authorization": f"Bearer {contract.keys['admin']}"})
    run()
