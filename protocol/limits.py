"""Every limit is one number here, and Python, REST and the browser all read it from here."""

from typing import Final

FRAME_MAX_BYTES: Final = 64 * 1024
"""A command frame larger than this is answered by `too_large`."""

TEXT_MAX_CHARS: Final = 10_000
"""Code points in a message."""

NAME_MAX_CHARS: Final = 80
"""Code points in the name of a channel or a person."""

TOPIC_MAX_CHARS: Final = 250
DESCRIPTION_MAX_CHARS: Final = 1_000
USERNAME_MAX_CHARS: Final = 40
TOKEN_NAME_MAX_CHARS: Final = 80
PRONOUNS_MAX_CHARS: Final = 40
ABOUT_MAX_CHARS: Final = 1_000
LOCALE_MAX_CHARS: Final = 35
STATUS_MAX_CHARS: Final = 100
"""Code points in what somebody says they are doing."""

IDLE_SECONDS: Final = 600
"""Without input for this long, nobody is at a device."""

INVITE_CHANNELS_MAX: Final = 50
"""Channels into which one invite leads."""

EMAIL_DOMAINS_MAX: Final = 50
"""E-mail domains whose people may sign up."""

WEBHOOK_PER_SECOND: Final = 1
WEBHOOK_BURST: Final = 20
"""Deliveries to one incoming webhook: so many at once, and so many a second for ever."""

COMMAND_ID_MAX_CHARS: Final = 64

PAGE_SIZE_DEFAULT: Final = 50
PAGE_SIZE_MAX: Final = 100
"""Rows in one REST page."""

SEARCH_MAX_CHARS: Final = 500
"""Code points in a search."""

SEARCH_PARTS_MAX: Final = 20
"""Words, phrases and filters in one search."""

SYNC_PAGE_EVENTS: Final = 200
"""Events in one `page` frame."""

SYNC_PAGE_BYTES: Final = 512 * 1024
"""Bytes of events in one `page` frame: the server cannot send a frame of over 1 MiB."""

SYNC_BEHIND_MAX: Final = 1_000
"""A cursor further behind than this is answered by `reset`."""

SYNC_STREAMS_MAX: Final = 2_000
"""Cursors in one `sync`."""

WATCH_MAX_USERS: Final = 200
"""People in one `presence.watch`."""

ONLINE_LISTED_MAX: Final = 500
"""People who are online in a channel and are named; of more there is a count alone."""

MENTIONS_MAX: Final = 50
"""People and groups whom one message can mention by name."""

GROUP_MAX_USERS: Final = 200
"""People in a group that is mentioned by one name."""

BROAD_MENTION_CONFIRM: Final = 6
"""More people than this in a channel: `@channel` and `@here` must be confirmed."""

DIRECT_MAX_USERS: Final = 9
"""People in a direct conversation, with oneself."""

EMOJI_MAX_CHARS: Final = 64
REACTIONS_MAX: Final = 50
"""Different emoji under one message."""

PINS_MAX: Final = 100
"""Pinned messages in one channel."""

REPLIERS_SHOWN: Final = 5
"""People whom a thread's root names as having replied last."""

KEYWORDS_MAX: Final = 50
KEYWORD_MAX_CHARS: Final = 80
SECTIONS_MAX: Final = 50
DRAFTS_MAX: Final = 200
"""Of one person. Then the oldest goes."""

GROUPS_MAX: Final = 500
"""Groups of people in the workspace."""

UNREAD_THREADS_MAX: Final = 200
"""Threads that the overview of what is unread counts, the latest first."""

FOLLOWED_THREADS_MAX: Final = 300
"""Followed threads that the overview of what is unread names, those followed last."""

FILES_PER_MESSAGE: Final = 10

HEARTBEAT_SECONDS: Final = 15
"""A client sends `ping` when it has said nothing for this long."""

TICKET_SECONDS: Final = 30
"""A ticket for a socket can be used once, and only this long."""

TYPING_SECONDS: Final = 6
"""`typing.started` is true for this long unless it is repeated."""

TYPING_REPEAT_SECONDS: Final = 3
"""A client that goes on typing says so once in this time."""

RECONNECT_MAX_SECONDS: Final = 30
"""The longest a client waits before it tries again, before jitter."""

CALM_SECONDS: Final = 60
"""A connection that lived this long sets a client's backoff back to its start."""

SOCKETS_PER_USER: Final = 50
"""Open sockets of one person on one process. The next is closed with 4429."""

REST_PER_SECOND: Final = 20
REST_BURST: Final = 300
"""Requests of one person over REST: so many at once, and so many a second for ever."""

FLOOD_MAX: Final = 300
"""Commands refused as too fast within a minute after which a socket is closed."""

BAD_FRAMES_MAX: Final = 50
"""Bad frames within a minute after which a socket is closed as abuse."""

FILE_NAME_MAX_CHARS: Final = 200
"""Code points in the name of a file."""

UPLOAD_PIECE_MAX_BYTES: Final = 8 * 1024 * 1024
"""Bytes in one piece of a resumable upload."""

EMOJI_NAME_MAX_CHARS: Final = 40
EMOJI_MAX_BYTES: Final = 256 * 1024
"""Bytes of the picture that a custom emoji is made from."""

AVATAR_MAX_BYTES: Final = 5 * 1024 * 1024
"""Bytes of the picture that an avatar is made from."""
