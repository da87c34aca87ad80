"""How each operation is called, over REST and over the socket. One entry for each."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from tests.integration.matrix.world import OWN_EMOJI, SAID, THUMBNAIL, Scene
from tests.unit import pictures

Make = Callable[[Scene], dict[str, Any]]
Answer = dict[str, Any]


def _nothing(_scene: Scene) -> dict[str, Any]:
    return {}


def _is_shown(_scene: Scene, _answer: Answer) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. Its path and its fields are made for a scene."""

    method: str = ""
    """Of REST; empty for what only the socket can do."""
    path: str = ""
    """With `{names}` of the scene's ids."""
    body: Callable[[Scene], dict[str, Any] | bytes] | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    query: Make = _nothing
    command: str = ""
    """The same act over the socket, if there is one."""
    fields: Make = _nothing
    shows: Callable[[Scene, Answer], bool] = _is_shown
    """Whether the thing that the row is about is in the answer."""
    is_silent: bool = False
    """Done without a trace in the database."""
    needs_socket: bool = False
    """The socket itself answers the command: only a real one can be asked."""

    @property
    def reads(self) -> bool:
        return self.method in {"GET", "HEAD"} or self.is_silent


def _message(scene: Scene) -> dict[str, Any]:
    return {"message_id": str(scene.ids["message"])}


def _channel(scene: Scene) -> dict[str, Any]:
    return {"channel_id": str(scene.ids["channel"])}


def _post(scene: Scene) -> dict[str, Any]:
    text = SAID
    if "everyone" in scene.words:
        text = f"@channel {SAID}"
    fields: dict[str, Any] = {"client_id": str(scene.client_id or uuid.uuid4()), "text": text}
    if "answer" in scene.words or "answering" in scene.words:
        fields["thread_id"] = str(scene.ids["thread"])
    if "loose" in scene.words or "loose_of_other" in scene.words:
        fields["file_ids"] = [str(scene.ids["file"])]
    if "quoting" in scene.words:
        fields["quoted_id"] = str(scene.ids["quoted"])
    if "shown" in scene.words:
        fields["also_to_channel"] = True
    if "sure" in scene.words:
        fields["confirmed"] = True
    return fields


def _edit(_scene: Scene) -> dict[str, Any]:
    return {"text": SAID}


def _emoji(scene: Scene) -> dict[str, Any]:
    return {**_message(scene), "emoji": _emoji_of(scene)}


def _emoji_of(scene: Scene) -> str:
    return "no_such_emoji" if "odd" in scene.words else "tada"


def _read(scene: Scene) -> dict[str, Any]:
    return {"seq": scene.head + (100 if "future" in scene.words else 0)}


def _typing(scene: Scene) -> dict[str, Any]:
    thread = {"thread_id": str(scene.ids["thread"])} if "answer" in scene.words else {}
    return {**_channel(scene), **thread}


def _new_channel(scene: Scene) -> dict[str, Any]:
    kind = "private" if "close" in scene.words else "public"
    return {"name": _name(scene), "kind": kind}


def _name(scene: Scene) -> str:
    # Also the name of what one cannot see is taken.
    return scene.world.taken_name if "taken" in scene.words else "a-new-name"


def _change(scene: Scene) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for word in scene.words:
        match word:
            case "topic":
                wanted["topic"] = "another topic"
            case "name":
                wanted["name"] = _name(scene)
            case "open" | "close":
                wanted["kind"] = "public" if word == "open" else "private"
            case "default":
                wanted["is_default"] = True
    return wanted


def _person(scene: Scene) -> dict[str, Any]:
    return {"user_id": str(scene.ids["person"])}


def _people(scene: Scene) -> dict[str, Any]:
    if "dm" in scene.words:
        return {"user_ids": [str(user_id) for user_id in scene.world.people_of("dm")]}
    return {"user_ids": [str(scene.ids["person"])]}


