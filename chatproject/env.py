"""Reads the environment. Every value has a default that works on a laptop, or fails loudly.

`docs/configuration.md` lists every variable; a test compares the two.
"""

import contextlib
import hashlib
import os
import secrets
import tempfile
import tomllib
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT: Final = Path(__file__).resolve().parent.parent

_env: Final = environ.Env()

PORT_MAX: Final = 65_535

UNIX_SOCKET_PATH_MAX: Final = 100
"""The kernel allows 107 bytes for the path of a socket; stay below it."""


def text(name: str, default: str = "") -> str:
    return str(_env.str(name, default=default)).strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Read on/off, true/false, yes/no or 1/0."""
    value = text(name, "on" if default else "off").lower()
    if value in {"on", "true", "yes", "1"}:
        return True
    if value in {"off", "false", "no", "0"}:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")


def port(name: str, default: int) -> int:
    """Read a port number, or 0 for any free one."""
    return integer(name, default, maximum=PORT_MAX)


def integer(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {number}.")
    if maximum is not None and number > maximum:
        raise ImproperlyConfigured(f"{name} must be at most {maximum}, not {number}.")
    return number


def one_of(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = text(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def words(name: str) -> list[str]:
    """Read a list, separated by commas or spaces."""
    return text(name).replace(",", " ").split()


def networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Read a list of addresses and networks; `none` for an empty one.

    Raises:
        ImproperlyConfigured: when one is neither.
    """
    given = text(name, default)
    if given == "none":
        return []
    try:
        return [ip_network(word) for word in given.replace(",", " ").split()]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from None


def version() -> str:
    """Return the version of the program. `pyproject.toml` is its one home."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def data_dir() -> Path:
    """Return the folder of everything that must survive a restart, as an absolute path."""
    return (ROOT / text("DATA_DIR", "var")).resolve()


def origins(own_port: int) -> list[str]:
    """Return the full origins (scheme, host, port) that browsers may come from.

    Raises:
        ImproperlyConfigured: for `*`, for a missing scheme, or for anything behind the port.
    """
    given = words("ORIGINS")
    if not given:
        ports = sorted({own_port, port("PUBLIC_PORT", own_port)})
        return [f"http://{host}:{p}" for p in ports for host in ("127.0.0.1", "localhost")]
    for origin in given:
        if not _is_full_origin(origin):
            raise ImproperlyConfigured(
                f"ORIGINS: {origin!r} is not a full origin such as https://chat.example.org."
            )
    return [origin.rstrip("/").lower() for origin in given]


def _is_full_origin(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        # Reading the port raises when there cannot be such a one.
        is_plain = parts.path in {"", "/"} and not parts.query and (parts.port or 1) > 0
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and is_plain
        and ("*" not in origin)
    )


def hosts(full_origins: list[str]) -> list[str]:
    """Return the host names in full origins."""
    return sorted({urlsplit(origin).hostname or "" for origin in full_origins})


def database(folder: Path) -> dict[str, Any]:
    """Return Django's settings for `DATABASE_URL`, or for SQLite in the data folder."""
    url = text("DATABASE_URL")
    config: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3"}
    if url:
        try:
            config = dict(environ.Env.db_url_config(url))
        except (ValueError, KeyError):
            config = {}
    options = dict(config.pop("OPTIONS", {}))
    if config.get("ENGINE") == "django.db.backends.sqlite3":
        if not url:
            config["NAME"] = str(folder / "parley.sqlite3")
        synchronous = one_of("SQLITE_SYNCHRONOUS", "full", ("full", "normal"))
        # IMMEDIATE takes the write lock at the start of a transaction. Without it a transaction
        # that reads first and writes later fails at once when another process wrote in between.
        options |= {
            # About as long as PostgreSQL may wait for a lock.
            "timeout": 5,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                f"PRAGMA synchronous={synchronous};"
                "PRAGMA foreign_keys=ON;"
                "PRAGMA mmap_size=134217728;"
                "PRAGMA journal_size_limit=67108864;"
                "PRAGMA cache_size=-16000;"
            ),
        }
    elif config.get("ENGINE") == "django.db.backends.postgresql":
        # `postgresql://user@/name?host=/dir` names the folder of a socket.
        config["HOST"] = options.pop("host", config.get("HOST", ""))
        config["PORT"] = options.pop("port", config.get("PORT", ""))
        size = integer("DATABASE_POOL", 12, minimum=1)
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": 3}
        options["connect_timeout"] = 3
        options["options"] = (
            "-c statement_timeout=5s -c lock_timeout=4s -c idle_in_transaction_session_timeout=10s"
        )
    else:
        raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL or SQLite.")
    return {**config, "OPTIONS": options, "CONN_HEALTH_CHECKS": True}


