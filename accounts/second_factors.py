"""The secrets of second factors, kept so that a copy of the database alone does not give them."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Encrypts what allauth stores with keys made from `SECRET_KEY` and its fallbacks."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Another SECRET_KEY than then: no code is right, and staff have to help.
            return ""


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key))) for key in keys])


def _derived(key: str) -> bytes:
    # What is kept is not readable with the key of another purpose.
    digest = hashlib.sha256(f"parley.second-factors:{key}".encode()).digest()
    return base64.urlsafe_b64encode(digest)
