"""The one settings module. What differs per machine comes from the environment; defaults are the locked ones."""

from pathlib import Path

from config.env import env, master_key, secret, switch, years

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("ZORGVULDIG_DATA", str(BASE_DIR / "var")))

# A try-out runs on plain http with the fictional school; nothing else may.
TRYOUT = switch("TRYOUT", default=False)
REQUIRE_MFA = switch("REQUIRE_MFA", default=not TRYOUT)  # nobody works without a second step at sign-in
BEHIND_PROXY = switch("BEHIND_PROXY", default=False)
MAINTENANCE = switch("MAINTENANCE", default=False)  # every page says that the house is closed; /livez answers
DEBUG = False
SECRET_KEY = secret("SECRET_KEY")
MASTER_KEY = master_key()
OLD_MASTER_KEY = master_key("OLD_MASTER_KEY", needed=False)  # set while the keys are wrapped anew
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "config",  # its `migrate` connects as the owner
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "guardian",
    "simple_history",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "audit",
    "accounts",
    "cases",
    "consent",
    "meetings",
    "letters",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.Trail",
    "config.middleware.Hardening",
    "config.middleware.Refusals",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.SessionClock",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.SignInFirst",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.SecondStep",
    "config.middleware.Wall",  # last: everything a view does, happens through the eyes of who asks
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.page",
                "cases.context.menu",
            ],
        },
    }
]

# The application's role, always. Who migrates is told by DATABASE_OWNER_URL and used by `migrate` alone.
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    ATOMIC_REQUESTS=True,
    CONN_MAX_AGE=0,
)
APPLICATION_ROLE = DATABASES["default"]["USER"]
if switch("DATABASE_POOL", default=False):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 4}
DATABASE_OWNER = env.db_url("DATABASE_OWNER_URL") if env.str("DATABASE_OWNER_URL", "") else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# How long the record of looking is kept, at most five years; and the file outside the database that its seals go to.
AUDIT_YEARS = years("AUDIT_YEARS", default=5, most=5)
AUDIT_SEALS = env.str("AUDIT_SEALS", "")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotSchoolWords"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "cases:today"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# On name and address together, and on the address: on the name alone, anybody could lock out the ib'er.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
# These counters are for all workers: a cache of each process would give a guesser five tries with every one of them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_counter",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # a weighty step asks for a sign-in as fresh as this
MFA_ADAPTER = "accounts.second_factor.Adapter"
MFA_FORMS = {
    "authenticate": "accounts.code_forms.CodeForm",
    "reauthenticate": "accounts.code_forms.ConfirmCodeForm",
    "activate_totp": "accounts.code_forms.FirstCodeForm",
    "add_webauthn": "accounts.code_forms.PasskeyForm",
    "edit_webauthn": "accounts.code_forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Zorgvuldig"
MFA_TOTP_TOLERANCE = 1  # the clock of a phone, and slow fingers
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nothing is mailed: people come by a link that is handed over
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = 8 * 60 * 60  # a school day; teachers alone
MFA_TRUST_COOKIE_NAME = "zorgvuldig_trusted" if TRYOUT else "__Host-trusted"

# Guardian serves as one table of direct grants; its backend, its anonymous user and its generic tables are not used.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # the backend stays out on purpose: access is asked of `for_user`, never of has_perm()
]
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # uploads live sealed in the database
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# Uploads stay in memory: no plain copy of a scan on the disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 60 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

SECURE_SSL_REDIRECT = not TRYOUT
SECURE_HSTS_SECONDS = 0 if TRYOUT else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0  # limits count the address that our own proxy wrote down
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes the browser send "Origin: null", and every form is refused
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TRYOUT
SESSION_COOKIE_NAME = "zorgvuldig_session" if TRYOUT else "__Host-session"
CSRF_COOKIE_NAME = "zorgvuldig_csrf" if TRYOUT else "__Host-csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nothing is mailed yet

# Lines of JSON. No paths, queries or texts: they could name a child.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "config.log.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
