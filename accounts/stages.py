"""What lies between a right password and being signed in."""

from typing import Any

from allauth.account.stages import EmailVerificationStage


class EmailVerification(EmailVerificationStage):  # type: ignore[misc]  # allauth has no types
    """Holds up only those who signed up by themselves and have not confirmed their address.

    Whoever was invited, or made by staff, need not have one.
    """

    def handle(self) -> Any:
        user = self.login.user
        # Nobody: allauth pretends, so that a stranger cannot tell whether an address is known.
        if user is not None and not user.is_pending:
            return None, True
        return super().handle()
