"""The rules as a table. Written by hand, never recorded from the program.

The points of view, in the order of the columns:

    nobody   a  nobody has signed in             n  was deactivated; was in every place
             p  has given a password, and no second factor yet; is in every place
    guests   i  a guest inside                   o  a guest who is only elsewhere
    members  i  a member inside                  o  a member who never was inside
             x  a member who was inside, wrote there and was removed
    keepers  a  an admin of the channel          o  the owner of the channel
    admins   i  an admin of the workspace inside o  another one outside
             w  an owner of the workspace outside
    bots     i  a bot inside
    tokens   r  the member inside, with a token for reading only
             w  the admin inside, with a token that may do all but manage the workspace

The cells:

    +  done: something changed, or the thing is shown
    0  answered, but nothing changed, or the thing is not in what is shown
    -  401 unauthenticated       4  404 not_found: as if it did not exist
    m  403 not_a_member          f  403 forbidden
    s  403 insufficient_scope    x  409 for another reason: a name that is taken …
    a  409 channel_archived      v  400 invalid
    .  does not occur

What stands in the second column is put together from words; `world.py` knows them.
"""

from dataclasses import dataclass
from typing import Final

VIEWS: Final = (
    "anonymous",
    "deactivated",
    "pending",
    "guest_in",
    "guest_out",
    "member_in",
    "member_out",
    "ex_member",
    "channel_admin",
    "channel_owner",
    "admin_in",
    "admin_out",
    "owner_out",
    "bot_in",
    "reader_in",
    "writer_in",
)

