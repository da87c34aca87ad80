"""What belongs to one person, as the wire shows it. Nothing else makes these records."""

from chat import serialize
from chat.inboxes import CalledRow, ThreadRow, ThreadUnreadRow
from chat.models import Draft, SavedMessage, Section, ThreadFollow, UserGroup
from protocol import personal


def draft(row: Draft) -> personal.Draft:
    return personal.Draft(
        channel_id=str(row.channel_id),
        thread_id=None if row.thread_id is None else str(row.thread_id),
        text=row.text,
        version=row.version,
        updated_at=row.updated_at,
    )


def section(row: Section) -> personal.Section:
    return personal.Section(
        id=str(row.pk), name=row.name, position=row.position, is_collapsed=row.is_collapsed
    )


def saved_message(row: SavedMessage) -> personal.SavedMessage:
    return personal.SavedMessage(
        message=serialize.stored_message(row.message), saved_at=row.saved_at
    )


def thread_state(row: ThreadFollow) -> personal.ThreadState:
    return personal.ThreadState(
        root_id=str(row.root_id),
        channel_id=str(row.channel_id),
        is_following=row.is_following,
        read_seq=row.read_seq,
    )


def thread_unread(row: ThreadUnreadRow) -> personal.ThreadUnread:
    return personal.ThreadUnread(
        root_id=str(row.root_id),
        channel_id=str(row.channel_id),
        replies=row.replies,
        mentions=row.mentions,
        read_seq=row.read_seq,
        last_reply_seq=row.last_reply_seq,
    )


def thread_entry(row: ThreadRow) -> personal.ThreadEntry:
    return personal.ThreadEntry(
        root=serialize.stored_message(row.root),
        latest=[serialize.stored_message(reply) for reply in row.latest],
        unread=thread_unread(row.unread),
    )


def mention_entry(row: CalledRow) -> personal.MentionEntry:
    return personal.MentionEntry(
        message=serialize.stored_message(row.message), reason=row.reason, is_unread=row.is_unread
    )


def user_group(row: UserGroup, *, user_ids: list[int]) -> personal.UserGroup:
    return personal.UserGroup(
        id=str(row.pk),
        handle=row.handle,
        name=row.name,
        user_ids=[str(user_id) for user_id in user_ids],
    )
