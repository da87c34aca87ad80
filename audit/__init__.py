"""THE AUDIT LOG: who did what to whom, from where. Rows are added, in the transaction of the act.

    recording.record(Action.ROLE_CHANGED, by=asker, target=user, before=…, after=…)

Knows no other app: people, channels and tokens are a kind, an id and a name to it. Never message
text, never a secret.
"""
