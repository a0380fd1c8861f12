from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.propose_request import ProposeRequest
from ...models.refund_detail import RefundDetail
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: ProposeRequest,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/refunds/{id}/propose/".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | RefundDetail | None:
    if response.status_code == 200:
        response_200 = RefundDetail.from_dict(response.json())

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

    if response.status_code == 408:
        response_408 = Errors.from_dict(response.json())

        return response_408

    if response.status_code == 409:
        response_409 = Errors.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Errors.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Errors.from_dict(response.json())

        return response_415

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
) -> Response[Errors | RefundDetail]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: ProposeRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Errors | RefundDetail]:
    """Ask the buyer at a connected shop's marketplace for another request, where that takes proposals.

    Nothing moves here by it: the request becomes what the marketplace says once the buyer has answered.

    Args:
        id (str):
        idempotency_key (str | Unset):
        body (ProposeRequest): What the buyer is asked at the marketplace to ask for instead;
            without an amount it stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | RefundDetail]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    body: ProposeRequest,
    idempotency_key: str | Unset = UNSET,
) -> Errors | RefundDetail | None:
    """Ask the buyer at a connected shop's marketplace for another request, where that takes proposals.

    Nothing moves here by it: the request becomes what the marketplace says once the buyer has answered.

    Args:
        id (str):
        idempotency_key (str | Unset):
        body (ProposeRequest): What the buyer is asked at the marketplace to ask for instead;
            without an amount it stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | RefundDetail
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: ProposeRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Errors | RefundDetail]:
    """Ask the buyer at a connected shop's marketplace for another request, where that takes proposals.

    Nothing moves here by it: the request becomes what the marketplace says once the buyer has answered.

    Args:
        id (str):
        idempotency_key (str | Unset):
        body (ProposeRequest): What the buyer is asked at the marketplace to ask for instead;
            without an amount it stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | RefundDetail]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    body: ProposeRequest,
    idempotency_key: str | Unset = UNSET,
) -> Errors | RefundDetail | None:
    """Ask the buyer at a connected shop's marketplace for another request, where that takes proposals.

    Nothing moves here by it: the request becomes what the marketplace says once the buyer has answered.

    Args:
        id (str):
        idempotency_key (str | Unset):
        body (ProposeRequest): What the buyer is asked at the marketplace to ask for instead;
            without an amount it stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | RefundDetail
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
