"""The server as it must not be: a build for tests, with faults and known-bad behaviours.

    python -m tests.faulty migrate
    python -m tests.faulty serve --instance-id=Instance-1 --port=5000

Every command of `manage.py` runs. The product knows nothing of this: what is changed is changed
here, around the product's functions, when Django starts. A function that the product no longer has
is a refusal to start. It serves nobody real: it refuses any HOST, any socket that is handed over
and any of ORIGINS that is not this machine's own, and the DATA_DIR of the checkout.

From the environment, once, at the start:

FAILPOINTS="after_commit:kill:0.01,before_commit:error:0.005"
    What happens at which point, and how probably (1 when it is not said). Only in `serve`. The
    first action that is drawn for a point acts, after a line `FAILPOINT name=… action=…`.

    before_commit   in the transaction, after the row of an event was written
    after_commit    it is committed; nothing is published or acknowledged yet
    before_publish  a batch is about to go to Redis; `error` is Redis's
    after_publish   Redis has it; `error` is Redis's
    before_ack      the `ok` for something that has a place in a stream is ready and not sent
    after_ack       the `ok` has been written to the socket
    before_accept   a socket is about to be accepted
    in_replay       between two pages of a replay
    in_fill         the hub is about to read the log for a hole
    before_renew    the presence lease is about to be renewed; `error` is Redis's

    kill            SIGKILL to itself
    error           django's OperationalError, where nothing else is said
    delay           50 to 500 ms, in which only this thread or this task waits

HUB_FAULTS="drop=0.02,double=0.02,reorder=0.02"
    What happens to letters that come from the layer and have not been forwarded here yet: lost,
    delivered twice, or held back for 10 to 300 ms. Copies of what the process has handed to its own
    sockets already are left alone and not counted, since nothing can come of it. Says
    `HUB_FAULTS dropped=3 doubled=1 reordered=2`, counted since the last such line, at most once a
    second. Only in `serve`.

FAULTS_FILE=/path/to/faults.json
    `{"failpoints": "…", "hub_faults": "…"}`: where it has a key, that counts instead of the
    variable; without the file, the variables count. It is read again when it changes, 0.2 s later
    at most. Put a new one in place with a rename. One that is not understood changes nothing, and
    a line `FAULTS_FILE …` says why; at the start it is a refusal.

SWITCHES="publish_before_commit,no_dedupe"
    Behaviours that are wrong, in every command and for as long as the process lives. Each drops
    the constraints that would stand in its way; a database that has served one is good for nothing
    else.

    publish_before_commit   letters go out when they are written, and 2 % of the posts are rolled
                            back afterwards with an error that asks for a retry
    cached_seq              seqs come from the process's own memory of the highest, not from the row
    no_gap_fill             what comes too early is forwarded at once; neither holes nor heads are
                            looked up in the log
    no_dedupe               what is sent again is said again
    no_membership_check     who was removed goes on hearing on the sockets that they have, and may
                            post
    presence_by_disconnect  nothing but `disconnect` takes anybody offline: no lease, no reaper, no
                            grace
    ack_before_commit       a post over a socket is acknowledged before it is committed, and 2 % of
                            them are rolled back then

Everything goes to stderr, a line in one write, also right before a SIGKILL.
"""
