"""Statements that fill the tables of a database past the program: a million rows in seconds.

For what is measured and thrown away.
"""

from typing import Final

from protocol.describing import wire_type
from protocol.events import MessagePosted

_NUMBERS: Final = {
    "sqlite": (
        "WITH RECURSIVE numbers (n) AS"
        " (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
    ),
    "postgresql": "WITH numbers (n) AS (SELECT generate_series({first}, {last}))",
}
_WORDS: Final = {
    "sqlite": {
        "uuid": "lower(hex(randomblob(16)))",
        "at": "strftime('%Y-%m-%d %H:%M:%S', 1704067200 + n, 'unixepoch')",
        "false": "0",
        "true": "1",
    },
    "postgresql": {
        "uuid": "gen_random_uuid()",
        "at": "timestamptz '2024-01-01' + n * interval '1 second'",
        "false": "false",
        "true": "true",
    },
}

_MESSAGES: Final = """
{numbers}
INSERT INTO chat_message (channel_id, seq, author_id, client_id, sender_name, sender_emoji,
    also_to_channel, text, html, html_version, broad_mention, version, created_at, reply_count,
    last_reply_seq, replier_ids)
SELECT {channel_id}, n, {author_id}, {uuid}, '', '', {false}, 'message ' || n,
    '<p>message ' || n || '</p>', 1, '', 1, {at}, 0, 0, '[]'
FROM numbers
"""
_EVENTS: Final = """
{numbers}
INSERT INTO realtime_event (stream_id, seq, type, at, opens, opens_after, closes, rewrites, payload)
SELECT {stream_id}, n, '{type}', {at}, '', 0, '', {false}, '{{"type":"{type}"}}'
FROM numbers
"""
_HEAD: Final = """
INSERT INTO realtime_stream (name, last_seq, last_at_us) VALUES ('c:{channel_id}', {last}, 0)
ON CONFLICT (name) DO UPDATE SET last_seq = excluded.last_seq
"""
_CHANNELS: Final = """
{numbers}
INSERT INTO chat_channel (id, name, kind, topic, description, posting, created_at, is_default)
SELECT n, 'filled ' || n, 'public', '', '', 'everyone', {at}, {false} FROM numbers
"""
_STREAMS: Final = """
{numbers}
INSERT INTO realtime_stream (name, last_seq, last_at_us) SELECT 'c:' || n, {seqs}, 0 FROM numbers
"""
_MEMBERSHIPS: Final = """
{numbers}
INSERT INTO chat_membership (channel_id, user_id, role, read_seq, joined_at, level, is_muted,
    is_favourite, is_hidden)
SELECT n, {user_id}, 'member', {read_seq}, {at}, 'default', {false}, {false}, {false} FROM numbers
"""
_MENTIONS: Final = """
INSERT INTO chat_mention (message_id, user_id, channel_id, seq, reason)
SELECT id, {user_id}, channel_id, seq, 'name' FROM chat_message WHERE channel_id = {channel_id}
"""
_PEOPLE: Final = """
{numbers}
INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, date_joined, username,
    display_name, email, role, is_bot, is_pending, title, pronouns, about, time_zone, locale,
    avatar, status_emoji, status_text, presence_choice, presence_version)
SELECT n, '!', {false}, {false}, {true}, {at}, 'filled-' || n, 'Filled ' || n, 'filled-' || n ||
    '@example.org', 'member', {false}, {false}, '', '', '', '', '', '', '', '', 'auto', 0
FROM numbers
"""
_FILES: Final = """
{numbers}
INSERT INTO files_file (owner_id, key, name, content_type, size, digest, state, colour, thumbnails,
    created_at)
SELECT {owner_id}, 'filled/' || n, 'minutes.pdf', 'application/pdf', n, '', 'ready', '', '[]', {at}
FROM numbers
"""
_TOKENS: Final = """
{numbers}
INSERT INTO accounts_token (user_id, name, prefix, digest, scopes, created_at)
SELECT {user_id}, 'filled', 'ply_' || n, 'filled-' || n, 'read', {at} FROM numbers
"""
_INVITES: Final = """
{numbers}
INSERT INTO accounts_invite (digest, note, role, created_by_id, created_at, uses)
SELECT 'filled-' || n, 'For team ' || n, 'member', {user_id}, {at}, 0 FROM numbers
"""


def _statement(text: str, vendor: str, *, first: int = 1, last: int = 1, **more: int) -> str:
    numbers = _NUMBERS[vendor].format(first=first, last=last)
    return text.format(
        numbers=numbers, last=last, type=wire_type(MessagePosted), **_WORDS[vendor], **more
    )


def messages(vendor: str, *, channel_id: int, author_id: int, first: int, last: int) -> list[str]:
    """Return what writes messages with these seqs into a channel, and moves its head there."""
    return [
        _statement(
            _MESSAGES, vendor, channel_id=channel_id, author_id=author_id, first=first, last=last
        ),
        _statement(_HEAD, vendor, channel_id=channel_id, last=last),
    ]


def events(vendor: str, *, stream_id: int, first: int, last: int) -> list[str]:
    """Return what writes events into a stream."""
    return [_statement(_EVENTS, vendor, stream_id=stream_id, first=first, last=last)]


def channels(vendor: str, *, first: int, last: int, seqs: int) -> list[str]:
    """Return what makes channels with these ids, each of which says that it has so many events."""
    return [
        _statement(_CHANNELS, vendor, first=first, last=last),
        _statement(_STREAMS, vendor, first=first, last=last, seqs=seqs),
    ]


def memberships(vendor: str, *, user_id: int, first: int, last: int, read_seq: int) -> list[str]:
    """Return what lets a person into the channels with these ids."""
    return [
        _statement(_MEMBERSHIPS, vendor, user_id=user_id, first=first, last=last, read_seq=read_seq)
    ]


def mentions(*, channel_id: int, user_id: int) -> list[str]:
    """Return what lets every message of a channel call a person."""
    return [_MENTIONS.format(channel_id=channel_id, user_id=user_id)]


def people(vendor: str, *, first: int, last: int) -> list[str]:
    """Return what makes people with these ids, who are in no channel."""
    return [_statement(_PEOPLE, vendor, first=first, last=last)]


def files(vendor: str, *, owner_id: int, first: int, last: int) -> list[str]:
    """Return what gives somebody so many files, of which there is nothing in the storage."""
    return [_statement(_FILES, vendor, first=first, last=last, owner_id=owner_id)]


def tokens(vendor: str, *, user_id: int, first: int, last: int) -> list[str]:
    """Return what gives somebody so many tokens that nobody can use."""
    return [_statement(_TOKENS, vendor, first=first, last=last, user_id=user_id)]


def invites(vendor: str, *, user_id: int, first: int, last: int) -> list[str]:
    """Return what makes so many invites of somebody that nobody can use."""
    return [_statement(_INVITES, vendor, first=first, last=last, user_id=user_id)]