def _access(scene: Scene) -> dict[str, Any]:
    changes: dict[str, dict[str, Any]] = {
        "demote": {"role": "guest"},
        "promote": {"role": "owner" if "self" in scene.words else "admin"},
        "shut": {"is_active": False},
        "reopen": {"is_active": True},
    }
    return next(changes[word] for word in scene.words if word in changes)


def _invite(scene: Scene) -> dict[str, Any]:
    channels = [str(scene.ids["channel"])] if "channel" in scene.ids else []
    return {"role": "guest" if "demote" in scene.words else "member", "channel_ids": channels}


def _bot(scene: Scene) -> dict[str, Any]:
    username = "colleague" if "taken" in scene.words else "newbot"
    return {"username": username, "display_name": "A bot"}


def _listed(id_of: str) -> Callable[[Scene, Answer], bool]:
    def shows(scene: Scene, answer: Answer) -> bool:
        return str(scene.ids[id_of]) in {one["id"] for one in answer["results"]}

    return shows


def _which_channels(scene: Scene) -> dict[str, Any]:
    if "browse" in scene.words:
        return {"browse": "true"}
    return {"archived": "true"} if "shelf" in scene.words else {}


def _counted(scene: Scene, answer: Answer) -> bool:
    return str(scene.ids["channel"]) in {one["channel_id"] for one in answer["results"]}


def _tells_of(scene: Scene, answer: Answer) -> bool:
    return str(scene.ids["message"]) in {one["message"]["id"] for one in answer["results"]}


def _search(scene: Scene) -> dict[str, Any]:
    wanted = scene.world.told(scene)
    if "within" in scene.words:
        wanted += f" in:{scene.world.places[scene.place].name}"
    return {"limit": 100, "q": quote(wanted)}


def _has_files(scene: Scene, answer: Answer) -> bool:
    found = {one["file"]["id"] for one in answer["results"]}
    files = {what: str(scene.world.files[scene.place, what]) for what in ("filed", "withdrawn")}
    assert files["withdrawn"] not in found
    return files["filed"] in found


def _all(_scene: Scene) -> dict[str, Any]:
    return {"limit": 100}


def _own_membership(scene: Scene) -> dict[str, Any]:
    if "section" in scene.ids:
        return {"section_id": str(scene.ids["section"])}
    return {"is_hidden": True} if "hidden" in scene.words else {"is_muted": True}


def _draft(scene: Scene) -> dict[str, Any]:
    fields: dict[str, Any] = {**_channel(scene), "text": "" if "end" in scene.words else SAID}
    if "thread" in scene.ids:
        fields["thread_id"] = str(scene.ids["thread"])
    return fields


def _new_group(scene: Scene) -> dict[str, Any]:
    handle = "colleague" if "taken" in scene.words else "newgroup"
    return {"handle": handle, "name": "A group", "user_ids": [str(scene.ids["person"])]}


def _group(scene: Scene) -> dict[str, Any]:
    if "person" in scene.ids:
        return {"user_ids": [str(scene.ids["person"])]}
    return {"name": "Another name"}


def _webhook(scene: Scene) -> dict[str, Any]:
    if "target" in scene.ids:
        return {"channel_id": str(scene.ids["target"])}
    return {"name": "Another name"}


def _known(scene: Scene, answer: Answer) -> bool:
    return str(scene.ids["person"]) in answer["users"]


def _synced(scene: Scene, answer: Answer) -> bool:
    return any(page["stream"] == scene.stream for page in answer["pages"])


def _picture(_scene: Scene) -> bytes:
    return PICTURE


def _emoji_name(scene: Scene) -> dict[str, Any]:
    return {"name": OWN_EMOJI if "taken" in scene.words else "another_emoji"}


PICTURE: Final = pictures.saved("PNG", pictures.drawn(20, 20))
BYTES: Final = "application/octet-stream"
TUS: Final = {"Tus-Resumable": "1.0.0"}

