import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.paginated_parcel_list import PaginatedParcelList
from ...models.parcels_list_kind import ParcelsListKind
from ...models.parcels_list_ordering import ParcelsListOrdering
from ...models.parcels_list_status import ParcelsListStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cursor: str | Unset = UNSET,
    kind: ParcelsListKind | Unset = UNSET,
    late: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: ParcelsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    status: ParcelsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind.value

    params["kind"] = json_kind

    params["late"] = late

    params["order"] = order

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering.value

    params["ordering"] = json_ordering

    params["page_size"] = page_size

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
        "url": "/api/v1/parcels/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | PaginatedParcelList | None:
    if response.status_code == 200:
        response_200 = PaginatedParcelList.from_dict(response.json())

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
) -> Response[Errors | PaginatedParcelList]:
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
    kind: ParcelsListKind | Unset = UNSET,
    late: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: ParcelsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    status: ParcelsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Response[Errors | PaginatedParcelList]:
    """One page.

    Args:
        cursor (str | Unset):
        kind (ParcelsListKind | Unset):
        late (bool | Unset):
        order (str | Unset):
        ordering (ParcelsListOrdering | Unset):
        page_size (int | Unset):
        status (ParcelsListStatus | Unset):
        store (str | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | PaginatedParcelList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        kind=kind,
        late=late,
        order=order,
        ordering=ordering,
        page_size=page_size,
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
    kind: ParcelsListKind | Unset = UNSET,
    late: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: ParcelsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    status: ParcelsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Errors | PaginatedParcelList | None:
    """One page.

    Args:
        cursor (str | Unset):
        kind (ParcelsListKind | Unset):
        late (bool | Unset):
        order (str | Unset):
        ordering (ParcelsListOrdering | Unset):
        page_size (int | Unset):
        status (ParcelsListStatus | Unset):
        store (str | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | PaginatedParcelList
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
        kind=kind,
        late=late,
        order=order,
        ordering=ordering,
        page_size=page_size,
        status=status,
        store=store,
        updated_after=updated_after,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    kind: ParcelsListKind | Unset = UNSET,
    late: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: ParcelsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    status: ParcelsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Response[Errors | PaginatedParcelList]:
    """One page.

    Args:
        cursor (str | Unset):
        kind (ParcelsListKind | Unset):
        late (bool | Unset):
        order (str | Unset):
        ordering (ParcelsListOrdering | Unset):
        page_size (int | Unset):
        status (ParcelsListStatus | Unset):
        store (str | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | PaginatedParcelList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        kind=kind,
        late=late,
        order=order,
        ordering=ordering,
        page_size=page_size,
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
    kind: ParcelsListKind | Unset = UNSET,
    late: bool | Unset = UNSET,
    order: str | Unset = UNSET,
    ordering: ParcelsListOrdering | Unset = UNSET,
    page_size: int | Unset = UNSET,
    status: ParcelsListStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
) -> Errors | PaginatedParcelList | None:
    """One page.

    Args:
        cursor (str | Unset):
        kind (ParcelsListKind | Unset):
        late (bool | Unset):
        order (str | Unset):
        ordering (ParcelsListOrdering | Unset):
        page_size (int | Unset):
        status (ParcelsListStatus | Unset):
        store (str | Unset):
        updated_after (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | PaginatedParcelList
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
            kind=kind,
            late=late,
            order=order,
            ordering=ordering,
            page_size=page_size,
            status=status,
            store=store,
            updated_after=updated_after,
        )
    ).parsed
