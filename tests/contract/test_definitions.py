"""What is defined once is defined once, and everything that is generated from it is fresh."""

import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

from protocol import export
from protocol.bridge import BRIDGE_COMMANDS, BRIDGE_EVENTS
from protocol.commands import COMMANDS
from protocol.describing import wire_type
from protocol.events import EPHEMERAL_EVENTS, ORDERED_EVENTS

ROOT = export.ROOT
OURS = [
    "protocol",
    "work",
    "realtime",
    "presence",
    "accounts",
    "files",
    "chat",
    "integrations",
    "operations",
    "chatproject",
]


def sources(*folders: str, suffix: str = ".py") -> dict[Path, str]:
    return {
        path: path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob(f"*{suffix}"))
        if "node_modules" not in path.parts
    }


def test_nothing_that_is_generated_is_stale() -> None:
    assert export.stale() == []


def test_no_event_or_command_is_spelled_by_hand() -> None:
    frames = (*COMMANDS, *ORDERED_EVENTS, *EPHEMERAL_EVENTS, *BRIDGE_COMMANDS, *BRIDGE_EVENTS)
    names = [wire_type(record) for record in frames]
    dotted = [name for name in names if "." in name]
    texts = sources(
        "realtime", "presence", "accounts", "chat", "operations", "chatproject", "tools"
    )
    texts |= sources("ui/js", suffix=".js")
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in texts.items()
        if "generated" not in path.name and "demo" not in path.parts
        for name in dotted
        if f'"{name}"' in text or f"'{name}'" in text
    ]
    assert found == []


@pytest.mark.parametrize("event", ORDERED_EVENTS, ids=lambda event: event.__name__)
def test_every_ordered_event_is_made_by_a_service_and_reduced_in_the_browser(event: type) -> None:
    services = "".join(sources("chat/services").values())
    assert re.search(rf"\b{event.__name__}\b", services)
    constant = wire_type(event).replace(".", "_").upper()
    assert f"EVENT.{constant}" in "".join(sources("ui/js", suffix=".js").values())


@pytest.mark.parametrize(
    "record",
    [*COMMANDS, *ORDERED_EVENTS, *BRIDGE_COMMANDS, *BRIDGE_EVENTS],
    ids=lambda one: one.__name__,
)
def test_everything_on_the_wire_is_described(record: type) -> None:
    assert (record.__doc__ or "").strip().endswith(".")


def test_only_one_place_sends_and_only_one_builds_stream_names() -> None:
    texts = sources(*OURS)
    sends = {
        path.relative_to(ROOT).as_posix()
        for path, text in texts.items()
        if re.search(r"runtime\.send(_all)?\(", text)
    } - {"realtime/runtime.py"}
    assert sends == {"chat/broadcast.py"}
    builds = {
        path.relative_to(ROOT).as_posix()
        for path, text in texts.items()
        if re.search(r'f"[cu]:\{', text)
    }
    assert builds == {"chat/groups.py"}


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    reader = re.compile(r'\b(?:text|flag|integer|port|one_of|words|networks)\(\s*"([A-Z][A-Z_]+)"')
    read = {name for text in sources("chatproject").values() for name in reader.findall(text)}
    page = (ROOT / "docs/configuration.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    assert documented == read


def test_the_makefile_and_its_help_agree() -> None:
    makefile = (ROOT / "Makefile").read_text()
    helped = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    readme = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", readme))
    assert named <= helped
    assert {"run", "test", "demo", "instance", "check-cluster", "lint"} <= helped


@pytest.mark.parametrize(
    ("package", "floor"),
    [
        ("daphne", "4.2.3"),  # CVE-2026-44545, CVE-2026-44546
        ("django", "5.2.19"),
        ("channels", "4.3.2"),
    ],
)
def test_no_package_is_older_than_its_last_security_fix(package: str, floor: str) -> None:
    assert Version(version(package)) >= Version(floor)


def test_every_link_in_the_documentation_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert len(pages) > 5
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert listed
    suspicious = re.compile(r"/(?:home|root|work|Users)/[a-z]")
    found = [
        name
        for name in listed
        if (ROOT / name).suffix in {".py", ".md", ".js", ".css", ".html", ".toml", ".txt", ".in"}
        and (ROOT / name).exists()
        and suspicious.search((ROOT / name).read_text(encoding="utf-8"))
        and name != "tests/contract/test_definitions.py"
    ]
    assert found == []


def test_every_test_that_the_list_of_features_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "features.md").read_text()))
    assert len(named) > 50
    written = "".join(sources("tests").values())
    assert [name for name in sorted(named) if f"def {name}(" not in written] == []
