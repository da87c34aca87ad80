from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkConfig(AppConfig):
    name = "work"

    def ready(self) -> None:
        # A schedule is known when the modules that declare it have been read.
        autodiscover_modules("tasks")
