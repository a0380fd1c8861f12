from http import HTTPStatus
from io import BytesIO
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.orders_export_retrieve_format import OrdersExportRetrieveFormat
from ...models.orders_export_retrieve_status import OrdersExportRetrieveStatus
from ...models.orders_export_retrieve_tag import OrdersExportRetrieveTag
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    *,
    buyer: str | Unset = UNSET,
    format_: OrdersExportRetrieveFormat | Unset = OrdersExportRetrieveFormat.CSV,
    q: str | Unset = UNSET,
    status: OrdersExportRetrieveStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersExportRetrieveTag | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["buyer"] = buyer

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

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

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/orders/export/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | File | None:
    if response.status_code == 200:
        response_200 = File(payload=BytesIO(response.text))

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
) -> Response[Errors | File]:
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
    format_: OrdersExportRetrieveFormat | Unset = OrdersExportRetrieveFormat.CSV,
    q: str | Unset = UNSET,
    status: OrdersExportRetrieveStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersExportRetrieveTag | Unset = UNSET,
) -> Response[Errors | File]:
    """A file of what is to be shipped, in the queue's order, or of what the filters say.

    Texts can't act as formulas.

    Args:
        buyer (str | Unset):
        format_ (OrdersExportRetrieveFormat | Unset):  Default: OrdersExportRetrieveFormat.CSV.
        q (str | Unset):
        status (OrdersExportRetrieveStatus | Unset):
        store (str | Unset):
        tag (OrdersExportRetrieveTag | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | File]
    """

    kwargs = _get_kwargs(
        buyer=buyer,
        format_=format_,
        q=q,
        status=status,
        store=store,
        tag=tag,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    buyer: str | Unset = UNSET,
    format_: OrdersExportRetrieveFormat | Unset = OrdersExportRetrieveFormat.CSV,
    q: str | Unset = UNSET,
    status: OrdersExportRetrieveStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersExportRetrieveTag | Unset = UNSET,
) -> Errors | File | None:
    """A file of what is to be shipped, in the queue's order, or of what the filters say.

    Texts can't act as formulas.

    Args:
        buyer (str | Unset):
        format_ (OrdersExportRetrieveFormat | Unset):  Default: OrdersExportRetrieveFormat.CSV.
        q (str | Unset):
        status (OrdersExportRetrieveStatus | Unset):
        store (str | Unset):
        tag (OrdersExportRetrieveTag | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | File
    """

    return sync_detailed(
        client=client,
        buyer=buyer,
        format_=format_,
        q=q,
        status=status,
        store=store,
        tag=tag,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    buyer: str | Unset = UNSET,
    format_: OrdersExportRetrieveFormat | Unset = OrdersExportRetrieveFormat.CSV,
    q: str | Unset = UNSET,
    status: OrdersExportRetrieveStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersExportRetrieveTag | Unset = UNSET,
) -> Response[Errors | File]:
    """A file of what is to be shipped, in the queue's order, or of what the filters say.

    Texts can't act as formulas.

    Args:
        buyer (str | Unset):
        format_ (OrdersExportRetrieveFormat | Unset):  Default: OrdersExportRetrieveFormat.CSV.
        q (str | Unset):
        status (OrdersExportRetrieveStatus | Unset):
        store (str | Unset):
        tag (OrdersExportRetrieveTag | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | File]
    """

    kwargs = _get_kwargs(
        buyer=buyer,
        format_=format_,
        q=q,
        status=status,
        store=store,
        tag=tag,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    buyer: str | Unset = UNSET,
    format_: OrdersExportRetrieveFormat | Unset = OrdersExportRetrieveFormat.CSV,
    q: str | Unset = UNSET,
    status: OrdersExportRetrieveStatus | Unset = UNSET,
    store: str | Unset = UNSET,
    tag: OrdersExportRetrieveTag | Unset = UNSET,
) -> Errors | File | None:
    """A file of what is to be shipped, in the queue's order, or of what the filters say.

    Texts can't act as formulas.

    Args:
        buyer (str | Unset):
        format_ (OrdersExportRetrieveFormat | Unset):  Default: OrdersExportRetrieveFormat.CSV.
        q (str | Unset):
        status (OrdersExportRetrieveStatus | Unset):
        store (str | Unset):
        tag (OrdersExportRetrieveTag | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | File
    """

    return (
        await asyncio_detailed(
            client=client,
            buyer=buyer,
            format_=format_,
            q=q,
            status=status,
            store=store,
            tag=tag,
        )
    ).parsed
