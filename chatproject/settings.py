"""Django's settings. Everything that an operator may change comes from the environment."""

import os
import sys

import structlog

from chatproject import env, logs

BASE_DIR = env.ROOT
DATA_DIR = env.data_dir()

VERSION = env.version()
INSTANCE_ID = env.text("INSTANCE_ID", "Instance-1")
HOST = env.text("HOST", "127.0.0.1")
PORT = env.port("PORT", 8000)

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret_key(DATA_DIR)

ORIGINS = env.origins(PORT)
ALLOWED_HOSTS = env.hosts(ORIGINS)
CSRF_TRUSTED_ORIGINS = ORIGINS
HTTPS = all(origin.startswith("https://") for origin in ORIGINS)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "csp",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "django_tasks_db",
    "audit",
    "work",
    "realtime",
    "presence",
    "accounts",
    "files",
    "chat",
    "integrations",
    "operations",
]

MIDDLEWARE = [
    "operations.middleware.Probes",
    "operations.middleware.Measured",
    "operations.middleware.RequestId",
    "operations.middleware.Whence",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "operations.middleware.AdminPolicy",
    "operations.middleware.PrivateByDefault",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.OwnLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "operations.middleware.DatabaseAway",
]

ROOT_URLCONF = "chatproject.urls"
ASGI_APPLICATION = "chatproject.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ── Data ────────────────────────────────────────────────────────────────────────────────────

DATABASES = {"default": env.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE_THREADS = env.integer("DATABASE_THREADS", 8, minimum=1)

REDIS_URL = env.redis_url(DATA_DIR)
REDIS_EMBEDDED = not env.text("REDIS_URL")
REDIS_SOCKET = env.embedded_socket(DATA_DIR)
REDIS_PREFIX = env.text("REDIS_PREFIX", "parley")

CHANNEL_LAYER = env.one_of("CHANNEL_LAYER", "hub", ("hub", "stock"))
CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "realtime.layer.HubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": REDIS_PREFIX},
        }
        if CHANNEL_LAYER == "hub"
        else {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                # redis-py 8 would cut a blocking read after 5 s and allow 100 connections.
                "hosts": [
                    {"address": REDIS_URL, "socket_timeout": None, "max_connections": 10_000}
                ],
                "prefix": REDIS_PREFIX,
                "capacity": 10_000,
            },
        }
    ),
}

CACHES = {"default": {"BACKEND": "chatproject.cache.LenientRedisCache", "LOCATION": REDIS_URL}}

# ── Files ───────────────────────────────────────────────────────────────────────────────────

MEBIBYTE = 1024 * 1024
FILE_MAX_BYTES = env.integer("FILE_MAX_MB", 25, minimum=1) * MEBIBYTE
FILES_DAY_MAX_BYTES = env.integer("FILES_DAY_MAX_MB", 500, minimum=1) * MEBIBYTE
FILES_TOTAL_MAX_BYTES = env.integer("FILES_TOTAL_MAX_MB", 0) * MEBIBYTE

# ── Background work ─────────────────────────────────────────────────────────────────────────

TASKS = {"default": {"BACKEND": "work.declaring.Backend"}}
WORK_THREADS = env.integer("WORK_THREADS", 2, minimum=1)

# ── What monitoring may see ─────────────────────────────────────────────────────────────────

METRICS_ALLOW = env.networks("METRICS_ALLOW", "127.0.0.1 ::1")
METRICS_TOKEN = env.text("METRICS_TOKEN")
WORKER_METRICS_PORT = env.port("WORKER_METRICS_PORT", 0)

# ── People ──────────────────────────────────────────────────────────────────────────────────

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "workspace"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "parley_sid"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "operations.views.csrf_failure"

RATE_LIMITS = env.flag("RATE_LIMITS", default=True)
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, maximum=10)

ACCOUNT_ADAPTER = "accounts.adapters.Accounts"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.newcomers.NewcomerFields"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
# Of those who sign up by themselves (accounts.stages). A stranger cannot tell which address has
# an account: every answer is the same, and the mail says the rest.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_RATE_LIMITS = (
    {
        "login": "30/m/ip",
        "login_failed": "10/m/ip,5/5m/key",
        "reset_password": "20/m/ip,2/h/key,5/d/key",
    }
    if RATE_LIMITS
    else False
)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

MFA_ADAPTER = "accounts.second_factors.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Whoever was invited need not have an address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A browser takes http for safe on localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS: dict[str, str] | bool = {} if RATE_LIMITS else False

USERSESSIONS_ADAPTER = "accounts.adapters.Sessions"
HEADLESS_CLIENTS = ("browser",)

OIDC = env.sign_in_elsewhere()
SOCIALACCOUNT_ADAPTER = "accounts.adapters.Elsewhere"
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": OIDC["name"],
                    "client_id": OIDC["client_id"],
                    "secret": OIDC["secret"],
                    "settings": {"server_url": OIDC["url"]},
                }
            ],
        }
    }
    if OIDC
    else {}
)
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "oidc"

for _name, _value in env.mail(DATA_DIR).items():
    globals()[_name] = _value
MAIL_LEAVES_THE_SERVER = bool(env.text("EMAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", "parley@localhost")

# ── What browsers are told ──────────────────────────────────────────────────────────────────

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # The proxy in front ends TLS and redirects.
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # The proxy redirects to HTTPS.
    "security.W021",  # Whether a domain is preloaded is its owner's choice.
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *(origin.replace("http", "ws", 1) for origin in ORIGINS)],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        # A form that leads elsewhere by a redirect needs both.
        "form-action": ["'self'", *([OIDC["origin"]] if OIDC else [])],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["lit-html", "parley-worker"],
    },
}

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "build" / "ui"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "files": env.files_storage(DATA_DIR),
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "uploads"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "build" / "locale"]
LANGUAGE_COOKIE_NAME = "parley_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "UTC"
USE_TZ = True

# ── REST ────────────────────────────────────────────────────────────────────────────────────

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "chat.api.authentication.BearerToken",
        "chat.api.authentication.BrowserSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["chat.api.rendering.Json"],
    "DEFAULT_PARSER_CLASSES": ["chat.api.rendering.RawJson"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "chat.api.errors.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Parley",
    "DESCRIPTION": "The REST API of Parley. What happens live comes over the socket at `/ws/`.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": ["chat.api.schema.complete"],
}

# ── Logs ────────────────────────────────────────────────────────────────────────────────────

LOG_FORMAT = env.one_of("LOG_FORMAT", "text", ("text", "json"))
LOG_LEVEL = env.one_of("LOG_LEVEL", "info", ("debug", "info", "warning", "error")).upper()
LOGGING = logs.config(log_format=LOG_FORMAT, level=LOG_LEVEL)
structlog.configure(**logs.structlog_config(INSTANCE_ID, log_format=LOG_FORMAT, level=LOG_LEVEL))

TESTING = "PYTEST_VERSION" in os.environ or "pytest" in sys.modules
if TESTING:
    # A test's time should not go into stretching passwords.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    DATABASES["default"]["TEST"] = {
        "NAME": str(DATA_DIR / "test.sqlite3")
        if DATABASES["default"]["ENGINE"].endswith("sqlite3")
        else None
    }
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
