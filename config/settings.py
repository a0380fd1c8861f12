"""Settings, read from the environment; what is unset falls back to the embedded services in DATA_DIR."""

import gc
import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from common.sentinels import is_watched
from config.broker import broker_settings
from config.database import connection_options, replica_database
from config.embedded.paths import OWNER, broker_url, database_url, redis_url
from config.environment import read_environment
from config.environment.retention import KEPT
from config.mail import mail_settings
from config.outside import variables_by_file
from config.schedule import ROUTES, SCHEDULE
from config.secret import check_secret_key, load_secret_key

gc.disable()  # what is loaded from here on stays; common/apps.py enables it again, once all is there

BASE_DIR = Path(__file__).resolve().parent.parent
said = read_environment()  # config/environment/table.py lists what it may say; every mistake in it ends the start
PRODUCTION = said["PRODUCTION"]  # people work here: nothing is made up, and nothing is answered in plain text
DATA_DIR = BASE_DIR / said["DATA_DIR"]

DEBUG = said["DEBUG"]
SECRET_KEY = said["SECRET_KEY"] or load_secret_key(DATA_DIR)
check_secret_key(SECRET_KEY)
SECRET_KEY_FALLBACKS = said["SECRET_KEY_FALLBACKS"]
EMBEDDED = [database_url(DATA_DIR), database_url(DATA_DIR, role=OWNER)]
IS_EMBEDDED = not PRODUCTION and said["DATABASE_URL"] in (None, *EMBEDDED)
WEB_THREADS = said["WEB_THREADS"]
# Seal the secrets of connected shops: the first key seals, each of them opens (`rotate_keys`).
CONNECTOR_KEYS = said["CONNECTOR_KEYS"]
# Lets webhook endpoints be on the loopback, without TLS: for tests and first tries, never where people work.
WEBHOOKS_ALLOW_LOOPBACK = said["WEBHOOKS_ALLOW_LOOPBACK"]
ALLOWED_HOSTS = said["ALLOWED_HOSTS"]
# Networks of the proxies in front of us: only they may say who the client is, and that it came by TLS.
TRUSTED_PROXIES = said["TRUSTED_PROXIES"]
CSRF_TRUSTED_ORIGINS = said["CSRF_TRUSTED_ORIGINS"]

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # its default one would replace the workbench's site by its own
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "workbench.apps.WorkbenchAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "rest_framework_api_key",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "pgtrigger",
    "axes",
    "csp",
    "common",
    "stores",
    "orders",
    "payments",
    "refunds",
    "offers",
    "connectors",
    "webhooks",
    "automation",
    "notices",
    "privacy",
    "workbench",
    "operations",
    "demo",
]

MIDDLEWARE = [
    "common.web.access.AccessLogMiddleware",
    "webhooks.failed_calls.middleware.FailedCallMiddleware",  # whatever the answer comes from
    "common.web.proxies.ProxyMiddleware",
    "common.web.plain_text.PlainTextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "common.web.pages.PageFiles",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # these two before whatever refuses
    "common.web.pages.PagePolicy",
    "common.web.instant.OneInstantMiddleware",
    "common.web.time_limits.TimeLimitMiddleware",
    "common.web.pages.PageSessions",
    "django.middleware.locale.LocaleMiddleware",
    "common.web.refusals.RefusalMiddleware",
    "common.web.address_limits.AddressLimitMiddleware",
    "common.web.slashes.SlashMiddleware",
    "common.web.pages.PageForms",
    "common.web.pages.PagePeople",
    "common.web.pages.PageSessionLimits",
    "common.web.pages.PageMessages",
    "axes.middleware.AxesMiddleware",
    "privacy.looks.middleware.LookMiddleware",
    "common.web.replica.ReplicaMiddleware",
]

SILENCED_SYSTEM_CHECKS = [
    # These look for a middleware by its own name; here it is among those of pages only (common.web.pages).
    "axes.W002",
    "security.W003",
    # Whether the names below this one are asked by TLS only is for whoever owns the domain to say, and so is a
    # browser's own list.
    "security.W005",
    "security.W021",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "workbench" / "templates"],  # before the theme's own
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

