"""Settings: read from the environment once, through one reader that refuses junk with a sentence."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, validate

from kernel.registry import module_packages
from tenants.backend.wall import leave

env = Env()
ROOT = Path(__file__).resolve().parents[2]
VAR = Path(env.str("BALADIYAT_VAR", str(ROOT / "var")))

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "", validate=None)
if not SECRET_KEY:
    if not DEBUG and not env.bool("BALADIYAT_BUILDING", False):
        raise SystemExit(
            "SECRET_KEY is not set: infra/up makes one; a server's environment must give one."
        )
    SECRET_KEY = "only-for-building-and-tests"  # noqa: S105
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])

# --- Which parts the house has -------------------------------------------------------------------
MODULE_PACKAGES = module_packages(ROOT / "modules")
HOUSE_MANIFESTS = (
    "kernel.house",
    "tenants.manifest",
    "tenants.portability.manifest",
    "frontend.manifest",
    "api.manifest",
)

SHARED_APPS = ("tenants", "tenants.portability")
KERNEL_ROOMS = (
    "kernel.audit",
    "kernel.events",
    "kernel.activation",
    "kernel.identity",
    "kernel.organisation",
    "kernel.profile",
    "kernel.numbering",
    "kernel.calendar",
    "kernel.once",
    "kernel.files",
    "kernel.parties",
    "kernel.places",
    "kernel.policies",
    "kernel.holds",
    "kernel.printing",
    "kernel.notifications",
    "kernel.jobs",
)
TENANT_APPS = (
    "django.contrib.sessions",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *KERNEL_ROOMS,
    "frontend",
    "api",
    *MODULE_PACKAGES,
)
# Apps that stand by with code only: their tables (groups, permissions, content types) are not ours to use.
TABLELESS_APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "pgtrigger",
    "allauth",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_tables2",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_vite",
)
INSTALLED_APPS = ["config.apps.ConfigApp", *SHARED_APPS, *TENANT_APPS, *TABLELESS_APPS]
SHARED_LABELS = frozenset({"tenants", "portability"})
TENANT_LABELS = frozenset(
    {"sessions", "account", "mfa", "usersessions", "frontend", "api"}
    | {one.rsplit(".", 1)[-1] for one in (*KERNEL_ROOMS, *MODULE_PACKAGES)}
)
TENANT_MODEL = "tenants.Municipality"
TENANT_DOMAIN_MODEL = "tenants.Host"
AUTH_USER_MODEL = "identity.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "models.E028",
    "auth.W004",
]

# --- Servers ---------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "postgres://baladiyat@127.0.0.1:5432/baladiyat")
# Connections are shared by the threads of a process. A municipality gets one that knows it where it can, and one that
# has met too many is renewed: a backend keeps about 0.045 MB for each table (tenants.backend.pool). False behind a
# pooler of your own.
DATABASE_POOL: dict[str, object] = (
    {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_MAX", 8, validate=validate.Range(min=1, max=100)),
        "max_lifetime": env.int(
            "DATABASE_POOL_LIFETIME", 1200, validate=validate.Range(min=60, max=86400)
        ),
        "most_towns": env.int(
            "DATABASE_POOL_TOWNS", 100, validate=validate.Range(min=1, max=10000)
        ),
        "max_idle": 300,
        "timeout": 10,
        "reset": leave,
    }
    if env.bool("DATABASE_POOL", True)
    else {}
)
# Each municipality is entered by a database role of its own, where the login may make roles (tenants.roles).
DATABASE_ROLE_WALL = env.bool("DATABASE_ROLE_WALL", True)
# PostgreSQL with Citus: municipalities are spread over the nodes by schema (docs/operators.md).
CITUS = env.bool("CITUS", False)
_database = env.dj_db_url("DATABASE_URL", DATABASE_URL)  # type: ignore[call-overload]
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "tenants.backend",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0 if DATABASE_POOL else env.int("DATABASE_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            "application_name": "baladiyat",
            # The path is empty until a municipality is entered.
            "options": "-c jit=off -c timezone=UTC -c idle_in_transaction_session_timeout=60s -c search_path=",
            **({"pool": DATABASE_POOL} if DATABASE_POOL else {}),
        },
        "TEST": {"NAME": env.str("BALADIYAT_TEST_DATABASE", None)},
    }
}
DATABASE_ROUTERS = ["tenants.router.SchemaRouter"]

CACHE_URL = env.str("CACHE_URL", "redis://127.0.0.1:6379/1")
if CACHE_URL.startswith("locmem"):
    _cache: dict[str, object] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
else:
    _cache = {
        "BACKEND": "kernel.caching.ForgivingCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,  # a cache that is away makes pages slower, never wrong
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
        },
    }
CACHES = {
    "default": {**_cache, "KEY_FUNCTION": "kernel.tenancy.cache_key", "KEY_PREFIX": "b"},
    "shared": {**_cache, "KEY_FUNCTION": "kernel.tenancy.shared_cache_key", "KEY_PREFIX": "b"},
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

CELERY_BROKER_URL = env.str("BROKER_URL", "redis://127.0.0.1:6379/0")
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_EAGER", False)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # A broker that is away must not make a clerk wait: what was to be sent stands in a table.
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_TIME_LIMIT = 3600
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

STORAGE_URL = env.str("STORAGE_URL", f"file://{VAR}/files")
# Copies of municipalities (tenants.portability): where they lie, how often they are made, how long they are kept.
BACKUP_DIR = env.str("BACKUP_DIR", str(VAR / "backups"))
BACKUP_EVERY_HOURS = env.int("BACKUP_EVERY_HOURS", 24, validate=validate.Range(min=1, max=168))
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", 14, validate=validate.Range(min=2, max=3650))
BACKUP_IDENTITY_FILE = env.str("BACKUP_IDENTITY_FILE", str(VAR / "secret" / "backup-identity"))
EXPORT_SCRATCH = env.str("EXPORT_SCRATCH", str(VAR / "scratch"))
WAL_ARCHIVE = env.str("WAL_ARCHIVE", str(VAR / "archive"))
# Municipalities' tables kept ready, so that making one takes a name (tenants.spares).
SPARE_SCHEMAS = env.int("SPARE_SCHEMAS", 0, validate=validate.Range(min=0, max=50))
# Only where integrators are tried out on one computer: webhooks may then lead to it, also without TLS.
WEBHOOK_ALLOW_LOOPBACK = env.bool("WEBHOOK_ALLOW_LOOPBACK", False)
PAYMENT_SANDBOX = env.bool("PAYMENT_SANDBOX", False)
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", "local:")
SMS_GATEWAY_METHOD = env.str("SMS_GATEWAY_METHOD", "POST", validate=validate.OneOf(["GET", "POST"]))
SMS_GATEWAY_FIELDS = env.json(  # type: ignore[call-overload]
    "SMS_GATEWAY_FIELDS", '{"to": "{to}", "text": "{text}", "from": "{sender}"}'
)
SMS_GATEWAY_HEADERS = env.json("SMS_GATEWAY_HEADERS", "{}")  # type: ignore[call-overload]
SMS_GATEWAY_SUCCESS = env.str("SMS_GATEWAY_SUCCESS", "")
SMS_GATEWAY_REFERENCE = env.str("SMS_GATEWAY_REFERENCE", "id")
SMS_SENDER = env.str("SMS_SENDER", "")
EMAIL_URL = env.str("EMAIL_URL", "local:")
if EMAIL_URL.startswith("local"):
    EMAIL_BACKEND = "kernel.notifications.mail.OutboxBackend"
else:
    _mail = env.dj_email_url("EMAIL_URL", EMAIL_URL)  # type: ignore[call-overload]
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "no-reply@localhost")

# --- The web -----------------------------------------------------------------------------------------
ROOT_URLCONF = "config.urls_municipality"
HUB_URLCONF = "config.urls_hub"
WSGI_APPLICATION = "config.wsgi.application"
HUB_HOST = env.str("HUB_HOST", "localhost")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
PUBLIC_PORT = env.int("PUBLIC_PORT", 8000)
# The register decides which hosts exist (tenants.middleware); a host that is not in it never comes this far.
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = [
    "config.static.StaticMiddleware",
    "tenants.middleware.HostMiddleware",
    "tenants.turns.TurnMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kernel.identity.middleware.IdentityMiddleware",
    "frontend.support.session.SupportMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "frontend.middleware.FaceMiddleware",
]
# How many requests a process works on at once, in all and for one municipality, and how many may wait besides
# (tenants.turns). The web server's threads (32) must be more than WEB_INSIDE: they answer those who are sent away.
WEB_AT_WORK = env.int("WEB_AT_WORK", 6, validate=validate.Range(min=1, max=64))
TOWN_AT_WORK = env.int("TOWN_AT_WORK", 4, validate=validate.Range(min=1, max=64))
TOWN_INSIDE = env.int("TOWN_INSIDE", 20, validate=validate.Range(min=1, max=512))
WEB_INSIDE = env.int("WEB_INSIDE", 28, validate=validate.Range(min=1, max=512))
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "frontend" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.face",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "frontend.errors.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
BEHIND_TLS = env.bool("BEHIND_TLS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME = "__Host-session" if BEHIND_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if BEHIND_TLS else "csrf"
# Cookies are for the one host that set them: no Domain, ever. With TLS the browser itself holds to it (`__Host-`).
SESSION_COOKIE_DOMAIN = CSRF_COOKIE_DOMAIN = LANGUAGE_COOKIE_DOMAIN = None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/"
LANGUAGE_COOKIE_SECURE = BEHIND_TLS
LANGUAGE_COOKIE_SAMESITE = "Lax"
# Only the municipality's own host may send forms; no other origin is trusted, and no proxy names the host.
CSRF_TRUSTED_ORIGINS: list[str] = []
USE_X_FORWARDED_HOST = False
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
# Where pictures of the map come from, for example `https://tiles.example.ps/{z}/{x}/{y}.png`, and whom to thank for
# them. Without it a map shows a plain grid and the points that are known: nobody outside learns where people look.
MAP_TILES_URL = env.str("MAP_TILES_URL", "")
MAP_TILES_CREDIT = env.str("MAP_TILES_CREDIT", "")
_TILES_AT = urlsplit(MAP_TILES_URL.replace("{s}", "*"))
if MAP_TILES_URL and not (_TILES_AT.scheme in ("http", "https") and _TILES_AT.netloc):
    raise SystemExit("MAP_TILES_URL must be a whole address, https://host/{z}/{x}/{y}.png.")
_TILES_HOST = [f"{_TILES_AT.scheme}://{_TILES_AT.netloc}"] if MAP_TILES_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", *_TILES_HOST],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-src": ["'self'", "blob:"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_MAX_BYTES = env.int("FILE_MAX_BYTES", 25 * 1024 * 1024, validate=validate.Range(min=1024))
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o600

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [path for path in [ROOT / "frontend" / "dist"] if path.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DJANGO_VITE = {
    "default": {
        "dev_mode": env.bool("VITE_DEV", False),
        "manifest_path": ROOT / "frontend" / "dist" / "manifest.json",
        "static_url_prefix": "",
    }
}

# --- Words and time ----------------------------------------------------------------------------------
LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", "العربية"), ("en", "English")]
LOCALE_PATHS = [
    ROOT / "platform" / "kernel" / "locale"
]  # what the kernel says outside of its rooms
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Hebron"
FORMAT_MODULE_PATH = ["config.formats"]

# --- Accounts (kernel.identity) ------------------------------------------------------------------------
from config.accounts import *  # noqa: E402, F403

# --- The edge --------------------------------------------------------------------------------------------
from config.edge import *  # noqa: E402, F403

# --- Logs ------------------------------------------------------------------------------------------------
from config.logs import LOGGING  # noqa: E402, F401

_storage = urlsplit(STORAGE_URL)
if _storage.scheme not in {"file", "s3"}:
    raise SystemExit("STORAGE_URL must begin with file:// or s3://.")
