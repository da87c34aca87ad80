"""Refusals as senders of Slack's format know them: a word as plain text, and a status."""


class HookRefused(Exception):
    """A delivery that was not taken.

    Attributes:
        code: Slack's word for it, which is the whole body of the answer.
        status: the HTTP status.
        retry_after_seconds: when to come back, if that helps.
    """

    def __init__(
        self, code: str, status: int = 400, *, retry_after_seconds: int | None = None
    ) -> None:
        self.code = code
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        super().__init__(code)
