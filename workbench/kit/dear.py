"""The desk's pages that cost much: few at once for a store, and more time for their statements."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from common.dear import dear
from common.errors import Busy
from common.web.refusals import refuse
from workbench.kit.desk import desk_of


def dear_page(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view, or a method of an admin class, that holds one of its store's places; 429 when there is none."""

    @wraps(view)
    def held(*args: Any, **kwargs: Any) -> HttpResponse:
        request = next(argument for argument in args if isinstance(argument, HttpRequest))
        try:
            with dear(_owner(request)):
                return view(*args, **kwargs)
        except Busy as busy:
            response = refuse(request, 429, busy.code, str(busy))
            response["Retry-After"] = str(busy.wait_s)
            return response

    return held


def _owner(request: HttpRequest) -> str:
    store = desk_of(request).only_store
    return f"store:{store.pk}" if store else f"user:{request.user.pk}"
