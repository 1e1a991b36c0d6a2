"""Who may do what: the matrix, walked over every route; and two shops that never see each other."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from flask import Flask

from qa_service.entrypoints.guard import PUBLIC, allow, permissions_of
from qa_service.model.access import PERMISSIONS
from qa_service.services.access import new_key
from qa_service.store.store import Store

MATRIX: Final = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text("utf-8"))


@pytest.fixture
def known(api: Any, chat: Any) -> Mapping[str, str]:
    """A kept chat of the first shop: what the parameters of routes stand for."""
    made = api.post("/api/v1/evaluations", chat())
    return {"/api/v1/evaluations/<evaluation:id>": made.headers["Location"], "/api/v1/conversations/<id:id>": "/api/v1/conversations/c-1",
            "/api/v1/hooks/<source>": "/api/v1/hooks/chatwoot?shop=demo", "/docs/<name>": "/docs/start.js"}


def body_of(route: str, chat: Any) -> Any:
    return {"/api/v1/evaluations": chat("c-2"), "/api/v1/evaluations/batch": [chat("c-3")],
            "/api/v1/replies/check": {"conversation": {}, "reply": "在的"}, "/api/v1/hooks/<source>": {}}.get(route)


def test_the_matrix_holds_every_route_and_no_other(api: Any) -> None:
    assert {f"{method} {route}" for method, route in permissions_of(api.app)} == MATRIX["routes"].keys()


@pytest.mark.parametrize("who", MATRIX["columns"])
def test_each_identity_gets_what_the_matrix_says(api: Any, chat: Any, known: Mapping[str, str], who: str) -> None:
    answers = {}
    for name in MATRIX["routes"]:
        method, route = name.split(" ")
        status = api.call(method, known.get(route, route), None if who == "nobody" else who, **(
            {"doc": body} if (body := body_of(route, chat)) is not None else {})).status_code
        answers[name] = "2xx" if 200 <= status < 300 else status
    column = MATRIX["columns"].index(who)
    assert answers == {name: row[column] for name, row in MATRIX["routes"].items()}


def test_a_route_that_declares_nothing_stops_the_start(api: Any) -> None:
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/open", view_func=lambda: "", endpoint="open")
    with pytest.raises(RuntimeError, match="/open"):
        permissions_of(bare)
    bare.view_functions["open"] = allow(PUBLIC)(bare.view_functions["open"])
    assert permissions_of(bare) == {("GET", "/open"): PUBLIC}
    with pytest.raises(ValueError, match="nonsense"):
        allow("nonsense")


BAD_KEYS = ["", "qak_", "qak_000000000000_" + "A" * 43, "x" * 5000, "qak_" + "0" * 60, "密钥", "Bearer", "qak_%00"]


@pytest.mark.parametrize("secret", BAD_KEYS)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Basic", ""])
def test_what_is_no_key_opens_nothing(api: Any, secret: str, scheme: str) -> None:
    answer = api.get("/api/v1/rules", None, headers={"Authorization": f"{scheme} {secret}".encode().decode("latin-1")})
    assert (answer.status_code, answer.json["type"]) == (401, "/problems#unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_in_the_address_opens_nothing(api: Any) -> None:
    assert api.get(f"/api/v1/rules?key={api.keys['admin']}", None).status_code == 401


def test_half_a_key_opens_nothing(api: Any) -> None:
    for changed in (api.keys["admin"][:-1], api.keys["admin"][:-1] + "!", api.keys["admin"].replace("qak_", "QAK_")):
        assert api.get("/api/v1/rules", None, headers={"Authorization": f"Bearer {changed}"}).status_code == 401


def test_a_key_ends_when_it_is_revoked_or_has_expired(api: Any, store: Store) -> None:
    secret, kept = new_key(store, "demo", "nightly", ["rules:read"], api.clock(), days=1)
    api.keys["nightly"] = secret
    assert api.get("/api/v1/rules", "nightly").status_code == 200
    api.clock.pass_by(86_401)
    assert api.get("/api/v1/rules", "nightly").status_code == 401
    secret, kept = new_key(store, "demo", "other", ["rules:read"], api.clock())
    api.keys["next"] = secret
    assert api.get("/api/v1/rules", "next").status_code == 200
    assert store.keys.revoke("demo", kept.id, api.clock())
    assert api.get("/api/v1/rules", "next").status_code == 401


def test_two_keys_of_a_title_may_live_while_one_replaces_the_other(api: Any, store: Store) -> None:
    first, _ = new_key(store, "demo", "helpdesk", ["rules:read"], api.clock())
    second, _ = new_key(store, "demo", "helpdesk", ["rules:read"], api.clock())
    for secret in (first, second):
        assert api.get("/api/v1/rules", None, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    with pytest.raises(Exception, match="helpdesk"):
        new_key(store, "demo", "helpdesk", ["rules:read"], api.clock())


def test_a_secret_is_nowhere_in_the_store(api: Any, store: Store) -> None:
    secret = api.keys["admin"]
    assert store.database.file is not None
    for path in store.database.file.parent.glob("qa.db*"):
        assert secret.rpartition("_")[2].encode() not in path.read_bytes()
    assert all(secret.rpartition("_")[2] not in repr(key) for key in store.keys.list("demo"))


def test_when_a_key_was_used_is_noted(api: Any, store: Store) -> None:
    api.clock.pass_by(3600)
    api.get("/api/v1/rules", "agent")
    used = {key.title: key.used_at for key in store.keys.list("demo")}
    assert used["agent"] == api.clock()
    assert used["reviewer"] is None
    api.clock.pass_by(5)
    api.get("/api/v1/rules", "agent")
    assert {key.title: key.used_at for key in store.keys.list("demo")}["agent"] == api.clock() - timedelta(seconds=5)


def test_two_shops_see_nothing_of_each_other(api: Any, chat: Any) -> None:
    secret = "只有第一家店知道的话"
    mine = api.post("/api/v1/evaluations", chat("c-1", ("customer", secret), ("agent", "今天18点前给您补发一件")))
    api.post("/api/v1/evaluations", chat("c-1", ("customer", "你好"), ("agent", "在的"), shop="other"), "other")
    for path in ("/api/v1/conversations", "/api/v1/conversations/c-1", "/api/v1/commitments", f"/api/v1/conversations?words={secret}",
                 "/api/v1/conversations?customer=u9", mine.headers["Location"]):
        answer = api.get(path, "other")
        assert secret not in answer.text
        assert "补发" not in answer.text
    foreign, missing = api.get(mine.headers["Location"], "other"), api.get("/api/v1/evaluations/" + "0" * 64 + "." + "0" * 64, "other")
    assert {k: v for k, v in foreign.json.items() if k != "request_id"} == {k: v for k, v in missing.json.items() if k != "request_id"}
    assert foreign.status_code == missing.status_code == 404
    api.post("/api/v1/evaluations", chat("only-mine"))
    foreign, missing = (api.get(f"/api/v1/conversations/{id}", "other") for id in ("only-mine", "nobodys"))
    assert {k: v for k, v in foreign.json.items() if k != "request_id"} == {k: v for k, v in missing.json.items() if k != "request_id"}


def test_a_cursor_of_another_shop_tells_nothing(api: Any, chat: Any) -> None:
    for n in range(3):
        api.post("/api/v1/evaluations", chat(f"c-{n}"))
    cursor = api.get("/api/v1/conversations?limit=1").json["next_cursor"]
    answer = api.get(f"/api/v1/conversations?limit=1&cursor={cursor}", "other")
    assert answer.status_code == 422 or answer.json["items"] == []


def test_every_permission_has_a_name_for_people() -> None:
    assert all(PERMISSIONS.values())
