from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.product import Product
from ...models.product_request import ProductRequest
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: list[ProductRequest] | ProductRequest | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/products/",
    }

    if isinstance(body, ProductRequest):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = []
        for componentsschemas_product_or_products_request_type_1_item_data in body:
            componentsschemas_product_or_products_request_type_1_item = (
                componentsschemas_product_or_products_request_type_1_item_data.to_dict()
            )
            _kwargs["json"].append(
                componentsschemas_product_or_products_request_type_1_item
            )

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | list[Product] | Product | None:
    if response.status_code == 201:

        def _parse_response_201(data: object) -> list[Product] | Product:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_product_or_products_type_0 = Product.from_dict(data)

                return componentsschemas_product_or_products_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, list):
                raise TypeError()
            componentsschemas_product_or_products_type_1 = []
            _componentsschemas_product_or_products_type_1 = data
            for (
                componentsschemas_product_or_products_type_1_item_data
            ) in _componentsschemas_product_or_products_type_1:
                componentsschemas_product_or_products_type_1_item = Product.from_dict(
                    componentsschemas_product_or_products_type_1_item_data
                )

                componentsschemas_product_or_products_type_1.append(
                    componentsschemas_product_or_products_type_1_item
                )

            return componentsschemas_product_or_products_type_1

        response_201 = _parse_response_201(response.json())

        return response_201

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
) -> Response[Errors | list[Product] | Product]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: list[ProductRequest] | ProductRequest | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Errors | list[Product] | Product]:
    """Create or overwrite one product or a list of at most 1000; the answer has the same shape.

    Args:
        idempotency_key (str | Unset):
        body (list[ProductRequest] | ProductRequest | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | list[Product] | Product]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: list[ProductRequest] | ProductRequest | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Errors | list[Product] | Product | None:
    """Create or overwrite one product or a list of at most 1000; the answer has the same shape.

    Args:
        idempotency_key (str | Unset):
        body (list[ProductRequest] | ProductRequest | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | list[Product] | Product
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: list[ProductRequest] | ProductRequest | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Errors | list[Product] | Product]:
    """Create or overwrite one product or a list of at most 1000; the answer has the same shape.

    Args:
        idempotency_key (str | Unset):
        body (list[ProductRequest] | ProductRequest | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | list[Product] | Product]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: list[ProductRequest] | ProductRequest | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Errors | list[Product] | Product | None:
    """Create or overwrite one product or a list of at most 1000; the answer has the same shape.

    Args:
        idempotency_key (str | Unset):
        body (list[ProductRequest] | ProductRequest | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | list[Product] | Product
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
