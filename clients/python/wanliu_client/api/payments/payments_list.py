import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.paginated_payment_list import PaginatedPaymentList
from ...models.payments_list_ordering import PaymentsListOrdering
from ...models.payments_list_status import PaymentsListStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cursor: str | Unset = UNSET,
    needs_attention: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: PaymentsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    purpose: str | Unset = UNSET,
    status: PaymentsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["needs_attention"] = needs_attention

    params["order"] = order

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering.value

    params["ordering"] = json_ordering

    params["page_size"] = page_size

    params["purpose"] = purpose

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["store"] = store

    json_updated_after: str | Unset = UNSET
    if not isinstance(updated_after, Unset):
        json_updated_after = updated_after.isoformat()
    params["updated_after"] = json_updated_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/payments/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | PaginatedPaymentList | None:
    if response.status_code == 200:
        response_200 = PaginatedPaymentList.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Errors.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Errors.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Errors.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Errors.from_dict(response.json())

        return response_404

    if response.status_code == 406:
        response_406 = Errors.from_dict(response.json())

        return response_406

    if response.status_code == 429:
        response_429 = Errors.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Errors.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Errors.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Errors | PaginatedPaymentList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    needs_attention: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: PaymentsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    purpose: str | Unset = UNSET,
    status: PaymentsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Response[Errors | PaginatedPaymentList]:
    """One page.

    Args:
        cursor (str | Unset):
        needs_attention (bool | Unset):
        order (str | Unset):
        ordering (PaymentsListOrdering | Unset):
        page_size (int | Unset):
        purpose (str | Unset):
        status (PaymentsListStatus | Unset):
        store (str | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | PaginatedPaymentList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        needs_attention=needs_attention,
        order=order,
        ordering=ordering,
        page_size=page_size,
        purpose=purpose,
        status=status,
        store=store,
        updated_after=updated_after,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    needs_attention: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: PaymentsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    purpose: str | Unset = UNSET,
    status: PaymentsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Errors | PaginatedPaymentList | None:
    """One page.

    Args:
        cursor (str | Unset):
        needs_attention (bool | Unset):
        order (str | Unset):
        ordering (PaymentsListOrdering | Unset):
        page_size (int | Unset):
        purpose (str | Unset):
        status (PaymentsListStatus | Unset):
        store (str | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | PaginatedPaymentList
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
        needs_attention=needs_attention,
        order=order,
        ordering=ordering,
        page_size=page_size,
        purpose=purpose,
        status=status,
        store=store,
        updated_after=updated_after,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    needs_attention: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: PaymentsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    purpose: str | Unset = UNSET,
    status: PaymentsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Response[Errors | PaginatedPaymentList]:
    """One page.

    Args:
        cursor (str | Unset):
        needs_attention (bool | Unset):
        order (str | Unset):
        ordering (PaymentsListOrdering | Unset):
        page_size (int | Unset):
        purpose (str | Unset):
        status (PaymentsListStatus | Unset):
        store (str | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | PaginatedPaymentList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        needs_attention=needs_attention,
        order=order,
        ordering=ordering,
        page_size=page_size,
        purpose=purpose,
        status=status,
        store=store,
        updated_after=updated_after,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    needs_attention: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: PaymentsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    purpose: str | Unset = UNSET,
    status: PaymentsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Errors | PaginatedPaymentList | None:
    """One page.

    Args:
        cursor (str | Unset):
        needs_attention (bool | Unset):
        order (str | Unset):
        ordering (PaymentsListOrdering | Unset):
        page_size (int | Unset):
        purpose (str | Unset):
        status (PaymentsListStatus | Unset):
        store (str | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | PaginatedPaymentList
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
            needs_attention=needs_attention,
            order=order,
            ordering=ordering,
            page_size=page_size,
            purpose=purpose,
            status=status,
            store=store,
            updated_after=updated_after,
        )
    ).parsed