TABLE: Final = """
                                        nobody guests members keepers admins bots tokens
                                        a n p  i o    i o x   a o     i o w  i    r w
── People ──────────────────────────────────────────────────────────────────────────────
users_me          -                     - - -  + +    + + +   + +     + + +  +    + +
users_list        colleague             - - -  + 0    + + +   + +     + + +  +    + +
users_list        newcomer              - - -  0 0    + + +   + +     + + +  +    + +
users_get         colleague             - - -  + 4    + + +   + +     + + +  +    + +
users_get         newcomer              - - -  4 4    + + +   + +     + + +  +    + +
users_get         departed              - - -  4 4    + + +   + +     + + +  +    + +
users_change_me   -                     - - -  + +    + + +   + +     + + +  +    s +
users_change      colleague/demote      - - -  f f    f f f   f f     + + +  f    s s
users_change      colleague/promote     - - -  f f    f f f   f f     f f +  f    s s
users_change      colleague/shut        - - -  f f    f f f   f f     + + +  f    s s
users_change      departed/reopen       - - -  f f    f f f   f f     + + +  f    s s
users_change      admin_in/demote       - - -  f f    f f f   f f     f f +  f    s s
users_change      admin_in/shut         - - -  f f    f f f   f f     f f +  f    s s
users_change      owner_out/demote      - - -  f f    f f f   f f     f f f  f    s s
users_change      owner_out/shut        - - -  f f    f f f   f f     f f f  f    s s
users_change      bot_in/shut           - - -  f f    f f f   f f     + + +  f    s s
users_change      bot_in/promote        - - -  f f    f f f   f f     f f f  f    s s
users_change      self/promote          - - -  f f    f f f   f f     f f 0  f    s s
users_change      nobody/shut           - - -  f f    f f f   f f     4 4 4  f    s s
presence          colleague             - - -  + 0    + 0 0   + +     + 0 0  +    + +
presence          newcomer              - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
presence          self                  - - -  + +    + + +   + +     + + +  +    + +
presence.set      -                     - - -  + +    + + +   + +     + + +  +    s +
presence.idle     -                     - - -  + +    + + +   + +     + + +  +    s +

── Channels ────────────────────────────────────────────────────────────────────────────
channels_list     public                - - -  + 0    + 0 0   + +     + 0 0  +    + +
channels_list     private               - - -  + 0    + 0 0   + +     + 0 0  +    + +
channels_list     archived              - - -  + 0    + 0 0   + +     + 0 0  +    + +
channels_list     vault                 - - -  + 0    + 0 0   + +     + 0 0  +    + +
channels_list     dm                    - - -  + 0    + 0 0   + +     + 0 0  +    + +
channels_list     others                - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
channels_list     public/browse         - - -  0 0    0 + +   0 0     0 + +  0    0 0
channels_list     private/browse        - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
channels_list     archived/browse       - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
channels_list     others/browse         - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
channels_list     public/shelf          - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
channels_list     archived/shelf        - - -  + 0    + + +   + +     + + +  +    + +
channels_list     vault/shelf           - - -  + 0    + 0 0   + +     + 0 0  +    + +
channels_get      public                - - -  + 4    + + +   + +     + + +  +    + +
channels_get      private               - - -  + 4    + 4 4   + +     + 4 4  +    + +
channels_get      announce              - - -  + 4    + + +   + +     + + +  +    + +
channels_get      archived              - - -  + 4    + + +   + +     + + +  +    + +
channels_get      vault                 - - -  + 4    + 4 4   + +     + 4 4  +    + +
channels_get      dm                    - - -  + 4    + 4 4   + +     + 4 4  +    + +
channels_get      others                - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
channels_create   open                  - - -  f f    + + +   + +     + + +  +    s +
channels_create   close                 - - -  f f    + + +   + +     + + +  +    s +
channels_create   open/taken            - - -  f f    x x x   x x     x x x  x    s x
channels_change   public/topic          - - -  + 4    + m m   + +     + + +  +    s +
channels_change   private/topic         - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_change   announce/topic        - - -  f 4    f m m   + +     + + +  f    s +
channels_change   archived/topic        - - -  a 4    a m m   a a     a a a  a    s a
channels_change   vault/topic           - - -  a 4    a 4 4   a a     a 4 4  a    s a
channels_change   dm/topic              - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_change   others/topic          - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
channels_change   public/name           - - -  f 4    f m m   + +     + + +  f    s +
channels_change   private/name          - - -  f 4    f 4 4   + +     + 4 4  f    s +
channels_change   archived/name         - - -  f 4    f m m   a a     a a a  f    s a
channels_change   vault/name            - - -  f 4    f 4 4   a a     a 4 4  f    s a
channels_change   dm/name               - - -  f 4    f 4 4   f f     f 4 4  f    s f
channels_change   others/name           - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
channels_change   public/name/taken     - - -  f 4    f m m   x x     x x x  f    s x
channels_change   private/name/taken    - - -  f 4    f 4 4   x x     x 4 4  f    s x
channels_change   public/close          - - -  f 4    f m m   + +     + + +  f    s +
channels_change   private/open          - - -  f 4    f 4 4   f f     + 4 4  f    s +
channels_change   public/default        - - -  f 4    f m m   f f     + + +  f    s +
channels_change   private/default       - - -  f 4    f 4 4   f f     v 4 4  f    s v
channels_archive  public                - - -  f 4    f m m   + +     + + +  f    s +
channels_archive  private               - - -  f 4    f 4 4   + +     + 4 4  f    s +
channels_archive  archived              - - -  f 4    f m m   0 0     0 0 0  f    s 0
channels_archive  dm                    - - -  f 4    f 4 4   f f     f 4 4  f    s f
channels_archive  others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
channels_unarchive public                - - -  f 4    f m m   0 0     0 0 0  f    s 0
channels_unarchive archived              - - -  f 4    f m m   + +     + + +  f    s +
channels_unarchive vault                 - - -  f 4    f 4 4   + +     + 4 4  f    s +
channels_unarchive dm                    - - -  f 4    f 4 4   f f     f 4 4  f    s f
channels_unarchive others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4

── Coming and going ────────────────────────────────────────────────────────────────────
channels_join     public                - - -  0 4    0 + +   0 0     0 + +  0    s 0
channels_join     private               - - -  0 4    0 4 4   0 0     0 4 4  0    s 0
channels_join     announce              - - -  0 4    0 + +   0 0     0 + +  0    s 0
channels_join     archived              - - -  a 4    a a a   a a     a a a  a    s a
channels_join     vault                 - - -  a 4    a 4 4   a a     a 4 4  a    s a
channels_join     dm                    - - -  0 4    0 4 4   0 0     0 4 4  0    s 0
channels_join     others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
channels_leave    public                - - -  + 4    + m m   + +     + m m  +    s +
channels_leave    private               - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_leave    archived              - - -  + 4    + m m   + +     + m m  +    s +
channels_leave    dm                    - - -  f 4    f 4 4   f f     f 4 4  f    s f
channels_leave    others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
channel_presence  public                - - -  + 4    + m m   + +     + m m  +    + +
channel_presence  private               - - -  + 4    + 4 4   + +     + 4 4  +    + +
channel_presence  announce              - - -  + 4    + m m   + +     + m m  +    + +
channel_presence  archived              - - -  + 4    + m m   + +     + m m  +    + +
channel_presence  vault                 - - -  + 4    + 4 4   + +     + 4 4  +    + +
channel_presence  dm                    - - -  + 4    + 4 4   + +     + 4 4  +    + +
channel_presence  others                - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
members_list      public                - - -  + 4    + + +   + +     + + +  +    + +
members_list      private               - - -  + 4    + 4 4   + +     + 4 4  +    + +
members_list      announce              - - -  + 4    + + +   + +     + + +  +    + +
members_list      archived              - - -  + 4    + + +   + +     + + +  +    + +
members_list      vault                 - - -  + 4    + 4 4   + +     + 4 4  +    + +
members_list      dm                    - - -  + 4    + 4 4   + +     + 4 4  +    + +
members_list      others                - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
members_add       public/newcomer       - - -  f 4    + m m   + +     + + +  +    s +
members_add       public/colleague      - - -  f 4    0 m m   0 0     0 0 0  0    s 0
members_add       public/departed       - - -  f 4    4 m m   4 4     4 4 4  4    s 4
members_add       private/newcomer      - - -  f 4    + 4 4   + +     + 4 4  +    s +
members_add       announce/newcomer     - - -  f 4    + m m   + +     + + +  +    s +
members_add       archived/newcomer     - - -  a 4    a m m   a a     a a a  a    s a
members_add       vault/newcomer        - - -  a 4    a 4 4   a a     a 4 4  a    s a
members_add       dm/newcomer           - - -  f 4    f 4 4   f f     f 4 4  f    s f
members_add       others/newcomer       - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
members_change    public/colleague      - - -  f 4    f m m   f +     + + +  f    s +
members_change    public/keeper         - - -  f 4    f m m   f +     + + +  f    s +
members_change    public/newcomer       - - -  f 4    f m m   f 4     4 4 4  f    s 4
members_change    private/colleague     - - -  f 4    f 4 4   f +     + 4 4  f    s +
members_change    dm/colleague          - - -  f 4    f 4 4   f f     f 4 4  f    s f
members_change    others/colleague      - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
members_remove    public/colleague      - - -  f 4    f m m   + +     + + +  f    s +
members_remove    public/keeper         - - -  f 4    f m m   f +     + + +  f    s +
members_remove    public/newcomer       - - -  f 4    f m m   4 4     4 4 4  f    s 4
members_remove    public/self           - - -  + 4    + m m   + +     + m m  +    s +
members_remove    private/colleague     - - -  f 4    f 4 4   + +     + 4 4  f    s +
members_remove    private/self          - - -  + 4    + 4 4   + +     + 4 4  +    s +
members_remove    archived/colleague    - - -  f 4    f m m   + +     + + +  f    s +
members_remove    dm/colleague          - - -  f 4    f 4 4   f f     f 4 4  f    s f
members_remove    dm/self               - - -  f 4    f 4 4   f f     f 4 4  f    s f
members_remove    others/colleague      - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
dms_open          colleague             - - -  + 4    + + +   + +     + + +  +    s +
dms_open          newcomer              - - -  4 4    + + +   + +     + + +  +    s +
dms_open          departed              - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
dms_open          self                  - - -  + +    + + +   + +     + + +  +    s +
dms_open          dm                    - - -  0 4    0 + +   0 0     0 + +  0    s 0

── Reading ─────────────────────────────────────────────────────────────────────────────
messages_list     public                - - -  + 4    + + +   + +     + + +  +    + +
messages_list     private               - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_list     announce              - - -  + 4    + + +   + +     + + +  +    + +
messages_list     archived              - - -  + 4    + + +   + +     + + +  +    + +
messages_list     vault                 - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_list     dm                    - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_list     others                - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
events_list       public                - - -  + 4    + + +   + +     + + +  +    + +
events_list       private               - - -  + 4    + 4 4   + +     + 4 4  +    + +
events_list       announce              - - -  + 4    + + +   + +     + + +  +    + +
events_list       archived              - - -  + 4    + + +   + +     + + +  +    + +
events_list       vault                 - - -  + 4    + 4 4   + +     + 4 4  +    + +
events_list       dm                    - - -  + 4    + 4 4   + +     + 4 4  +    + +
events_list       others                - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
pins_list         public                - - -  + 4    + + +   + +     + + +  +    + +
pins_list         private               - - -  + 4    + 4 4   + +     + 4 4  +    + +
pins_list         archived              - - -  + 4    + + +   + +     + + +  +    + +
pins_list         vault                 - - -  + 4    + 4 4   + +     + 4 4  +    + +
pins_list         dm                    - - -  + 4    + 4 4   + +     + 4 4  +    + +
pins_list         others                - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
channel_files_list public                - - -  + 4    + + +   + +     + + +  +    + +
channel_files_list private               - - -  + 4    + 4 4   + +     + 4 4  +    + +
channel_files_list archived              - - -  + 4    + + +   + +     + + +  +    + +
channel_files_list vault                 - - -  + 4    + 4 4   + +     + 4 4  +    + +
channel_files_list dm                    - - -  + 4    + 4 4   + +     + 4 4  +    + +
channel_files_list others                - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
messages_get      public/theirs         - - -  + 4    + + +   + +     + + +  +    + +
messages_get      public/deleted        - - -  + 4    + + +   + +     + + +  +    + +
messages_get      private/theirs        - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_get      private/deleted       - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_get      private/own           - - -  + .    + . 4   + +     + . .  +    + +
messages_get      archived/theirs       - - -  + 4    + + +   + +     + + +  +    + +
messages_get      vault/theirs          - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_get      dm/theirs             - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_get      others/theirs         - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
messages_history  public/edited         - - -  + 4    + + +   + +     + + +  +    + +
messages_history  public/deleted        - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
messages_history  private/edited        - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_history  vault/edited          - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_history  dm/edited             - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_history  others/edited         - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
messages_thread   public/root           - - -  + 4    + + +   + +     + + +  +    + +
messages_thread   private/root          - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_thread   private/own           - - -  + .    + . 4   + +     + . .  +    + +
messages_thread   vault/root            - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_thread   dm/root               - - -  + 4    + 4 4   + +     + 4 4  +    + +
messages_thread   others/root           - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
unread            public                - - -  + 0    + 0 0   + +     + 0 0  +    + +
unread            private               - - -  + 0    + 0 0   + +     + 0 0  +    + +
unread            vault                 - - -  + 0    + 0 0   + +     + 0 0  +    + +
unread            dm                    - - -  + 0    + 0 0   + +     + 0 0  +    + +
unread            others                - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
channels_read     public                - - -  + 4    + m m   + +     + m m  +    s +
channels_read     public/future         - - -  v 4    v m m   v v     v m m  v    s v
channels_read     private               - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_read     archived              - - -  + 4    + m m   + +     + m m  +    s +
channels_read     vault                 - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_read     dm                    - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_read     others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
search            public/theirs         - - -  + 0    + + +   + +     + + +  +    + +
search            public/edited         - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
search            public/deleted        - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
search            private/theirs        - - -  + 0    + 0 0   + +     + 0 0  +    + +
search            archived/theirs       - - -  + 0    + + +   + +     + + +  +    + +
search            vault/theirs          - - -  + 0    + 0 0   + +     + 0 0  +    + +
search            dm/theirs             - - -  + 0    + 0 0   + +     + 0 0  +    + +
search            others/theirs         - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
search            public/theirs/within  - - -  + v    + + +   + +     + + +  +    + +
search            private/theirs/within - - -  + v    + v v   + +     + v v  +    + +
search            vault/theirs/within   - - -  + v    + v v   + +     + v v  +    + +

── Writing ─────────────────────────────────────────────────────────────────────────────
messages_post     public                - - -  + 4    + m m   + +     + m m  +    s +
messages_post     private               - - -  + 4    + 4 4   + +     + 4 4  +    s +
messages_post     announce              - - -  f 4    f m m   + +     + m m  f    s +
messages_post     announce/answer       - - -  + 4    + m m   + +     + m m  +    s +
messages_post     announce/answer/shown - - -  f 4    f m m   + +     + m m  f    s +
messages_post     archived              - - -  a 4    a m m   a a     a m m  a    s a
messages_post     archived/answer       - - -  a 4    a m m   a a     a m m  a    s a
messages_post     vault                 - - -  a 4    a 4 4   a a     a 4 4  a    s a
messages_post     dm                    - - -  + 4    + 4 4   + +     + 4 4  +    s +
messages_post     others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_post     others/answer         - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_post     public/answering      - - -  4 4    4 m m   4 4     4 m m  4    s 4
messages_post     public/quoting        - - -  4 4    4 m m   4 4     4 m m  4    s 4
messages_post     public/everyone       - - -  f 4    x m m   x x     x m m  x    s x
messages_post     public/everyone/sure  - - -  f 4    + m m   + +     + m m  +    s +
messages_post     public/own/again      - - -  0 .    0 . 0   0 0     0 . .  0    s 0
messages_post     private/own/again     - - -  0 .    0 . 4   0 0     0 . .  0    s 0
messages_post     archived/own/again    - - -  0 .    0 . 0   0 0     0 . .  0    s 0
messages_post     vault/own/again       - - -  0 .    0 . 4   0 0     0 . .  0    s 0
messages_edit     public/own            - - -  + .    + . m   + +     + . .  +    s +
messages_edit     public/theirs         - - -  f 4    f m m   f f     f m m  f    s f
messages_edit     public/deleted        - - -  4 4    4 m m   4 4     4 m m  4    s 4
messages_edit     private/own           - - -  + .    + . 4   + +     + . .  +    s +
messages_edit     private/theirs        - - -  f 4    f 4 4   f f     f 4 4  f    s f
messages_edit     announce/own          - - -  f .    f . m   + +     + . .  f    s +
messages_edit     announce/reply        - - -  + .    + . m   + +     + . .  +    s +
messages_edit     archived/own          - - -  a .    a . m   a a     a . .  a    s a
messages_edit     vault/own             - - -  a .    a . 4   a a     a . .  a    s a
messages_edit     dm/own                - - -  + .    + . .   + +     + . .  +    s +
messages_edit     dm/theirs             - - -  f 4    f 4 4   f f     f 4 4  f    s f
messages_edit     others/theirs         - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_delete   public/own            - - -  + .    + . m   + +     + . .  +    s +
messages_delete   public/theirs         - - -  f 4    f m m   + +     + + +  f    s +
messages_delete   public/root           - - -  f 4    f m m   + +     + + +  f    s +
messages_delete   public/deleted        - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_delete   private/own           - - -  + .    + . 4   + +     + . .  +    s +
messages_delete   private/theirs        - - -  f 4    f 4 4   + +     + 4 4  f    s +
messages_delete   announce/own          - - -  + .    + . m   + +     + . .  +    s +
messages_delete   announce/reply        - - -  + .    + . m   + +     + . .  +    s +
messages_delete   archived/own          - - -  a .    a . m   + +     + . .  a    s +
messages_delete   archived/theirs       - - -  f 4    f m m   + +     + + +  f    s +
messages_delete   vault/own             - - -  a .    a . 4   + +     + . .  a    s +
messages_delete   vault/theirs          - - -  f 4    f 4 4   + +     + 4 4  f    s +
messages_delete   dm/own                - - -  + .    + . .   + +     + . .  +    s +
messages_delete   dm/theirs             - - -  f 4    f 4 4   f f     f 4 4  f    s f
messages_delete   others/theirs         - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_pin      public/theirs         - - -  f 4    + m m   + +     + m m  +    s +
messages_pin      public/pinned         - - -  f 4    0 m m   0 0     0 m m  0    s 0
messages_pin      public/deleted        - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_pin      private/theirs        - - -  f 4    + 4 4   + +     + 4 4  +    s +
messages_pin      announce/theirs       - - -  f 4    f m m   + +     + m m  f    s +
messages_pin      archived/theirs       - - -  a 4    a m m   a a     a m m  a    s a
messages_pin      vault/theirs          - - -  a 4    a 4 4   a a     a 4 4  a    s a
messages_pin      dm/theirs             - - -  + 4    + 4 4   + +     + 4 4  +    s +
messages_pin      others/theirs         - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_unpin    public/pinned         - - -  f 4    + m m   + +     + m m  +    s +
messages_unpin    public/theirs         - - -  f 4    0 m m   0 0     0 m m  0    s 0
messages_unpin    private/pinned        - - -  f 4    + 4 4   + +     + 4 4  +    s +
messages_unpin    announce/pinned       - - -  f 4    f m m   + +     + m m  f    s +
messages_unpin    archived/pinned       - - -  a 4    a m m   a a     a m m  a    s a
messages_unpin    vault/pinned          - - -  a 4    a 4 4   a a     a 4 4  a    s a
messages_unpin    dm/pinned             - - -  + 4    + 4 4   + +     + 4 4  +    s +
messages_unpin    others/pinned         - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
reactions_add     public/theirs         - - -  + 4    + m m   + +     + m m  +    s +
reactions_add     public/reacted        - - -  0 4    0 m m   0 0     0 m m  0    s 0
reactions_add     public/deleted        - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
reactions_add     public/theirs/odd     - - -  v 4    v m m   v v     v m m  v    s v
reactions_add     private/theirs        - - -  + 4    + 4 4   + +     + 4 4  +    s +
reactions_add     private/theirs/odd    - - -  v 4    v 4 4   v v     v 4 4  v    s v
reactions_add     announce/theirs       - - -  + 4    + m m   + +     + m m  +    s +
reactions_add     archived/theirs       - - -  a 4    a m m   a a     a m m  a    s a
reactions_add     vault/theirs          - - -  a 4    a 4 4   a a     a 4 4  a    s a
reactions_add     dm/theirs             - - -  + 4    + 4 4   + +     + 4 4  +    s +
reactions_add     others/theirs         - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
reactions_remove  public/reacted        - - -  + 4    + m m   + +     + m m  +    s +
reactions_remove  public/theirs         - - -  0 4    0 m m   0 0     0 m m  0    s 0
reactions_remove  private/reacted       - - -  + 4    + 4 4   + +     + 4 4  +    s +
reactions_remove  announce/reacted      - - -  + 4    + m m   + +     + m m  +    s +
reactions_remove  archived/reacted      - - -  a 4    a m m   a a     a m m  a    s a
reactions_remove  vault/reacted         - - -  a 4    a 4 4   a a     a 4 4  a    s a
reactions_remove  dm/reacted            - - -  + 4    + 4 4   + +     + 4 4  +    s +
reactions_remove  others/reacted        - - -  4 4    4 4 4   4 4     4 4 4  4    s 4

── Only over the socket ────────────────────────────────────────────────────────────────
typing.start      public                - - -  + 4    + m m   + +     + m m  +    s +
typing.start      private               - - -  + 4    + 4 4   + +     + 4 4  +    s +
typing.start      announce              - - -  f 4    f m m   + +     + m m  f    s +
typing.start      announce/answer       - - -  + 4    + m m   + +     + m m  +    s +
typing.start      archived              - - -  a 4    a m m   a a     a m m  a    s a
typing.start      vault                 - - -  a 4    a 4 4   a a     a 4 4  a    s a
typing.start      dm                    - - -  + 4    + 4 4   + +     + 4 4  +    s +
typing.start      others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
sync              public                - - -  + 0    + 0 0   + +     + 0 0  +    + +
sync              private               - - -  + 0    + 0 0   + +     + 0 0  +    + +
sync              archived              - - -  + 0    + 0 0   + +     + 0 0  +    + +
sync              vault                 - - -  + 0    + 0 0   + +     + 0 0  +    + +
sync              dm                    - - -  + 0    + 0 0   + +     + 0 0  +    + +
sync              others                - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
sync              colleague             - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
sync              self                  - - -  + +    + + +   + +     + + +  +    + +
ping              -                     - - -  + +    + + +   + +     + + +  +    + +

── What programs come in with ──────────────────────────────────────────────────────────
tokens_list       mine                  - - -  + +    + + +   + +     + + +  +    + +
tokens_list       foreign               - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
tokens_create     -                     - - -  + +    + + +   + +     + + +  +    s +
tokens_revoke     mine                  - - -  + +    + + +   + +     + + +  +    s +
tokens_revoke     foreign               - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
tickets_create    -                     - - -  + +    + + +   + +     + + +  +    + +

── What belongs to one person ──────────────────────────────────────────────────────────
channels_unread   public                - - -  + 4    + m m   + +     + m m  +    s +
channels_unread   public/future         - - -  v 4    v m m   v v     v m m  v    s v
channels_unread   private               - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_unread   archived              - - -  + 4    + m m   + +     + m m  +    s +
channels_unread   vault                 - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_unread   dm                    - - -  + 4    + 4 4   + +     + 4 4  +    s +
channels_unread   others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
read_all          -                     - - -  + 0    + 0 0   + +     + 0 0  +    s +
membership_change public                - - -  + 4    + m m   + +     + m m  +    s +
membership_change public/hidden         - - -  v 4    v m m   v v     v m m  v    s v
membership_change public/heading        - - -  + 4    + m m   + +     + m m  +    s +
membership_change public/heading_of_other - - -  4 4    4 m m   4 4     4 m m  4    s 4
membership_change private               - - -  + 4    + 4 4   + +     + 4 4  +    s +
membership_change private/heading       - - -  + 4    + 4 4   + +     + 4 4  +    s +
membership_change archived              - - -  + 4    + m m   + +     + m m  +    s +
membership_change vault                 - - -  + 4    + 4 4   + +     + 4 4  +    s +
membership_change dm/hidden             - - -  + 4    + 4 4   + +     + 4 4  +    s +
membership_change others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
mentions_list     public/called         - - -  + 0    + 0 +   + +     + 0 0  +    + +
mentions_list     private/called        - - -  + 0    + 0 0   + +     + 0 0  +    + +
mentions_list     archived/called       - - -  + 0    + 0 +   + +     + 0 0  +    + +
mentions_list     vault/called          - - -  + 0    + 0 0   + +     + 0 0  +    + +
mentions_list     dm/called             - - -  + 0    + 0 0   + +     + 0 0  +    + +
mentions_list     others/called         - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
threads_list      public/root           - - -  + 0    + 0 0   + +     + 0 0  +    + +
threads_list      private/root          - - -  + 0    + 0 0   + +     + 0 0  +    + +
threads_list      vault/root            - - -  + 0    + 0 0   + +     + 0 0  +    + +
threads_list      dm/root               - - -  + 0    + 0 0   + +     + 0 0  +    + +
threads_list      others/root           - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
threads_read      public/root           - - -  + 4    + m m   + +     + m m  +    s +
threads_read      public/theirs         - - -  0 4    0 m m   0 0     0 m m  0    s 0
threads_read      private/root          - - -  + 4    + 4 4   + +     + 4 4  +    s +
threads_read      archived/root         - - -  + 4    + m m   + +     + m m  +    s +
threads_read      vault/root            - - -  + 4    + 4 4   + +     + 4 4  +    s +
threads_read      dm/root               - - -  + 4    + 4 4   + +     + 4 4  +    s +
threads_read      others/root           - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
threads_state     public/root           - - -  + 4    + + +   + +     + + +  +    + +
threads_state     public/theirs         - - -  + 4    + + +   + +     + + +  +    + +
threads_state     private/root          - - -  + 4    + 4 4   + +     + 4 4  +    + +
threads_state     vault/root            - - -  + 4    + 4 4   + +     + 4 4  +    + +
threads_state     dm/root               - - -  + 4    + 4 4   + +     + 4 4  +    + +
threads_state     others/root           - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
threads_follow    public/theirs         - - -  + 4    + m m   + +     + m m  +    s +
threads_follow    public/root           - - -  0 4    0 m m   0 0     0 m m  0    s 0
threads_follow    private/theirs        - - -  + 4    + 4 4   + +     + 4 4  +    s +
threads_follow    archived/theirs       - - -  + 4    + m m   + +     + m m  +    s +
threads_follow    vault/theirs          - - -  + 4    + 4 4   + +     + 4 4  +    s +
threads_follow    dm/theirs             - - -  + 4    + 4 4   + +     + 4 4  +    s +
threads_follow    others/theirs         - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
threads_unfollow  public/root           - - -  + 4    + m m   + +     + m m  +    s +
threads_unfollow  private/root          - - -  + 4    + 4 4   + +     + 4 4  +    s +
threads_unfollow  vault/root            - - -  + 4    + 4 4   + +     + 4 4  +    s +
threads_unfollow  others/root           - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
saved_list        public/saved          - - -  + 0    + 0 +   + +     + 0 0  +    + +
saved_list        private/saved         - - -  + 0    + 0 0   + +     + 0 0  +    + +
saved_list        vault/saved           - - -  + 0    + 0 0   + +     + 0 0  +    + +
saved_list        dm/saved              - - -  + 0    + 0 0   + +     + 0 0  +    + +
saved_list        others/saved          - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
messages_save     public/theirs         - - -  + 4    + + +   + +     + + +  +    s +
messages_save     public/saved          - - -  0 4    0 + 0   0 0     0 + +  0    s 0
messages_save     public/deleted        - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_save     private/theirs        - - -  + 4    + 4 4   + +     + 4 4  +    s +
messages_save     archived/theirs       - - -  + 4    + + +   + +     + + +  +    s +
messages_save     vault/theirs          - - -  + 4    + 4 4   + +     + 4 4  +    s +
messages_save     dm/theirs             - - -  + 4    + 4 4   + +     + 4 4  +    s +
messages_save     others/theirs         - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
messages_unsave   public/saved          - - -  + 4    + 0 +   + +     + 0 0  +    s +
messages_unsave   public/theirs         - - -  0 4    0 0 0   0 0     0 0 0  0    s 0
messages_unsave   private/saved         - - -  + 4    + 4 +   + +     + 4 4  +    s +
messages_unsave   private/theirs        - - -  0 4    0 4 4   0 0     0 4 4  0    s 0
messages_unsave   others/saved          - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
drafts_list       public                - - -  + 0    + 0 0   + +     + 0 0  +    + +
drafts_list       private               - - -  + 0    + 0 0   + +     + 0 0  +    + +
drafts_list       vault                 - - -  + 0    + 0 0   + +     + 0 0  +    + +
drafts_list       dm                    - - -  + 0    + 0 0   + +     + 0 0  +    + +
drafts_list       others                - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
drafts_put        public                - - -  + 4    + m m   + +     + m m  +    s +
drafts_put        public/answer         - - -  + 4    + m m   + +     + m m  +    s +
drafts_put        public/answering      - - -  4 4    4 m m   4 4     4 m m  4    s 4
drafts_put        public/end            - - -  + 4    + 0 +   + +     + 0 0  +    s +
drafts_put        private               - - -  + 4    + 4 4   + +     + 4 4  +    s +
drafts_put        private/end           - - -  + 4    + 4 +   + +     + 4 4  +    s +
drafts_put        announce              - - -  f 4    f m m   + +     + m m  f    s +
drafts_put        announce/answer       - - -  + 4    + m m   + +     + m m  +    s +
drafts_put        archived              - - -  a 4    a m m   a a     a m m  a    s a
drafts_put        vault                 - - -  a 4    a 4 4   a a     a 4 4  a    s a
drafts_put        dm                    - - -  + 4    + 4 4   + +     + 4 4  +    s +
drafts_put        others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
drafts_put        others/end            - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
preferences_get   -                     - - -  + +    + + +   + +     + + +  +    + +
preferences_change -                     - - -  + +    + + +   + +     + + +  +    s +
sections_list     heading               - - -  + +    + + +   + +     + + +  +    + +
sections_list     heading_of_other      - - -  0 0    0 0 0   0 0     0 0 0  0    0 0
sections_create   -                     - - -  + +    + + +   + +     + + +  +    s +
sections_create   taken                 - - -  x x    x x x   x x     x x x  x    s x
sections_change   heading               - - -  + +    + + +   + +     + + +  +    s +
sections_change   heading_of_other      - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
sections_delete   heading               - - -  + +    + + +   + +     + + +  +    s +
sections_delete   heading_of_other      - - -  4 4    4 4 4   4 4     4 4 4  4    s 4

── Files and pictures ──────────────────────────────────────────────────────────────────
files_upload      -                     - - -  + +    + + +   + +     + + +  +    s +
files_get         public/filed          - - -  + 4    + + +   + +     + + +  +    + +
files_get         public/withdrawn      - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
files_get         private/filed         - - -  + 4    + 4 4   + +     + 4 4  +    + +
files_get         private/withdrawn     - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
files_get         archived/filed        - - -  + 4    + + +   + +     + + +  +    + +
files_get         vault/filed           - - -  + 4    + 4 4   + +     + 4 4  +    + +
files_get         dm/filed              - - -  + 4    + 4 4   + +     + 4 4  +    + +
files_get         others/filed          - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
files_get         loose                 - - -  + +    + + +   + +     + + +  +    + +
files_get         loose_of_other        - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
files_thumbnail   public/filed          - - -  + 4    + + +   + +     + + +  +    + +
files_thumbnail   private/filed         - - -  + 4    + 4 4   + +     + 4 4  +    + +
files_thumbnail   vault/filed           - - -  + 4    + 4 4   + +     + 4 4  +    + +
files_thumbnail   dm/filed              - - -  + 4    + 4 4   + +     + 4 4  +    + +
files_thumbnail   others/filed          - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
messages_post     public/loose          - - -  + 4    + m m   + +     + m m  +    s +
messages_post     public/loose_of_other - - -  4 4    4 m m   4 4     4 m m  4    s 4
messages_post     private/loose         - - -  + 4    + 4 4   + +     + 4 4  +    s +
uploads_create    -                     - - -  + +    + + +   + +     + + +  +    s +
uploads_get       upload                - - -  + +    + + +   + +     + + +  +    + +
uploads_get       upload_of_other       - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
uploads_offset    upload                - - -  + +    + + +   + +     + + +  +    s +
uploads_offset    upload_of_other       - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
uploads_append    upload                - - -  + +    + + +   + +     + + +  +    s +
uploads_append    upload_of_other       - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
uploads_cancel    upload                - - -  + +    + + +   + +     + + +  +    s +
uploads_cancel    upload_of_other       - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
avatar_change     -                     - - -  + +    + + +   + +     + + +  +    s +
avatar_remove     -                     - - -  + +    + + +   + +     + + +  +    s +
avatar_get        colleague             - - -  + 4    + + +   + +     + + +  +    + +
avatar_get        newcomer              - - -  4 4    + + +   + +     + + +  +    + +
emoji_list        -                     - - -  + +    + + +   + +     + + +  +    + +
emoji_add         -                     - - -  f f    + + +   + +     + + +  +    s +
emoji_add         taken                 - - -  f f    x x x   x x     x x x  x    s x
emoji_delete      own_emoji             - - -  f f    f f f   f +     + + +  f    s +
emoji_delete      nobody                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
emoji_image       own_emoji             - - -  + +    + + +   + +     + + +  +    + +
emoji_image       nobody                - - -  4 4    4 4 4   4 4     4 4 4  4    4 4
── Groups of people ────────────────────────────────────────────────────────────────────
groups_list       group                 - - -  + 0    + + +   + +     + + +  +    + +
groups_list       far_group             - - -  0 0    + + +   + +     + + +  +    + +
groups_get        group                 - - -  + 4    + + +   + +     + + +  +    + +
groups_get        far_group             - - -  4 4    + + +   + +     + + +  +    + +
groups_create     newcomer              - - -  f f    f f f   f f     + + +  f    s s
groups_create     departed              - - -  f f    f f f   f f     4 4 4  f    s s
groups_create     newcomer/taken        - - -  f f    f f f   f f     x x x  f    s s
groups_change     group                 - - -  f f    f f f   f f     + + +  f    s s
groups_change     group/departed        - - -  f f    f f f   f f     4 4 4  f    s s
groups_change     nobody                - - -  f f    f f f   f f     4 4 4  f    s s
groups_delete     group                 - - -  f f    f f f   f f     + + +  f    s s
groups_delete     nobody                - - -  f f    f f f   f f     4 4 4  f    s s

── What programs post with ─────────────────────────────────────────────────────────────
webhooks_list     public/hook           - - -  0 0    0 0 0   + +     + + +  0    0 +
webhooks_list     private/hook          - - -  0 0    0 0 0   + +     + 0 0  0    0 +
webhooks_list     vault/hook            - - -  0 0    0 0 0   + +     + 0 0  0    0 +
webhooks_get      public/hook           - - -  4 4    4 4 4   + +     + + +  4    4 +
webhooks_get      private/hook          - - -  4 4    4 4 4   + +     + 4 4  4    4 +
webhooks_get      vault/hook            - - -  4 4    4 4 4   + +     + 4 4  4    4 +
webhooks_create   public                - - -  f 4    f m m   + +     + + +  f    s +
webhooks_create   private               - - -  f 4    f 4 4   + +     + 4 4  f    s +
webhooks_create   announce              - - -  f 4    f m m   + +     + + +  f    s +
webhooks_create   archived              - - -  f 4    f m m   a a     a a a  f    s a
webhooks_create   vault                 - - -  f 4    f 4 4   a a     a 4 4  f    s a
webhooks_create   dm                    - - -  f 4    f 4 4   f f     f 4 4  f    s f
webhooks_create   others                - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
webhooks_change   public/hook           - - -  4 4    4 4 4   + +     + + +  4    s +
webhooks_change   private/hook          - - -  4 4    4 4 4   + +     + 4 4  4    s +
webhooks_change   public/hook/into_private - - -  4 4    4 4 4   + +     + 4 4  4    s +
webhooks_change   public/hook/into_others - - -  4 4    4 4 4   4 4     4 4 4  4    s 4
webhooks_rotate   public/hook           - - -  4 4    4 4 4   + +     + + +  4    s +
webhooks_rotate   private/hook          - - -  4 4    4 4 4   + +     + 4 4  4    s +
webhooks_revoke   public/hook           - - -  4 4    4 4 4   + +     + + +  4    s +
webhooks_revoke   private/hook          - - -  4 4    4 4 4   + +     + 4 4  4    s +
── The workspace ───────────────────────────────────────────────────────────────────────
workspace_get     -                     - - -  + +    + + +   + +     + + +  +    + +
workspace_change  -                     - - -  f f    f f f   f f     + + +  f    s s
invites_list      invite                - - -  f f    f f f   f f     + + +  f    s s
invites_create    -                     - - -  f f    f f f   f f     + + +  f    s s
invites_create    public                - - -  f f    f f f   f f     + + +  f    s s
invites_create    private               - - -  f f    f f f   f f     + v v  f    s s
invites_create    archived              - - -  f f    f f f   f f     v v v  f    s s
invites_create    dm                    - - -  f f    f f f   f f     v v v  f    s s
invites_create    others                - - -  f f    f f f   f f     v v v  f    s s
invites_create    public/demote         - - -  f f    f f f   f f     + + +  f    s s
invites_create    demote                - - -  f f    f f f   f f     v v v  f    s s
invites_revoke    invite                - - -  f f    f f f   f f     + + +  f    s s
invites_revoke    nobody                - - -  f f    f f f   f f     4 4 4  f    s s
bots_list         bot_in                - - -  f f    f f f   f f     + + +  f    s s
bots_list         colleague             - - -  f f    f f f   f f     0 0 0  f    s s
bots_create       -                     - - -  f f    f f f   f f     + + +  f    s s
bots_create       taken                 - - -  f f    f f f   f f     x x x  f    s s
bot_tokens_list   bot_in/its            - - -  f f    f f f   f f     + + +  f    s s
bot_tokens_list   colleague             - - -  f f    f f f   f f     4 4 4  f    s s
bot_tokens_create bot_in                - - -  f f    f f f   f f     + + +  f    s s
bot_tokens_create colleague             - - -  f f    f f f   f f     4 4 4  f    s s
bot_tokens_revoke bot_in/its            - - -  f f    f f f   f f     + + +  f    s s
bot_tokens_revoke bot_in/foreign        - - -  f f    f f f   f f     4 4 4  f    s s
bot_tokens_revoke member_in/foreign     - - -  f f    f f f   f f     4 4 4  f    s s
"""

CELLS: Final = frozenset("+0-4mfsavx.")


@dataclass(frozen=True, slots=True)
class Row:
    """What each point of view gets of one operation on one thing."""

    operation: str
    state: str
    cells: dict[str, str]

    @property
    def words(self) -> list[str]:
        return [] if self.state == "-" else self.state.split("/")

    def __str__(self) -> str:
        return f"{self.operation} {self.state}"


def rows(text: str = TABLE) -> list[Row]:
    """Read the table. A row with a cell too many or too few is no row."""
    found = []
    for line in text.splitlines():
        if not line or line[0] in " ─":
            continue
        operation, state, *cells = line.split()
        if len(cells) != len(VIEWS) or not set(cells) <= CELLS:
            raise ValueError(f"Not a row of the table: {line}")
        found.append(Row(operation, state, dict(zip(VIEWS, cells, strict=True))))
    return found


def cell_count() -> int:
    """Return how many cells say something."""
    return sum(cell != "." for row in rows() for cell in row.cells.values())
