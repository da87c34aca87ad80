"""The wiring: settings, environment, ASGI and URLs. It knows every app and is known by none."""