def files_storage(folder: Path) -> dict[str, Any]:
    """Return Django's settings for `FILES_URL`, or for a folder in the data folder.

    Raises:
        ImproperlyConfigured: when it is neither a folder nor a bucket.
    """
    url = text("FILES_URL")
    options: dict[str, Any]
    parts = urlsplit(url)
    if not url or parts.scheme == "file":
        options = {
            "location": parts.path or str(folder / "files"),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        }
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    query = dict(parse_qsl(parts.query))
    bucket = parts.path.strip("/")
    unknown = set(query) - {"region", "tls"}
    if parts.scheme != "s3" or not bucket or "/" in bucket or unknown:
        raise ImproperlyConfigured(
            "FILES_URL must be file:///folder or s3://key:secret@host/bucket, "
            "with ?region=… and ?tls=off where needed."
        )
    scheme = "http" if query.get("tls") == "off" else "https"
    try:
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        raise ImproperlyConfigured("FILES_URL has no valid port.") from None
    options = {
        "bucket_name": bucket,
        "access_key": unquote(parts.username) if parts.username else None,
        "secret_key": unquote(parts.password) if parts.password else None,
        "endpoint_url": f"{scheme}://{host}" if host else None,
        "region_name": query.get("region"),
        "has_endpoint": bool(host),
    }
    return {"BACKEND": "files.bucket.Bucket", "OPTIONS": options}


def secret_key(folder: Path) -> str:
    """Return `SECRET_KEY`, or the key in the data folder, which is made when there is none.

    Raises:
        ImproperlyConfigured: when the key cannot be kept.
    """
    given = text("SECRET_KEY")
    if given:
        return given
    path = folder / "secret_key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Several processes may get here at once: link() lets exactly one of them win.
            descriptor, temporary = tempfile.mkstemp(dir=folder)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(50))
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
            Path(temporary).unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {folder} cannot be used ({error.strerror}). "
            "Name another one with DATA_DIR."
        ) from None


def embedded_socket(folder: Path) -> Path:
    """Return the path of the embedded Valkey's socket for this data folder."""
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) < UNIX_SOCKET_PATH_MAX:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"parley-{os.getuid()}-{name}" / "valkey.sock"


def redis_url(folder: Path) -> str:
    """Return `REDIS_URL`, or the address of the embedded Valkey.

    Raises:
        ImproperlyConfigured: when it is no address of a Redis.
    """
    url = text("REDIS_URL", f"unix://{embedded_socket(folder)}")
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"redis", "rediss", "unix"} and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ImproperlyConfigured(
            "REDIS_URL must be an address such as redis://host:6379/0, rediss://… or unix:///path."
        )
    return url


def mail(folder: Path) -> dict[str, Any]:
    """Return Django's settings for `EMAIL_URL`, or for mail that is put into the data folder.

    Raises:
        ImproperlyConfigured: when it is no address of a mail server.
    """
    url = text("EMAIL_URL")
    if not url:
        # Not the log: what is mailed opens accounts.
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(folder / "mail"),
        }
    if urlsplit(url).scheme not in {"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail"}:
        raise ImproperlyConfigured(
            "EMAIL_URL must be an address such as smtp+tls://user:password@mail.example.org:587."
        )
    try:
        config = dict(environ.Env.email_url_config(url))
    except (ValueError, KeyError):
        raise ImproperlyConfigured("EMAIL_URL is not the address of a mail server.") from None
    return {
        **{name: value for name, value in config.items() if name.startswith("EMAIL_")},
        "EMAIL_TIMEOUT": 10,
    }


def sign_in_elsewhere() -> dict[str, str] | None:
    """Return what `OIDC_…` say of an OpenID Connect provider, or None when they say nothing.

    Raises:
        ImproperlyConfigured: when only a part is said.
    """
    url = text("OIDC_URL").rstrip("/")
    client_id, secret = text("OIDC_CLIENT_ID"), text("OIDC_CLIENT_SECRET")
    if not url and not client_id and not secret:
        return None
    if not (client_id and secret and urlsplit(url).scheme in {"http", "https"}):
        raise ImproperlyConfigured(
            "OIDC_URL (with https://), OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together."
        )
    parts = urlsplit(url)
    return {
        "url": url,
        "origin": f"{parts.scheme}://{parts.netloc}",
        "client_id": client_id,
        "secret": secret,
        "name": text("OIDC_NAME", "Single sign-on"),
    }
