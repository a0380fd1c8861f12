"""One shape for every error: `{"type", "errors": [{"code", "detail", "attr"}]}`."""

import logging

import structlog
from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException, ErrorDetail, NotFound, ValidationError
from rest_framework.fields import get_error_detail

from common import errors
from common.api.parsers import TooLarge
from common.replica.turns import turn
from common.web.unavailable import TRY_AGAIN_S, why_unavailable

log = logging.getLogger("wanliu.api")


class Conflict(APIException):
    """A refusal by state or rule."""

    status_code = 409
    default_code = "conflict"

    def __init__(self, detail, code, attr=None):
        super().__init__(detail, code)
        self.attr = attr


class Conflicts(Conflict):
    """Several refusals in one answer: 404 when something named is missing, else 409."""

    def __init__(self, refusals):
        self.refusals = refusals
        if any(isinstance(refusal, errors.NotFound) for refusal in refusals):
            self.status_code = NotFound.status_code
        super().__init__("", "conflict")

    def rows(self) -> list[dict]:
        """Each refusal as an error."""
        missing = {"code": "not_found", "detail": str(NotFound.default_detail)}
        return [
            {**missing, "attr": refusal.attr}
            if isinstance(refusal, errors.NotFound)
            else {"code": refusal.code, "detail": str(refusal.detail), "attr": refusal.attr}
            for refusal in self.refusals
        ]


class TooBusy(APIException):
    """Too much of this kind is under way."""

    status_code = 429
    default_code = "busy"

    def __init__(self, detail, wait):
        super().__init__(detail)
        self.wait = wait


class Unavailable(APIException):
    """The database or a disk can't take it now; the same call may be repeated."""

    status_code = 503
    wait = TRY_AGAIN_S


class WanliuExceptionHandler(ExceptionHandler):
    """Map the refusals of actions and the database to answers; what is unexpected is logged and never shown."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Turn our own and the database's errors into DRF's."""
        match exc:
            case errors.Busy():
                return TooBusy(exc.detail, exc.wait_s)
            case errors.Refused():
                return Conflict(exc.detail, exc.code, exc.attr)
            case errors.ManyRefused():
                return Conflicts(exc.refusals)
            case errors.Invalid():
                return ValidationError({exc.attr: [ErrorDetail(str(exc.detail), exc.code)]})
            case errors.NotFound():
                missing = NotFound()
                missing.attr = exc.attr
                return missing
            case ValidationError(detail=dict()):  # a list's errors come by their numbers
                return ValidationError({str(name): detail for name, detail in exc.detail.items()})
            case DjangoValidationError():
                return ValidationError(get_error_detail(exc))
            case RequestDataTooBig():
                return TooLarge()
            case IntegrityError():
                log.warning("integrity error answered as 409", exc_info=exc)
                return Conflict(_("Somebody else changed this at the same moment; look again and retry."), "conflict")
        if reason := why_unavailable(exc):
            return Unavailable(reason.detail, reason.code)
        return super().convert_known_exceptions(exc)

    def report_exception(self, exc, response):
        """Log what nobody expected, with the request's id. Of what the replica couldn't answer the primary is asked."""
        if (reading := turn()) is not None and reading.failed:
            log.info("the replica couldn't answer (%s): the primary is asked", errors.kind_of(self.exc))
            return
        if isinstance(exc, Unavailable):
            log.error("the database or a disk did not answer: %s", exc.get_codes(), exc_info=self.exc)
            return
        if response.status_code >= 500:
            log.error("unexpected error", exc_info=self.exc)
        super().report_exception(exc, response)


class WanliuExceptionFormatter(ExceptionFormatter):
    """Fill `attr` in for conflicts, and the request's id in for unexpected errors."""

    def run(self):
        """The answer's body."""
        body = super().run()
        if isinstance(self.exc, Conflicts):
            return {**body, "errors": self.exc.rows()}
        if isinstance(self.exc, Conflict | NotFound):
            body["errors"][0]["attr"] = getattr(self.exc, "attr", None)
        if body["type"] == "server_error" and not isinstance(self.exc, Unavailable):
            request_id = structlog.contextvars.get_contextvars().get("request_id", "")
            body["errors"] = [
                {
                    "code": "error",
                    "detail": _("Something went wrong on our side. Tell support the request id %(id)s.")
                    % {"id": request_id},
                    "attr": None,
                }
            ]
        return body


def answer_to(error: Exception, context: dict) -> tuple[int, dict]:
    """The status and the body of the answer to a call that ends with this error; who asks goes on."""
    handler = WanliuExceptionHandler(error, context)
    known = handler.convert_known_exceptions(error)
    known = handler.convert_unhandled_exceptions(known)
    if known.status_code >= 500:
        log.error("unexpected error", exc_info=error)
    return known.status_code, WanliuExceptionFormatter(known, context, error).run()
