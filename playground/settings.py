"""Settings of every Easel installation; what differs comes from the environment.

`EASEL_DATA_DIR` holds everything that is not code: keys, database, files. Without any
variable the result is safe for one person's machine: loopback host names only.
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from playground.lib import data_dir, env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_dir.prepare(Path(env.text("EASEL_DATA_DIR", str(BASE_DIR / "var"))))

SECRET_KEY = data_dir.secret_key(DATA_DIR)
FIELD_KEYS = data_dir.field_keys(DATA_DIR)
DEBUG = env.flag("EASEL_DEBUG")

# Names under which the server may be called. `serve` adds the address it listens on.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.words("EASEL_ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = env.words("EASEL_TRUSTED_ORIGINS")
BEHIND_HTTPS = env.flag("EASEL_HTTPS")

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_htmx",
    "playground.organizations",
    "playground.api",
    "playground.shell",
    "images_app",
    "assistants_app",
]

MIDDLEWARE = [
    "playground.api.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "playground.shell.middleware.quiet_refusals",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "playground.urls"
ASGI_APPLICATION = "playground.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "playground.shell.context_processors.frame",
            ],
        },
    },
]

# IMMEDIATE and WAL: with SQLite's defaults, parallel read-modify-writes end in
# "database is locked" (django ticket 29280 explains why). WAL itself is a property of
# the file, so `prepare` sets it once.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "easel.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA synchronous=NORMAL;",
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

AUTH_USER_MODEL = "organizations.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "shell:sign_in"
LOGIN_REDIRECT_URL = "shell:home"
SIGN_IN_LINK_FIRST_HOURS = 24
SIGN_IN_LINK_MINUTES = 15
INVITATION_DAYS = 7
# Where an admin's click looks for servers on this machine: Ollama; LM Studio and
# sd-server; llama.cpp and LocalAI; Automatic1111; ComfyUI.
LOCAL_SERVER_PORTS = (11434, 1234, 8080, 7860, 8188)

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Bounds on what comes in, checked before anything is parsed or decoded.
UPLOAD_MAX_JSON_BYTES = 32 * 1024 * 1024
UPLOAD_MAX_BODY_BYTES = 64 * 1024 * 1024
UPLOAD_MAX_PICTURE_BYTES = 25 * 1024 * 1024
UPLOAD_MAX_PICTURE_PIXELS = 40_000_000
UPLOAD_MAX_PICTURES = 16
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_JSON_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = UPLOAD_MAX_PICTURES + 1
FILE_UPLOAD_TEMP_DIR = None

# How long the address of a picture in an API answer works without a key.
SIGNED_URL_SECONDS = 60 * 60

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "easel_session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_NAME = "easel_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
if BEHIND_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {request_id} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {
        "request_id": {"()": "playground.api.request_ids.RequestIdFilter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.text("EASEL_LOG_LEVEL", "WARNING")},
    # A refused form or a wrong address is an answer, not a trouble of the server's.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
