"""Settings, read from the environment; what is unset falls back to the embedded services in DATA_DIR."""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from environs import env

from config.database import connection_options
from config.embedded.paths import OWNER, broker_url, database_url, redis_url
from config.outside import variables_by_file
from config.secret import check_secret_key, load_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", ".data"))
if not DATA_DIR.is_absolute():
    DATA_DIR = BASE_DIR / DATA_DIR
PORT = env.int("PORT", 8000)

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or load_secret_key(DATA_DIR)
check_secret_key(SECRET_KEY)
IS_EMBEDDED = env.str("DATABASE_URL", "") in ("", database_url(DATA_DIR), database_url(DATA_DIR, role=OWNER))
# Seal the secrets of connected shops: the first key seals, each of them opens (`rotate_connector_keys`).
CONNECTOR_KEYS = env.list("CONNECTOR_KEYS", [])
# Lets webhook endpoints be on the loopback, without TLS: for tests and first tries, never where people work.
WEBHOOKS_ALLOW_LOOPBACK = env.bool("WEBHOOKS_ALLOW_LOOPBACK", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
# Networks of the proxies in front of us: only they may say who the client is, and that it came by TLS.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

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
    "workbench",
    "operations",
    "demo",
]

MIDDLEWARE = [
    "common.web.access.AccessLogMiddleware",
    "common.web.proxies.ProxyMiddleware",
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
]

# axes looks for its middleware by its own name; here it is among those of pages only (PageLockouts).
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

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
DATABASES = {"default": env.dj_db_url("DATABASE_URL", database_url(DATA_DIR))}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    ATOMIC_REQUESTS=True,
    CONN_MAX_AGE=600,
    CONN_HEALTH_CHECKS=True,
)
DATABASES["default"].setdefault("OPTIONS", {})["options"] = connection_options(
    env.str("PROCESS_KIND", "worker"), DATABASES["default"].get("OPTIONS", {}).get("options", "")
)
# PostgreSQL keeps the plans of what is asked all the time; 0 where a pooler in between can't (PgBouncer before 1.21).
if env.bool("PREPARED_STATEMENTS", True):
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 1
# The role that owns the tables, where it isn't the application's own: `migrate` connects as it, nobody else.
owner_url = env.str("OWNER_DATABASE_URL", "" if env.str("DATABASE_URL", "") else database_url(DATA_DIR, role=OWNER))
OWNER_DATABASE = dj_database_url.parse(owner_url) if owner_url else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TENANT_MODEL = "stores.Store"
AUTH_USER_MODEL = "stores.User"

REDIS_URL = env.str("REDIS_URL", redis_url(DATA_DIR))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        "KEY_PREFIX": "wanliu",
    }
}

# --- workers ----------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or broker_url(REDIS_URL)
BROKER_IS_APART = broker_url(REDIS_URL) != CELERY_BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # a request that tells a worker doesn't wait for a broker that is down: the sweep is there
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONSUMER = "config.worker:SteadyConsumer"
CELERY_WORKER_POOL = "config.worker:SteadyPool"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
WEBHOOKS_QUEUE = "webhooks"  # a worker of its own calls endpoints, in threads: slow receivers keep nobody else waiting
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "common.tasks.heartbeat", "schedule": 5, "options": {"expires": 15}},
    "sweep-refunds": {"task": "refunds.tasks.sweep_refunds", "schedule": 10, "options": {"expires": 30}},
    "review-quality": {"task": "refunds.tasks.review_quality", "schedule": 60, "options": {"expires": 120}},
    "roll-up-quality": {"task": "refunds.tasks.roll_up_quality", "schedule": 600, "options": {"expires": 1200}},
    "sweep-offers": {"task": "offers.tasks.sweep_offers", "schedule": 10, "options": {"expires": 30}},
    "sweep-parcels": {"task": "orders.tasks.sweep_parcels", "schedule": 30, "options": {"expires": 60}},
    "sweep-shipping": {"task": "orders.tasks.sweep_shipping", "schedule": 60, "options": {"expires": 120}},
    "resume-imports": {"task": "orders.tasks.resume_shipment_imports", "schedule": 10, "options": {"expires": 30}},
    "forget-imports": {"task": "orders.tasks.forget_shipment_imports", "schedule": 3600},
    "resume-packs": {"task": "workbench.tasks.resume_evidence_packs", "schedule": 10, "options": {"expires": 30}},
    "forget-packs": {"task": "workbench.tasks.forget_evidence_packs", "schedule": 3600},
    "count-offers": {"task": "offers.tasks.count_offers", "schedule": 60, "options": {"expires": 120}},
    "roll-up-insights": {"task": "offers.tasks.roll_up_insights", "schedule": 60, "options": {"expires": 120}},
    "resume-bulk-jobs": {"task": "offers.tasks.resume_bulk_jobs", "schedule": 10, "options": {"expires": 30}},
    "ask-carriers": {"task": "orders.tasks.ask_carriers", "schedule": 10, "options": {"expires": 30}},
    "settle-payments": {"task": "payments.tasks.settle_due_payments", "schedule": 10, "options": {"expires": 30}},
    "process-notices": {"task": "payments.tasks.process_notices", "schedule": 10, "options": {"expires": 30}},
    "open-allowances": {"task": "payments.tasks.open_allowances", "schedule": 60, "options": {"expires": 120}},
    "reconcile-gateways": {"task": "payments.tasks.reconcile_yesterday", "schedule": crontab(minute=30)},
    "follow-test-clocks": {"task": "operations.tasks.follow_test_clocks", "schedule": 5, "options": {"expires": 15}},
    "follow-shops": {"task": "connectors.tasks.work_on_due_shops", "schedule": 5, "options": {"expires": 15}},
    "forget-hints": {"task": "connectors.tasks.forget_refund_hints", "schedule": 3600},
    "deliver-webhooks": {
        "task": "webhooks.tasks.deliver_webhooks",
        "schedule": 2,
        "options": {"expires": 10, "queue": WEBHOOKS_QUEUE},
    },
    "forget-deliveries": {"task": "webhooks.tasks.forget_webhook_deliveries", "schedule": 3600},
    "forget-idempotent-answers": {"task": "common.tasks.forget_idempotent_answers", "schedule": 600},
}

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
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
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
OPERATORS_NEED_SECOND_FACTOR = env.bool("OPERATORS_NEED_SECOND_FACTOR", False)
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_IDLE = timedelta(hours=env.float("SESSION_IDLE_HOURS", 12))
SESSION_LONGEST = timedelta(hours=env.float("SESSION_LONGEST_HOURS", 7 * 24))
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# What came by TLS gets cookies for TLS only in any case (`common.web.proxies`).
HTTPS_ONLY = env.bool("HTTPS_ONLY", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
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
    "DEFAULT_THROTTLE_RATES": {"key": env.str("API_RATE", "6000/min")},
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
    "SCRIPTS": ["workbench.navigation.script", "workbench.navigation.drafts_script"],
    "ACCOUNT": {
        "navigation": [
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            {"title": _("Second factor"), "link": reverse_lazy("admin:second_factor")},
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
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")

# At the latest after this time a connected shop in which nothing happens is asked again.
CONNECTOR_LONGEST_PAUSE_S = env.int("CONNECTOR_LONGEST_PAUSE_S", 300)
# How much of Kuaishou's changes is listed at once; the platform may allow less than a day while many people buy.
KUAISHOU_WINDOW_MINUTES = env.int("KUAISHOU_WINDOW_MINUTES", 1440)
from config.logs import configure_logs

LOGGING = configure_logs(LOG_LEVEL)
