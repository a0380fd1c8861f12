from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.paginated_feed_event_list import PaginatedFeedEventList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    after: str | Unset = UNSET,
    name: str | Unset = UNSET,
    page_size: int | Unset = UNSET,
    store: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["after"] = after

    params["name"] = name

    params["page_size"] = page_size

    params["store"] = store

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/events/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | PaginatedFeedEventList | None:
    if response.status_code == 200:
        response_200 = PaginatedFeedEventList.from_dict(response.json())

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
) -> Response[Errors | PaginatedFeedEventList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    after: str | Unset = UNSET,
    name: str | Unset = UNSET,
    page_size: int | Unset = UNSET,
    store: str | Unset = UNSET,
) -> Response[Errors | PaginatedFeedEventList]:
    """Every event after a cursor, oldest first, in an order in which nothing can appear later.

    Keep the `cursor` of the last page that was worked through and ask `after` it: nothing is missed and
    nothing
    comes twice, however long the pause was. What happens to one subject comes in the order in which it
    happened. An
    event is shown once every transaction that began before it has ended, which takes a moment.

    Args:
        after (str | Unset):
        name (str | Unset):
        page_size (int | Unset):
        store (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | PaginatedFeedEventList]
    """

    kwargs = _get_kwargs(
        after=after,
        name=name,
        page_size=page_size,
        store=store,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    after: str | Unset = UNSET,
    name: str | Unset = UNSET,
    page_size: int | Unset = UNSET,
    store: str | Unset = UNSET,
) -> Errors | PaginatedFeedEventList | None:
    """Every event after a cursor, oldest first, in an order in which nothing can appear later.

    Keep the `cursor` of the last page that was worked through and ask `after` it: nothing is missed and
    nothing
    comes twice, however long the pause was. What happens to one subject comes in the order in which it
    happened. An
    event is shown once every transaction that began before it has ended, which takes a moment.

    Args:
        after (str | Unset):
        name (str | Unset):
        page_size (int | Unset):
        store (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | PaginatedFeedEventList
    """

    return sync_detailed(
        client=client,
        after=after,
        name=name,
        page_size=page_size,
        store=store,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    after: str | Unset = UNSET,
    name: str | Unset = UNSET,
    page_size: int | Unset = UNSET,
    store: str | Unset = UNSET,
) -> Response[Errors | PaginatedFeedEventList]:
    """Every event after a cursor, oldest first, in an order in which nothing can appear later.

    Keep the `cursor` of the last page that was worked through and ask `after` it: nothing is missed and
    nothing
    comes twice, however long the pause was. What happens to one subject comes in the order in which it
    happened. An
    event is shown once every transaction that began before it has ended, which takes a moment.

    Args:
        after (str | Unset):
        name (str | Unset):
        page_size (int | Unset):
        store (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | PaginatedFeedEventList]
    """

    kwargs = _get_kwargs(
        after=after,
        name=name,
        page_size=page_size,
        store=store,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    after: str | Unset = UNSET,
    name: str | Unset = UNSET,
    page_size: int | Unset = UNSET,
    store: str | Unset = UNSET,
) -> Errors | PaginatedFeedEventList | None:
    """Every event after a cursor, oldest first, in an order in which nothing can appear later.

    Keep the `cursor` of the last page that was worked through and ask `after` it: nothing is missed and
    nothing
    comes twice, however long the pause was. What happens to one subject comes in the order in which it
    happened. An
    event is shown once every transaction that began before it has ended, which takes a moment.

    Args:
        after (str | Unset):
        name (str | Unset):
        page_size (int | Unset):
        store (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | PaginatedFeedEventList
    """

    return (
        await asyncio_detailed(
            client=client,
            after=after,
            name=name,
            page_size=page_size,
            store=store,
        )
    ).parsed