OPERATIONS: Final[dict[str, Operation]] = {
    "users_me": Operation(method="GET", path="users/me"),
    "users_list": Operation(
        method="GET", path="users", query=lambda _: {"limit": 100}, shows=_listed("person")
    ),
    "users_get": Operation(method="GET", path="users/{person}"),
    "users_change_me": Operation(
        method="PATCH", path="users/me", body=lambda _: {"title": "of the matrix"}
    ),
    "users_change": Operation(method="PATCH", path="users/{person}", body=_access),
    "presence": Operation(
        method="GET",
        path="presence",
        query=lambda scene: {"user_ids": scene.ids["person"]},
        command="presence.watch",
        fields=lambda scene: {"user_ids": [str(scene.ids["person"])]},
        shows=_known,
        needs_socket=True,
    ),
    "channels_list": Operation(
        method="GET",
        path="channels",
        query=_which_channels,
        shows=_listed("channel"),
    ),
    "channels_get": Operation(method="GET", path="channels/{channel}"),
    "channels_create": Operation(method="POST", path="channels", body=_new_channel),
    "channels_change": Operation(method="PATCH", path="channels/{channel}", body=_change),
    "channels_archive": Operation(method="POST", path="channels/{channel}/archive"),
    "channels_unarchive": Operation(method="POST", path="channels/{channel}/unarchive"),
    "channels_join": Operation(
        method="POST", path="channels/{channel}/join", command="channel.join", fields=_channel
    ),
    "channels_leave": Operation(
        method="POST", path="channels/{channel}/leave", command="channel.leave", fields=_channel
    ),
    "channel_presence": Operation(method="GET", path="channels/{channel}/presence"),
    "members_list": Operation(method="GET", path="channels/{channel}/members"),
    "members_add": Operation(method="POST", path="channels/{channel}/members", body=_person),
    "members_change": Operation(
        method="PATCH", path="channels/{channel}/members/{person}", body=lambda _: {"role": "admin"}
    ),
    "members_remove": Operation(method="DELETE", path="channels/{channel}/members/{person}"),
    "dms_open": Operation(method="POST", path="dms", body=_people),
    "messages_list": Operation(method="GET", path="channels/{channel}/messages"),
    "events_list": Operation(method="GET", path="channels/{channel}/events"),
    "pins_list": Operation(
        method="GET",
        path="channels/{channel}/pins",
        shows=lambda _, answer: bool(answer["results"]),
    ),
    "channel_files_list": Operation(
        method="GET", path="channels/{channel}/files", query=_all, shows=_has_files
    ),
    "messages_get": Operation(method="GET", path="messages/{message}"),
    "messages_history": Operation(method="GET", path="messages/{message}/history"),
    "messages_thread": Operation(method="GET", path="messages/{message}/thread"),
    "unread": Operation(method="GET", path="unread", shows=_counted),
    "channels_read": Operation(
        method="POST",
        path="channels/{channel}/read",
        body=_read,
        command="channel.read",
        fields=lambda scene: {**_channel(scene), **_read(scene)},
    ),
    "search": Operation(method="GET", path="search", query=_search, shows=_tells_of),
    "messages_post": Operation(
        method="POST",
        path="channels/{channel}/messages",
        body=_post,
        command="message.post",
        fields=lambda scene: {**_channel(scene), **_post(scene)},
    ),
    "messages_edit": Operation(
        method="PATCH",
        path="messages/{message}",
        body=_edit,
        command="message.edit",
        fields=lambda scene: {**_message(scene), **_edit(scene)},
    ),
    "messages_delete": Operation(
        method="DELETE", path="messages/{message}", command="message.delete", fields=_message
    ),
    "messages_pin": Operation(
        method="PUT", path="messages/{message}/pin", command="message.pin", fields=_message
    ),
    "messages_unpin": Operation(
        method="DELETE", path="messages/{message}/pin", command="message.unpin", fields=_message
    ),
    "reactions_add": Operation(
        method="PUT",
        path="messages/{message}/reactions/{emoji}",
        command="reaction.add",
        fields=_emoji,
    ),
    "reactions_remove": Operation(
        method="DELETE",
        path="messages/{message}/reactions/{emoji}",
        command="reaction.remove",
        fields=_emoji,
    ),
    "typing.start": Operation(command="typing.start", fields=_typing, is_silent=True),
    "presence.set": Operation(
        command="presence.set", fields=lambda _: {"state": "dnd"}, needs_socket=True
    ),
    "presence.idle": Operation(
        command="presence.idle",
        fields=lambda _: {"is_idle": True},
        is_silent=True,
        needs_socket=True,
    ),
    "sync": Operation(
        command="sync",
        fields=lambda scene: {"cursors": {scene.stream: 0}},
        shows=_synced,
        is_silent=True,
        needs_socket=True,
    ),
    "ping": Operation(command="ping", is_silent=True, needs_socket=True),
    "channels_unread": Operation(
        method="POST",
        path="channels/{channel}/unread",
        body=_read,
        command="channel.unread",
        fields=lambda scene: {**_channel(scene), **_read(scene)},
    ),
    "read_all": Operation(method="POST", path="read-all"),
    "membership_change": Operation(
        method="PATCH", path="channels/{channel}/membership", body=_own_membership
    ),
    "mentions_list": Operation(method="GET", path="mentions", query=_all, shows=_tells_of),
    "threads_list": Operation(
        method="GET",
        path="threads",
        query=_all,
        shows=lambda scene, answer: (
            str(scene.ids["message"]) in {one["root"]["id"] for one in answer["results"]}
        ),
    ),
    "threads_read": Operation(
        method="POST",
        path="messages/{message}/thread/read",
        body=_read,
        command="thread.read",
        fields=lambda scene: {"thread_id": str(scene.ids["message"]), **_read(scene)},
    ),
    "threads_state": Operation(method="GET", path="messages/{message}/follow"),
    "threads_follow": Operation(method="PUT", path="messages/{message}/follow"),
    "threads_unfollow": Operation(method="DELETE", path="messages/{message}/follow"),
    "saved_list": Operation(method="GET", path="saved", query=_all, shows=_tells_of),
    "messages_save": Operation(method="PUT", path="messages/{message}/saved"),
    "messages_unsave": Operation(method="DELETE", path="messages/{message}/saved"),
    "drafts_list": Operation(method="GET", path="drafts", query=_all, shows=_counted),
    "drafts_put": Operation(method="PUT", path="drafts", body=_draft),
    "preferences_get": Operation(method="GET", path="preferences"),
    "preferences_change": Operation(
        method="PATCH", path="preferences", body=lambda _: {"keywords": [SAID]}
    ),
    "sections_list": Operation(method="GET", path="sections", shows=_listed("section")),
    "sections_create": Operation(
        method="POST",
        path="sections",
        body=lambda scene: {"name": "heading" if "taken" in scene.words else "another"},
    ),
    "sections_change": Operation(
        method="PATCH", path="sections/{section}", body=lambda _: {"name": "another"}
    ),
    "sections_delete": Operation(method="DELETE", path="sections/{section}"),
    "groups_list": Operation(method="GET", path="groups", query=_all, shows=_listed("group")),
    "groups_get": Operation(method="GET", path="groups/{group}"),
    "groups_create": Operation(method="POST", path="groups", body=_new_group),
    "groups_change": Operation(method="PATCH", path="groups/{group}", body=_group),
    "groups_delete": Operation(method="DELETE", path="groups/{group}"),
    "webhooks_list": Operation(method="GET", path="webhooks", shows=_listed("webhook")),
    "webhooks_get": Operation(method="GET", path="webhooks/{webhook}"),
    "webhooks_create": Operation(
        method="POST", path="webhooks", body=lambda scene: {**_channel(scene), "name": "A hook"}
    ),
    "webhooks_change": Operation(method="PATCH", path="webhooks/{webhook}", body=_webhook),
    "webhooks_rotate": Operation(method="POST", path="webhooks/{webhook}/rotate"),
    "webhooks_revoke": Operation(method="DELETE", path="webhooks/{webhook}"),
    "tokens_list": Operation(method="GET", path="tokens", shows=_listed("token")),
    "tokens_create": Operation(
        method="POST", path="tokens", body=lambda _: {"name": "of the matrix"}
    ),
    "tokens_revoke": Operation(method="DELETE", path="tokens/{token}"),
    "tickets_create": Operation(method="POST", path="tickets"),
    "files_upload": Operation(
        method="POST",
        path="files",
        query=lambda _: {"name": "a.txt"},
        body=lambda _: SAID.encode(),
        content_type=BYTES,
    ),
    "files_get": Operation(method="GET", path="files/{file}"),
    "files_thumbnail": Operation(method="GET", path=f"files/{{file}}/thumbnail/{THUMBNAIL}"),
    "uploads_create": Operation(
        method="POST", path="uploads", headers={**TUS, "Upload-Length": "10"}
    ),
    "uploads_get": Operation(method="GET", path="uploads/{upload}", headers=TUS),
    "uploads_offset": Operation(method="HEAD", path="uploads/{upload}", headers=TUS),
    "uploads_append": Operation(
        method="PATCH",
        path="uploads/{upload}",
        body=lambda _: b"piece",
        content_type="application/offset+octet-stream",
        headers={**TUS, "Upload-Offset": "0"},
    ),
    "uploads_cancel": Operation(method="DELETE", path="uploads/{upload}", headers=TUS),
    "avatar_change": Operation(
        method="PUT", path="users/me/avatar", body=_picture, content_type=BYTES
    ),
    "avatar_remove": Operation(method="DELETE", path="users/me/avatar"),
    "avatar_get": Operation(method="GET", path="users/{person}/avatar"),
    "emoji_list": Operation(method="GET", path="emoji"),
    "emoji_add": Operation(
        method="POST", path="emoji", query=_emoji_name, body=_picture, content_type=BYTES
    ),
    "emoji_delete": Operation(method="DELETE", path="emoji/{own_emoji}"),
    "emoji_image": Operation(method="GET", path="emoji/{own_emoji}/image"),
    "workspace_get": Operation(method="GET", path="workspace"),
    "workspace_change": Operation(
        method="PATCH", path="workspace", body=lambda _: {"name": "Another name"}
    ),
    "invites_list": Operation(method="GET", path="invites", shows=_listed("invite")),
    "invites_create": Operation(method="POST", path="invites", body=_invite),
    "invites_revoke": Operation(method="DELETE", path="invites/{invite}"),
    "bots_list": Operation(method="GET", path="bots", shows=_listed("person")),
    "bots_create": Operation(method="POST", path="bots", body=_bot),
    "bot_tokens_list": Operation(method="GET", path="bots/{person}/tokens", shows=_listed("token")),
    "bot_tokens_create": Operation(
        method="POST", path="bots/{person}/tokens", body=lambda _: {"name": "of the matrix"}
    ),
    "bot_tokens_revoke": Operation(method="DELETE", path="bots/{person}/tokens/{token}"),
}


def address(operation: Operation, scene: Scene) -> str:
    """Return the path of an operation in a scene, with its query."""
    path = operation.path.format(**scene.ids, emoji=_emoji_of(scene))
    query = "&".join(f"{name}={value}" for name, value in operation.query(scene).items())
    return f"{path}?{query}" if query else path


def frame(operation: Operation, scene: Scene) -> str:
    """Return the command for the socket."""
    return json.dumps({"type": operation.command, "id": "1", **operation.fields(scene)})
