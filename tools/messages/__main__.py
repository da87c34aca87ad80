"""`refresh` takes over what is new in the code, `check` says what is missing, `compile` builds."""

import os
import sys

import django

from tools.messages import catalogues, finding


def main(verb: str) -> int:
    if verb == "compile":
        return _compile()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    django.setup()
    found = {
        catalogues.SERVER: list(finding.of_server()),
        catalogues.BROWSER: list(finding.of_browser()),
    }
    problems: list[str] = []
    for language in catalogues.languages():
        for domain, texts in found.items():
            catalog = catalogues.read(language, domain)
            if verb == "check":
                problems += catalogues.problems(language, catalog, texts)
            else:
                catalogues.save(language, catalogues.refreshed(catalog, texts))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _compile() -> int:
    for language in catalogues.languages():
        catalogues.compile_server(language, catalogues.read(language, catalogues.SERVER))
        catalogues.compile_browser(language, catalogues.read(language, catalogues.BROWSER))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "refresh"))
