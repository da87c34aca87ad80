"""Bringing in files, as programs do."""

import base64
import uuid
from typing import Any

from django.test import Client

from accounts import tokens
from accounts.models import User
from chat.models import Channel
from tests.integration import working

Answer = tuple[int, dict[str, Any]]
TUS: dict[str, Any] = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


class Uploader:
    """A client of one person that sends and gets bytes."""

    def __init__(self, user: User) -> None:
        _, secret = tokens.issue(user_id=user.pk, name="test", expires_at=None)
        self._client = Client(headers={"Authorization": f"Bearer {secret}"})

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "application/octet-stream",
        **headers: Any,
    ) -> Any:
        response: Any = self._client.generic(
            method,
            f"/api/v1/{path}",
            data=body,
            content_type=kind,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            # Django's client leaves these out where there is no body.
            CONTENT_TYPE=kind,
            CONTENT_LENGTH=str(len(body)),
        )
        if response.streaming:
            # Read to its end, as a client does.
            response.streaming_content = [b"".join(response)]
        return response

    def json(self, method: str, path: str, body: object = None) -> Answer:
        import msgspec

        response = self.ask(
            method,
            path,
            msgspec.json.encode(body) if body is not None else b"",
            kind="application/json",
        )
        return response.status_code, response.json() if response.content else {}

    def upload(self, data: bytes, name: str = "file.bin") -> Answer:
        from urllib.parse import quote

        response = self.ask("POST", f"files?name={quote(name)}", data)
        return response.status_code, response.json()

    def uploaded(self, data: bytes, name: str = "file.bin") -> str:
        status, answer = self.upload(data, name)
        assert status == 201, answer
        return str(answer["id"])

    def get(self, file_id: str, **headers: Any) -> Any:
        return self.ask("GET", f"files/{file_id}", **headers)

    def bytes_of(self, file_id: str) -> bytes:
        response = self.get(file_id)
        assert response.status_code == 200, response.content
        return bytes(response.getvalue())

    def post(self, channel: Channel, file_ids: list[str], text: str = "") -> Answer:
        said = {"client_id": str(uuid.uuid4()), "text": text, "file_ids": file_ids}
        return self.json("POST", f"channels/{channel.pk}/messages", said)

    def begin(self, size: int, name: str = "file.bin") -> str:
        response = self.ask(
            "POST",
            "uploads",
            **TUS,
            Upload_Length=str(size),
            Upload_Metadata=f"filename {base64.b64encode(name.encode()).decode()}",
        )
        assert response.status_code == 201, response.content
        return str(response["Location"].rpartition("/")[2])

    def append(self, upload_id: str, offset: int, piece: bytes) -> Any:
        return self.ask(
            "PATCH", f"uploads/{upload_id}", piece, kind=PIECE, **TUS, Upload_Offset=str(offset)
        )


def code(answer: dict[str, Any]) -> str:
    return str(answer["error"]["code"])


def work() -> int:
    """Do what waits to be done."""
    return working.drain()
