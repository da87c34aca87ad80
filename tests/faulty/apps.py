from django.apps import AppConfig


class FaultyConfig(AppConfig):
    name = "tests.faulty"

    def ready(self) -> None:
        # The product can be imported only now.
        from tests.faulty import failpoints, guard, hub_faults, settings, switches

        guard.install()
        switches.install(settings.FAULTY_SWITCHES)
        if settings.FAULTY_SERVES:
            # Around the switches: what is left of the product's behaviour is what can fail.
            failpoints.install()
            hub_faults.install()
