"""What a model or a form says is wrong, as a refusal of the wire."""

import contextlib
from collections.abc import Iterator

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from chat import exceptions


@contextlib.contextmanager
def of_fields() -> Iterator[None]:
    """Turn a ValidationError into a refusal that names the fields.

    Raises:
        NameTaken: when the username is somebody else's.
        Invalid: for everything else.
    """
    try:
        yield
    except ValidationError as error:
        by_field: dict[str, list[ValidationError]] = (
            dict(error.error_dict) if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        )
        fields = {
            ("body" if name == NON_FIELD_ERRORS else name): " ".join(
                message for one in errors for message in one.messages
            )
            for name, errors in by_field.items()
        }
        if any(one.code == "unique" for one in by_field.get("username", [])):
            raise exceptions.NameTaken(fields=fields) from None
        raise exceptions.Invalid(fields=fields) from None
