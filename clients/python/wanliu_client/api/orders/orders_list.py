import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.orders_list_ordering import OrdersListOrdering
from ...models.orders_list_status import OrdersListStatus
from ...models.orders_list_tag import OrdersListTag
from ...models.paginated_order_list import PaginatedOrderList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    buyer: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    ordering: OrdersListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    q: str | Unset = UNSET,
    status: OrdersListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersListTag | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["buyer"] = buyer

    params["cursor"] = cursor

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering.value

    params["ordering"] = json_ordering

    params["page_size"] = page_size

    params["q"] = q

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["store"] = store

    json_tag: str | Unset = UNSET
    if not isinstance(tag, Unset):
        json_tag = tag.value

    params["tag"] = json_tag

    json_updated_after: str | Unset = UNSET
    if not isinstance(updated_after, Unset):
        json_updated_after = updated_after.isoformat()
    params["updated_after"] = json_updated_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/orders/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | PaginatedOrderList | None:
    if response.status_code == 200:
        response_200 = PaginatedOrderList.from_dict(response.json())

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
) -> Response[Errors | PaginatedOrderList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    buyer: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    ordering: OrdersListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    q: str | Unset = UNSET,
    status: OrdersListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersListTag | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Response[Errors | PaginatedOrderList]:
    """One page.

    Args:
        buyer (str | Unset):
        cursor (str | Unset):
        ordering (OrdersListOrdering | Unset):
        page_size (int | Unset):
        q (str | Unset):
        status (OrdersListStatus | Unset):
        store (str | Unset):
        tag (OrdersListTag | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | PaginatedOrderList]
    """

    kwargs = _get_kwargs(
        buyer=buyer,
        cursor=cursor,
        ordering=ordering,
        page_size=page_size,
        q=q,
        status=status,
        store=store,
        tag=tag,
        updated_after=updated_after,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    buyer: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    ordering: OrdersListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    q: str | Unset = UNSET,
    status: OrdersListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersListTag | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Errors | PaginatedOrderList | None:
    """One page.

    Args:
        buyer (str | Unset):
        cursor (str | Unset):
        ordering (OrdersListOrdering | Unset):
        page_size (int | Unset):
        q (str | Unset):
        status (OrdersListStatus | Unset):
        store (str | Unset):
        tag (OrdersListTag | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | PaginatedOrderList
    """

    return sync_detailed(
        client=client,
        buyer=buyer,
        cursor=cursor,
        ordering=ordering,
        page_size=page_size,
        q=q,
        status=status,
        store=store,
        tag=tag,
        updated_after=updated_after,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    buyer: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    ordering: OrdersListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    q: str | Unset = UNSET,
    status: OrdersListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersListTag | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Response[Errors | PaginatedOrderList]:
    """One page.

    Args:
        buyer (str | Unset):
        cursor (str | Unset):
        ordering (OrdersListOrdering | Unset):
        page_size (int | Unset):
        q (str | Unset):
        status (OrdersListStatus | Unset):
        store (str | Unset):
        tag (OrdersListTag | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | PaginatedOrderList]
    """

    kwargs = _get_kwargs(
        buyer=buyer,
        cursor=cursor,
        ordering=ordering,
        page_size=page_size,
        q=q,
        status=status,
        store=store,
        tag=tag,
        updated_after=updated_after,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    buyer: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    ordering: OrdersListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    q: str | Unset = UNSET,
    status: OrdersListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersListTag | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Errors | PaginatedOrderList | None:
    """One page.

    Args:
        buyer (str | Unset):
        cursor (str | Unset):
        ordering (OrdersListOrdering | Unset):
        page_size (int | Unset):
        q (str | Unset):
        status (OrdersListStatus | Unset):
        store (str | Unset):
        tag (OrdersListTag | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | PaginatedOrderList
    """

    return (
        await asyncio_detailed(
            client=client,
            buyer=buyer,
            cursor=cursor,
            ordering=ordering,
            page_size=page_size,
            q=q,
            status=status,
            store=store,
            tag=tag,
            updated_after=updated_after,
        )
    ).parsed