# --- data -------------------------------------------------------------------------------------------------
DATABASES = {"default": dj_database_url.parse(said["DATABASE_URL"] or database_url(DATA_DIR))}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    ATOMIC_REQUESTS=True,
    CONN_MAX_AGE=600,
    CONN_HEALTH_CHECKS=True,
)
DATABASES["default"].setdefault("OPTIONS", {})["options"] = connection_options(
    said["PROCESS_KIND"], DATABASES["default"].get("OPTIONS", {}).get("options", "")
)
# PostgreSQL keeps the plans of what is asked all the time; 0 where a pooler in between can't (PgBouncer before 1.21).
if said["PREPARED_STATEMENTS"]:
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 1
# A streaming replica that answers what only reads (common.replica): nothing is ever written by its sessions.
REPLICA_MOST_LAG_S = said["REPLICA_MOST_LAG_S"]
REPLICA_DATABASE = replica_database(said["REPLICA_DATABASE_URL"], DATABASES["default"], said["PROCESS_KIND"])
if REPLICA_DATABASE:
    DATABASES["replica"] = REPLICA_DATABASE
# The role that owns the tables, where it isn't the application's own: `migrate` connects as it, nobody else.
owner_url = said["OWNER_DATABASE_URL"] or (None if said["DATABASE_URL"] else database_url(DATA_DIR, role=OWNER))
OWNER_DATABASE = dj_database_url.parse(owner_url) if owner_url else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TENANT_MODEL = "stores.Store"
AUTH_USER_MODEL = "stores.User"

# Where processes keep figures of themselves for Prometheus; None: nowhere, and nothing is measured.
METRICS_DIR = said["METRICS_DIR"]
METRICS_HOST, METRICS_PORT, METRICS_KEY = said["METRICS_HOST"], said["METRICS_PORT"], said["METRICS_KEY"]
PROCESS_KIND = said["PROCESS_KIND"]
# Where traces are sent, and how many of a hundred; None: nowhere, and OpenTelemetry isn't loaded.
TRACES_URL, TRACES_SHARE = said["TRACES_URL"], said["TRACES_PERCENT"] / 100

REDIS_URL = said["REDIS_URL"] or redis_url(DATA_DIR)
CACHES = {  # nothing of ours is in it, and Django's can't ask sentinels where it is
    "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    if is_watched(REDIS_URL)
    else {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        "KEY_PREFIX": "wanliu",
    }
}

# --- workers ----------------------------------------------------------------------------------------------
broker = said["CELERY_BROKER_URL"] or broker_url(REDIS_URL)
BROKER_IS_APART = broker_url(REDIS_URL) != broker
vars().update(broker_settings(broker))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONSUMER = "config.worker:SteadyConsumer"
CELERY_WORKER_POOL = "config.worker:SteadyPool"
CELERY_BEAT_SCHEDULER = "config.beat:TellingScheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ROUTES = ROUTES
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- outside parties --------------------------------------------------------------------------------------
# What a gateway's or a carrier's file needs stands in the variables under its name (docs/gateways.md).
OUTSIDE = variables_by_file(BASE_DIR / "payments" / "gateways", BASE_DIR / "orders" / "carriers", environ=os.environ)

# --- people -----------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "stores.permissions.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "stores.passwords.LongEnoughValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "stores.sign_in.SignInHandler"
AXES_CLIENT_IP_CALLABLE = "common.web.proxies.client_address"
AXES_LOCKOUT_TEMPLATE = "workbench/locked_out.html"
AXES_ENABLE_ADMIN = False
OPERATORS_NEED_SECOND_FACTOR = said["OPERATORS_NEED_SECOND_FACTOR"]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # of links by which somebody chooses a password
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_ENGINE = "stores.sessions"
SESSION_IDLE = timedelta(hours=said["SESSION_IDLE_HOURS"])
SESSION_LONGEST = timedelta(hours=said["SESSION_LONGEST_HOURS"])
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# What came by TLS gets cookies for TLS only in any case (`common.web.proxies`).
HTTPS_ONLY = said["HTTPS_ONLY"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS_ONLY
# Where people work a page in plain text is only the way to the same one by TLS (and a call isn't answered:
# common.web.plain_text); whoever asks whether the process lives isn't sent anywhere.
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = said["HSTS_DAYS"] * 24 * 3600 if PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # The admin theme runs Alpine.js, which evaluates expressions and sets inline styles; no page holds a script.
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
    }
}

# --- e-mail -----------------------------------------------------------------------------------------------
# Where links in e-mails and invitations lead: never what a request calls us.
PUBLIC_URL = said["PUBLIC_URL"] or f"http://127.0.0.1:{said['PORT']}"
vars().update(mail_settings(said["EMAIL_URL"] or "", sender=said["EMAIL_FROM"] or ""))

# --- language and time ------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LOCALE_PATHS = [BASE_DIR / "workbench" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {  # evidence: outside every address, read by views that ask who may see it
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "media",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "common.web.static_files.HashedStaticFiles"},
}

