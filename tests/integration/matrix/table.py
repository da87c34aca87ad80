"""The rules as a table. Written by hand, never recorded from the program.

The points of view, in the order of the columns:

    nobody   a  nobody has signed in             n  was deactivated; was in every place
    guests   i  a guest inside                   o  a guest who is only elsewhere
    members  i  a member inside                  o  a member who never was inside
             x  a member who was inside, wrote there and was removed
    keepers  a  an admin of the channel          o  the owner of the channel
    admins   i  an admin of the workspace inside o  another one outside
             w  an owner of the workspace outside
    bots     i  a bot inside

The cells:

    +  done: something changed, or the thing is shown
    0  answered, but nothing changed, or the thing is not in what is shown
    -  401 unauthenticated       4  404 not_found: as if it did not exist
    m  403 not_a_member          f  403 forbidden
    a  409 channel_archived      v  400 invalid
    x  409 for another reason: a name that is taken, something to confirm
    .  does not occur

What stands in the second column is put together from words; `world.py` knows them.
"""

from dataclasses import dataclass
from typing import Final

VIEWS: Final = (
    "anonymous",
    "deactivated",
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
)

TABLE: Final = """
                                        nobody guests members keepers admins bots
                                        a n    i o    i o x   a o     i o w  i
── People ──────────────────────────────────────────────────────────────────────────────
users_me          -                     - -    + +    + + +   + +     + + +  +
users_list        colleague             - -    + 0    + + +   + +     + + +  +
users_list        newcomer              - -    0 0    + + +   + +     + + +  +
users_get         colleague             - -    + 4    + + +   + +     + + +  +
users_get         newcomer              - -    4 4    + + +   + +     + + +  +
users_get         departed              - -    4 4    + + +   + +     + + +  +
presence          colleague             - -    + 0    + + +   + +     + + +  +
presence          newcomer              - -    0 0    + + +   + +     + + +  +

── Channels ────────────────────────────────────────────────────────────────────────────
channels_list     public                - -    + 0    + 0 0   + +     + 0 0  +
channels_list     private               - -    + 0    + 0 0   + +     + 0 0  +
channels_list     archived              - -    + 0    + 0 0   + +     + 0 0  +
channels_list     vault                 - -    + 0    + 0 0   + +     + 0 0  +
channels_list     dm                    - -    + 0    + 0 0   + +     + 0 0  +
channels_list     others                - -    0 0    0 0 0   0 0     0 0 0  0
channels_list     public/browse         - -    0 0    0 + +   0 0     0 + +  0
channels_list     private/browse        - -    0 0    0 0 0   0 0     0 0 0  0
channels_list     archived/browse       - -    0 0    0 0 0   0 0     0 0 0  0
channels_list     others/browse         - -    0 0    0 0 0   0 0     0 0 0  0
channels_get      public                - -    + 4    + + +   + +     + + +  +
channels_get      private               - -    + 4    + 4 4   + +     + 4 4  +
channels_get      announce              - -    + 4    + + +   + +     + + +  +
channels_get      archived              - -    + 4    + + +   + +     + + +  +
channels_get      vault                 - -    + 4    + 4 4   + +     + 4 4  +
channels_get      dm                    - -    + 4    + 4 4   + +     + 4 4  +
channels_get      others                - -    4 4    4 4 4   4 4     4 4 4  4
channels_create   open                  - -    f f    + + +   + +     + + +  +
channels_create   close                 - -    f f    + + +   + +     + + +  +
channels_create   open/taken            - -    f f    x x x   x x     x x x  x
channels_change   public/topic          - -    + 4    + m m   + +     + + +  +
channels_change   private/topic         - -    + 4    + 4 4   + +     + 4 4  +
channels_change   announce/topic        - -    f 4    f m m   + +     + + +  f
channels_change   archived/topic        - -    a 4    a m m   a a     a a a  a
channels_change   vault/topic           - -    a 4    a 4 4   a a     a 4 4  a
channels_change   dm/topic              - -    + 4    + 4 4   + +     + 4 4  +
channels_change   others/topic          - -    4 4    4 4 4   4 4     4 4 4  4
channels_change   public/name           - -    f 4    f m m   + +     + + +  f
channels_change   private/name          - -    f 4    f 4 4   + +     + 4 4  f
channels_change   archived/name         - -    f 4    f m m   a a     a a a  f
channels_change   vault/name            - -    f 4    f 4 4   a a     a 4 4  f
channels_change   dm/name               - -    f 4    f 4 4   f f     f 4 4  f
channels_change   others/name           - -    4 4    4 4 4   4 4     4 4 4  4
channels_change   public/name/taken     - -    f 4    f m m   x x     x x x  f
channels_change   private/name/taken    - -    f 4    f 4 4   x x     x 4 4  f
channels_change   public/close          - -    f 4    f m m   + +     + + +  f
channels_change   private/open          - -    f 4    f 4 4   f f     + 4 4  f
channels_change   public/default        - -    f 4    f m m   f f     + + +  f
channels_change   private/default       - -    f 4    f 4 4   f f     v 4 4  f
channels_archive  public                - -    f 4    f m m   + +     + + +  f
channels_archive  private               - -    f 4    f 4 4   + +     + 4 4  f
channels_archive  archived              - -    f 4    f m m   0 0     0 0 0  f
channels_archive  dm                    - -    f 4    f 4 4   f f     f 4 4  f
channels_archive  others                - -    4 4    4 4 4   4 4     4 4 4  4
channels_unarchive  public              - -    f 4    f m m   0 0     0 0 0  f
channels_unarchive  archived            - -    f 4    f m m   + +     + + +  f
channels_unarchive  vault               - -    f 4    f 4 4   + +     + 4 4  f
channels_unarchive  dm                  - -    f 4    f 4 4   f f     f 4 4  f
channels_unarchive  others              - -    4 4    4 4 4   4 4     4 4 4  4

── Coming and going ────────────────────────────────────────────────────────────────────
channels_join     public                - -    0 4    0 + +   0 0     0 + +  0
channels_join     private               - -    0 4    0 4 4   0 0     0 4 4  0
channels_join     announce              - -    0 4    0 + +   0 0     0 + +  0
channels_join     archived              - -    a 4    a a a   a a     a a a  a
channels_join     vault                 - -    a 4    a 4 4   a a     a 4 4  a
channels_join     dm                    - -    0 4    0 4 4   0 0     0 4 4  0
channels_join     others                - -    4 4    4 4 4   4 4     4 4 4  4
channels_leave    public                - -    + 4    + m m   + +     + m m  +
channels_leave    private               - -    + 4    + 4 4   + +     + 4 4  +
channels_leave    archived              - -    + 4    + m m   + +     + m m  +
channels_leave    dm                    - -    f 4    f 4 4   f f     f 4 4  f
channels_leave    others                - -    4 4    4 4 4   4 4     4 4 4  4
members_list      public                - -    + 4    + + +   + +     + + +  +
members_list      private               - -    + 4    + 4 4   + +     + 4 4  +
members_list      announce              - -    + 4    + + +   + +     + + +  +
members_list      archived              - -    + 4    + + +   + +     + + +  +
members_list      vault                 - -    + 4    + 4 4   + +     + 4 4  +
members_list      dm                    - -    + 4    + 4 4   + +     + 4 4  +
members_list      others                - -    4 4    4 4 4   4 4     4 4 4  4
members_add       public/newcomer       - -    f 4    + m m   + +     + + +  +
members_add       public/colleague      - -    f 4    0 m m   0 0     0 0 0  0
members_add       public/departed       - -    f 4    4 m m   4 4     4 4 4  4
members_add       private/newcomer      - -    f 4    + 4 4   + +     + 4 4  +
members_add       announce/newcomer     - -    f 4    + m m   + +     + + +  +
members_add       archived/newcomer     - -    a 4    a m m   a a     a a a  a
members_add       vault/newcomer        - -    a 4    a 4 4   a a     a 4 4  a
members_add       dm/newcomer           - -    f 4    f 4 4   f f     f 4 4  f
members_add       others/newcomer       - -    4 4    4 4 4   4 4     4 4 4  4
members_change    public/colleague      - -    f 4    f m m   f +     + + +  f
members_change    public/keeper         - -    f 4    f m m   f +     + + +  f
members_change    public/newcomer       - -    f 4    f m m   f 4     4 4 4  f
members_change    private/colleague     - -    f 4    f 4 4   f +     + 4 4  f
members_change    dm/colleague          - -    f 4    f 4 4   f f     f 4 4  f
members_change    others/colleague      - -    4 4    4 4 4   4 4     4 4 4  4
members_remove    public/colleague      - -    f 4    f m m   + +     + + +  f
members_remove    public/keeper         - -    f 4    f m m   f +     + + +  f
members_remove    public/newcomer       - -    f 4    f m m   4 4     4 4 4  f
members_remove    public/self           - -    + 4    + m m   + +     + m m  +
members_remove    private/colleague     - -    f 4    f 4 4   + +     + 4 4  f
members_remove    private/self          - -    + 4    + 4 4   + +     + 4 4  +
members_remove    archived/colleague    - -    f 4    f m m   + +     + + +  f
members_remove    dm/colleague          - -    f 4    f 4 4   f f     f 4 4  f
members_remove    dm/self               - -    f 4    f 4 4   f f     f 4 4  f
members_remove    others/colleague      - -    4 4    4 4 4   4 4     4 4 4  4
dms_open          colleague             - -    + 4    + + +   + +     + + +  +
dms_open          newcomer              - -    4 4    + + +   + +     + + +  +
dms_open          departed              - -    4 4    4 4 4   4 4     4 4 4  4
dms_open          self                  - -    + +    + + +   + +     + + +  +
dms_open          dm                    - -    0 4    0 + +   0 0     0 + +  0

── Reading ─────────────────────────────────────────────────────────────────────────────
messages_list     public                - -    + 4    + + +   + +     + + +  +
messages_list     private               - -    + 4    + 4 4   + +     + 4 4  +
messages_list     announce              - -    + 4    + + +   + +     + + +  +
messages_list     archived              - -    + 4    + + +   + +     + + +  +
messages_list     vault                 - -    + 4    + 4 4   + +     + 4 4  +
messages_list     dm                    - -    + 4    + 4 4   + +     + 4 4  +
messages_list     others                - -    4 4    4 4 4   4 4     4 4 4  4
events_list       public                - -    + 4    + + +   + +     + + +  +
events_list       private               - -    + 4    + 4 4   + +     + 4 4  +
events_list       announce              - -    + 4    + + +   + +     + + +  +
events_list       archived              - -    + 4    + + +   + +     + + +  +
events_list       vault                 - -    + 4    + 4 4   + +     + 4 4  +
events_list       dm                    - -    + 4    + 4 4   + +     + 4 4  +
events_list       others                - -    4 4    4 4 4   4 4     4 4 4  4
pins_list         public                - -    + 4    + + +   + +     + + +  +
pins_list         private               - -    + 4    + 4 4   + +     + 4 4  +
pins_list         archived              - -    + 4    + + +   + +     + + +  +
pins_list         vault                 - -    + 4    + 4 4   + +     + 4 4  +
pins_list         dm                    - -    + 4    + 4 4   + +     + 4 4  +
pins_list         others                - -    4 4    4 4 4   4 4     4 4 4  4
messages_get      public/theirs         - -    + 4    + + +   + +     + + +  +
messages_get      public/deleted        - -    + 4    + + +   + +     + + +  +
messages_get      private/theirs        - -    + 4    + 4 4   + +     + 4 4  +
messages_get      private/deleted       - -    + 4    + 4 4   + +     + 4 4  +
messages_get      private/own           - -    + .    + . 4   + +     + . .  +
messages_get      archived/theirs       - -    + 4    + + +   + +     + + +  +
messages_get      vault/theirs          - -    + 4    + 4 4   + +     + 4 4  +
messages_get      dm/theirs             - -    + 4    + 4 4   + +     + 4 4  +
messages_get      others/theirs         - -    4 4    4 4 4   4 4     4 4 4  4
messages_history  public/edited         - -    + 4    + + +   + +     + + +  +
messages_history  public/deleted        - -    4 4    4 4 4   4 4     4 4 4  4
messages_history  private/edited        - -    + 4    + 4 4   + +     + 4 4  +
messages_history  vault/edited          - -    + 4    + 4 4   + +     + 4 4  +
messages_history  dm/edited             - -    + 4    + 4 4   + +     + 4 4  +
messages_history  others/edited         - -    4 4    4 4 4   4 4     4 4 4  4
messages_thread   public/root           - -    + 4    + + +   + +     + + +  +
messages_thread   private/root          - -    + 4    + 4 4   + +     + 4 4  +
messages_thread   private/own           - -    + .    + . 4   + +     + . .  +
messages_thread   vault/root            - -    + 4    + 4 4   + +     + 4 4  +
messages_thread   dm/root               - -    + 4    + 4 4   + +     + 4 4  +
messages_thread   others/root           - -    4 4    4 4 4   4 4     4 4 4  4
unread            public                - -    + 0    + 0 0   + +     + 0 0  +
unread            private               - -    + 0    + 0 0   + +     + 0 0  +
unread            vault                 - -    + 0    + 0 0   + +     + 0 0  +
unread            dm                    - -    + 0    + 0 0   + +     + 0 0  +
unread            others                - -    0 0    0 0 0   0 0     0 0 0  0
channels_read     public                - -    + 4    + m m   + +     + m m  +
channels_read     public/future         - -    v 4    v m m   v v     v m m  v
channels_read     private               - -    + 4    + 4 4   + +     + 4 4  +
channels_read     archived              - -    + 4    + m m   + +     + m m  +
channels_read     vault                 - -    + 4    + 4 4   + +     + 4 4  +
channels_read     dm                    - -    + 4    + 4 4   + +     + 4 4  +
channels_read     others                - -    4 4    4 4 4   4 4     4 4 4  4

── Writing ─────────────────────────────────────────────────────────────────────────────
messages_post     public                - -    + 4    + m m   + +     + m m  +
messages_post     private               - -    + 4    + 4 4   + +     + 4 4  +
messages_post     announce              - -    f 4    f m m   + +     + m m  f
messages_post     announce/answer       - -    + 4    + m m   + +     + m m  +
messages_post     announce/answer/shown - -    f 4    f m m   + +     + m m  f
messages_post     archived              - -    a 4    a m m   a a     a m m  a
messages_post     archived/answer       - -    a 4    a m m   a a     a m m  a
messages_post     vault                 - -    a 4    a 4 4   a a     a 4 4  a
messages_post     dm                    - -    + 4    + 4 4   + +     + 4 4  +
messages_post     others                - -    4 4    4 4 4   4 4     4 4 4  4
messages_post     others/answer         - -    4 4    4 4 4   4 4     4 4 4  4
messages_post     public/answering      - -    4 4    4 m m   4 4     4 m m  4
messages_post     public/quoting        - -    4 4    4 m m   4 4     4 m m  4
messages_post     public/everyone       - -    f 4    x m m   x x     x m m  x
messages_post     public/everyone/sure  - -    f 4    + m m   + +     + m m  +
messages_post     public/own/again      - -    0 .    0 . 0   0 0     0 . .  0
messages_post     private/own/again     - -    0 .    0 . 4   0 0     0 . .  0
messages_post     archived/own/again    - -    0 .    0 . 0   0 0     0 . .  0
messages_post     vault/own/again       - -    0 .    0 . 4   0 0     0 . .  0
messages_edit     public/own            - -    + .    + . m   + +     + . .  +
messages_edit     public/theirs         - -    f 4    f m m   f f     f m m  f
messages_edit     public/deleted        - -    4 4    4 m m   4 4     4 m m  4
messages_edit     private/own           - -    + .    + . 4   + +     + . .  +
messages_edit     private/theirs        - -    f 4    f 4 4   f f     f 4 4  f
messages_edit     announce/own          - -    f .    f . m   + +     + . .  f
messages_edit     announce/reply        - -    + .    + . m   + +     + . .  +
messages_edit     archived/own          - -    a .    a . m   a a     a . .  a
messages_edit     vault/own             - -    a .    a . 4   a a     a . .  a
messages_edit     dm/own                - -    + .    + . .   + +     + . .  +
messages_edit     dm/theirs             - -    f 4    f 4 4   f f     f 4 4  f
messages_edit     others/theirs         - -    4 4    4 4 4   4 4     4 4 4  4
messages_delete   public/own            - -    + .    + . m   + +     + . .  +
messages_delete   public/theirs         - -    f 4    f m m   + +     + + +  f
messages_delete   public/root           - -    f 4    f m m   + +     + + +  f
messages_delete   public/deleted        - -    4 4    4 4 4   4 4     4 4 4  4
messages_delete   private/own           - -    + .    + . 4   + +     + . .  +
messages_delete   private/theirs        - -    f 4    f 4 4   + +     + 4 4  f
messages_delete   announce/own          - -    + .    + . m   + +     + . .  +
messages_delete   announce/reply        - -    + .    + . m   + +     + . .  +
messages_delete   archived/own          - -    a .    a . m   + +     + . .  a
messages_delete   archived/theirs       - -    f 4    f m m   + +     + + +  f
messages_delete   vault/own             - -    a .    a . 4   + +     + . .  a
messages_delete   vault/theirs          - -    f 4    f 4 4   + +     + 4 4  f
messages_delete   dm/own                - -    + .    + . .   + +     + . .  +
messages_delete   dm/theirs             - -    f 4    f 4 4   f f     f 4 4  f
messages_delete   others/theirs         - -    4 4    4 4 4   4 4     4 4 4  4
messages_pin      public/theirs         - -    f 4    + m m   + +     + m m  +
messages_pin      public/pinned         - -    f 4    0 m m   0 0     0 m m  0
messages_pin      public/deleted        - -    4 4    4 4 4   4 4     4 4 4  4
messages_pin      private/theirs        - -    f 4    + 4 4   + +     + 4 4  +
messages_pin      announce/theirs       - -    f 4    f m m   + +     + m m  f
messages_pin      archived/theirs       - -    a 4    a m m   a a     a m m  a
messages_pin      vault/theirs          - -    a 4    a 4 4   a a     a 4 4  a
messages_pin      dm/theirs             - -    + 4    + 4 4   + +     + 4 4  +
messages_pin      others/theirs         - -    4 4    4 4 4   4 4     4 4 4  4
messages_unpin    public/pinned         - -    f 4    + m m   + +     + m m  +
messages_unpin    public/theirs         - -    f 4    0 m m   0 0     0 m m  0
messages_unpin    private/pinned        - -    f 4    + 4 4   + +     + 4 4  +
messages_unpin    announce/pinned       - -    f 4    f m m   + +     + m m  f
messages_unpin    archived/pinned       - -    a 4    a m m   a a     a m m  a
messages_unpin    vault/pinned          - -    a 4    a 4 4   a a     a 4 4  a
messages_unpin    dm/pinned             - -    + 4    + 4 4   + +     + 4 4  +
messages_unpin    others/pinned         - -    4 4    4 4 4   4 4     4 4 4  4
reactions_add     public/theirs         - -    + 4    + m m   + +     + m m  +
reactions_add     public/reacted        - -    0 4    0 m m   0 0     0 m m  0
reactions_add     public/deleted        - -    4 4    4 4 4   4 4     4 4 4  4
reactions_add     public/theirs/odd     - -    v v    v v v   v v     v v v  v
reactions_add     private/theirs        - -    + 4    + 4 4   + +     + 4 4  +
reactions_add     private/theirs/odd    - -    v v    v v v   v v     v v v  v
reactions_add     announce/theirs       - -    + 4    + m m   + +     + m m  +
reactions_add     archived/theirs       - -    a 4    a m m   a a     a m m  a
reactions_add     vault/theirs          - -    a 4    a 4 4   a a     a 4 4  a
reactions_add     dm/theirs             - -    + 4    + 4 4   + +     + 4 4  +
reactions_add     others/theirs         - -    4 4    4 4 4   4 4     4 4 4  4
reactions_remove  public/reacted        - -    + 4    + m m   + +     + m m  +
reactions_remove  public/theirs         - -    0 4    0 m m   0 0     0 m m  0
reactions_remove  private/reacted       - -    + 4    + 4 4   + +     + 4 4  +
reactions_remove  announce/reacted      - -    + 4    + m m   + +     + m m  +
reactions_remove  archived/reacted      - -    a 4    a m m   a a     a m m  a
reactions_remove  vault/reacted         - -    a 4    a 4 4   a a     a 4 4  a
reactions_remove  dm/reacted            - -    + 4    + 4 4   + +     + 4 4  +
reactions_remove  others/reacted        - -    4 4    4 4 4   4 4     4 4 4  4

── Only over the socket ────────────────────────────────────────────────────────────────
typing.start      public                - -    + 4    + m m   + +     + m m  +
typing.start      private               - -    + 4    + 4 4   + +     + 4 4  +
typing.start      announce              - -    f 4    f m m   + +     + m m  f
typing.start      announce/answer       - -    + 4    + m m   + +     + m m  +
typing.start      archived              - -    a 4    a m m   a a     a m m  a
typing.start      vault                 - -    a 4    a 4 4   a a     a 4 4  a
typing.start      dm                    - -    + 4    + 4 4   + +     + 4 4  +
typing.start      others                - -    4 4    4 4 4   4 4     4 4 4  4
sync              public                - -    + 0    + 0 0   + +     + 0 0  +
sync              private               - -    + 0    + 0 0   + +     + 0 0  +
sync              archived              - -    + 0    + 0 0   + +     + 0 0  +
sync              vault                 - -    + 0    + 0 0   + +     + 0 0  +
sync              dm                    - -    + 0    + 0 0   + +     + 0 0  +
sync              others                - -    0 0    0 0 0   0 0     0 0 0  0
sync              colleague             - -    0 0    0 0 0   0 0     0 0 0  0
sync              self                  - -    + +    + 0 +   + +     + 0 0  +
ping              -                     - -    + +    + + +   + +     + + +  +

── What programs come in with ──────────────────────────────────────────────────────────
tokens_list       mine                  - -    + +    + + +   + +     + + +  +
tokens_list       foreign               - -    0 0    0 0 0   0 0     0 0 0  0
tokens_create     -                     - -    + +    + + +   + +     + + +  +
tokens_revoke     mine                  - -    + +    + + +   + +     + + +  +
tokens_revoke     foreign               - -    4 4    4 4 4   4 4     4 4 4  4
tickets_create    -                     - -    + +    + + +   + +     + + +  +
"""

CELLS: Final = frozenset("+0-4mfavx.")


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
