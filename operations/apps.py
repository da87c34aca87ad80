from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"

    def ready(self) -> None:
        from metrics import database  # noqa: PLC0415 - needs the apps to be ready
        from operations import checks, collecting  # noqa: F401, PLC0415 - register themselves

        database.measure_all()