# --- API --------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["stores.api.auth.BearerKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["stores.api.auth.KeyAllowsCall"],
    "DEFAULT_RENDERER_CLASSES": ["common.api.render.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "common.api.pagination.CursorPage",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "common.api.schema.WanliuSchema",
    "DEFAULT_THROTTLE_CLASSES": ["stores.api.throttle.KeyThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": said["API_RATE"]},
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "iso-8601",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": True,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "common.api.errors.WanliuExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "common.api.errors.WanliuExceptionFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Wanliu",
    "DESCRIPTION": "After-sales workbench: refunds, negotiation and retention offers, payments.",
    "VERSION": "2026-11-28",  # the newest date of docs/api-changes.md
    "SERVE_INCLUDE_SCHEMA": False,
    # At each start of each process it would make the whole schema, a second's work; tests/api/test_schema.py does.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "OrderStatusEnum": "orders.states.OrderStatus",
        "OrderTagEnum": "orders.states.OrderTag",
        "DelayReportStatusEnum": "orders.states.DelayReportStatus",
        "ParcelStatusEnum": "orders.states.ParcelStatus",
        "ParcelKindEnum": "orders.states.ParcelKind",
        "ShipmentStatusEnum": "orders.states.ShipmentStatus",
        "EventNameEnum": "refunds.api.serializers.EVENT_NAMES",
        "RefundKindEnum": "refunds.states.RefundKind",
        "RefundStatusEnum": "refunds.states.RefundStatus",
        "DisputeStatusEnum": "refunds.states.DisputeStatus",
        "AppealStatusEnum": "refunds.states.AppealStatus",
        "OutcomeEnum": "refunds.states.CaseOutcome",
        "SideEnum": "refunds.states.CaseSide",
        "AppealGroundEnum": "refunds.states.AppealGround",
        "OfferStatusEnum": "offers.states.PUBLIC",
        "PaymentStatusEnum": "payments.states.PaymentStatus",
        "PaymentPurposeEnum": "payments.purposes.purpose_choices",
        "EndpointStatusEnum": "webhooks.states.EndpointStatus",
        "DeliveryStatusEnum": "webhooks.states.DeliveryStatus",
    },
}

# --- workbench --------------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("Wanliu"),
    "SITE_HEADER": _("Wanliu"),
    "SITE_SUBHEADER": _("After-sales workbench"),
    "SITE_ICON": "workbench.navigation.icon",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "workbench.navigation.icon"}],
    "SITE_URL": None,
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": ["workbench.navigation.style"],
    "SCRIPTS": [f"workbench.navigation.{name}" for name in ("script", "drafts_script", "keys_script")],
    "ACCOUNT": {
        "navigation": [
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            {"title": _("Second factor"), "link": reverse_lazy("admin:second_factor")},
            {"title": _("Sign-ins and e-mail"), "link": reverse_lazy("admin:own_account")},
        ]
    },
    "SIDEBAR": {"navigation": "workbench.navigation.sidebar"},
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "oklch(97.7% .013 185)",
            "100": "oklch(94.8% .03 185)",
            "200": "oklch(90% .055 185)",
            "300": "oklch(83% .08 185)",
            "400": "oklch(73% .1 185)",
            "500": "oklch(62% .1 186)",
            "600": "oklch(52.5% .09 187)",
            "700": "oklch(45.5% .08 188)",
            "800": "oklch(39.5% .067 189)",
            "900": "oklch(34.5% .055 190)",
            "950": "oklch(25% .045 191)",
        },
    },
}

# --- logs -------------------------------------------------------------------------------------------------
LOG_LEVEL = said["LOG_LEVEL"]

# At the latest after this time a connected shop in which nothing happens is asked again.
# How long rows are kept that nobody needs for ever (common.retention), and what may be said of it: default and least.
KEPT_FOR = {kept.setting: said[kept.setting] and timedelta(days=said[kept.setting]) for kept in KEPT}
KEPT_DAYS = {kept.setting: (kept.default, kept.least) for kept in KEPT}

CONNECTOR_LONGEST_PAUSE_S = said["CONNECTOR_LONGEST_PAUSE_S"]
# How much of Kuaishou's changes is listed at once; the platform may allow less than a day while many people buy.
KUAISHOU_WINDOW_MINUTES = said["KUAISHOU_WINDOW_MINUTES"]
from config.logs import configure_logs, log_format

LOGGING = configure_logs(LOG_LEVEL, log_format(said))
