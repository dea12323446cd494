#!/usr/bin/env python3
"""Probes a running API with all that its specification allows, and with much that it does not.

Signs in as one of the demo's people, so that paths lead to something, and hands over to schemathesis. It fails on any 5xx, on
an answer that the specification does not have, and on a body that is not as it says. Further words go to schemathesis.
"""

import json
import os
import sys
import tempfile
import urllib.request
import uuid

API = os.environ["API_URL"]
PERSON = {"email": "ada@balloond.example", "password": "hot air balloon"}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# These end the session or the account that the others need; the socket is no request and answer.
LEFT_OUT = ("erase_account", "end_session", "log_out", "realtime")


def ask(path, token=None, body=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(
        f"{API}/api/v1{path}", None if body is None else json.dumps(body).encode(), headers
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def things(token):
    """What the specification's paths may name: the person's own."""
    chat = ask("/chats", token)["items"][0]["id"]
    group = ask("/chats", token, {"title": "Probe"})["id"]
    words = {"client_id": str(uuid.uuid4()), "body": "Hello"}
    message = ask(f"/chats/{chat}/messages", token, words)
    user = ask("/people", token)["items"][0]["id"]
    report = ask("/reports", token, {"about": "person", "id": user, "reason": "spam"})["id"]
    me = ask("/me", token)
    yield "/api/v1/chats/{id}", {"id": group}
    yield "/api/v1/chats/{id}/messages", {"id": chat}
    yield "/api/v1/chats/{id}/messages/{message}", {"id": chat, "message": message["id"]}
    yield "/api/v1/chats/{id}/messages/{message}/reactions/{emoji}", {"id": chat, "message": message["id"], "emoji": "🎈"}
    yield "/api/v1/chats/{id}/read", {"id": chat}
    yield "/api/v1/chats/{id}/mute", {"id": group}
    yield "/api/v1/chats/{id}/invitations", {"id": group}
    yield "/api/v1/chats/{id}/members/{user}", {"id": group, "user": user}
    yield "/api/v1/users/{id}", {"id": user}
    yield "/api/v1/blocks/{id}", {"id": user}
    yield "/api/v1/reports/{id}", {"id": report}
    yield "/api/v1/me/photos/{id}", {"id": me["photos"][0]["id"]}
    received = ask("/balloons", token)["items"]
    for answer, balloon in zip(("catch", "pop"), received):
        yield f"/api/v1/balloons/{{id}}/{answer}", {"id": balloon["id"]}


def settings(token):
    # It tries cookies too, which are taken from pages of the web alone.
    lines = [f'headers = {{ Authorization = "Bearer {token}", Origin = {json.dumps(os.environ["PUBLIC_WEB_URL"])} }}']
    for path, names in things(token):
        values = ", ".join(f'"path.{name}" = {json.dumps(value, ensure_ascii=False)}' for name, value in names.items())
        lines += ["[[operations]]", f"include-path = {json.dumps(path)}", f"parameters = {{ {values} }}"]
    return "\n".join(lines) + "\n"


def main():
    token = ask("/auth/login", body=PERSON)["token"]
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "schemathesis.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(settings(token))
        st = os.path.join(os.path.dirname(sys.executable), "st")
        words = [st, "--config-file", config, "run", f"{API}/api/openapi.json", "--url", API, "--checks", ",".join(CHECKS)]
        for name in LEFT_OUT:
            words += ["--exclude-operation-id", name]
        sys.exit(os.spawnv(os.P_WAIT, st, words + sys.argv[1:]))


main()
