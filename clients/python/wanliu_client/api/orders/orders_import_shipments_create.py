from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.file import File
from ...models.orders_import_shipments_create_prefer import (
    OrdersImportShipmentsCreatePrefer,
)
from ...models.outcome import Outcome
from ...models.upload_request import UploadRequest
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: UploadRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
    prefer: OrdersImportShipmentsCreatePrefer | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if not isinstance(prefer, Unset):
        headers["Prefer"] = str(prefer)

    params: dict[str, Any] = {}

    params["dry_run"] = dry_run

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/orders/import-shipments/",
        "params": params,
    }

    _kwargs["files"] = body.to_multipart()

    headers["Content-Type"] = "multipart/form-data; boundary=+++"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | File | Outcome | None:
    if response.status_code == 200:
        response_200 = Outcome.from_dict(response.json())

        return response_200

    if response.status_code == 202:
        response_202 = File.from_dict(response.json())

        return response_202

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
) -> Response[Errors | File | Outcome]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: UploadRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
    prefer: OrdersImportShipmentsCreatePrefer | Unset = UNSET,
) -> Response[Errors | File | Outcome]:
    """Ship the orders of a file, all of them or none; with `dry_run` only say what would happen.

    Rows that say the same are one. Of an order that leaves in several parcels each row names in the
    column
    `parcel_items` what is in its parcel (`item_id*pieces` or `item_id:sku*pieces`, joined by `;`);
    without it the
    parcel carries all that is left. `shipped` counts rows.

    What a spreadsheet may have changed (numbers of more than 15 digits, dates, formulas, merged or
    hidden cells) is
    an error that names the cell: write numbers as text.

    When a row can't be shipped the answer is 409 (its order's state forbids it) or 400 (the file is
    wrong), each
    error with its `row` and `order`, and nothing has changed.

    With the header `Prefer: respond-async` (RFC 7240) the file is kept and the answer is 202 at once: a
    worker does
    the same, and `Location` is where to ask how far it is. Use it for files of many thousand rows.

    Args:
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        prefer (OrdersImportShipmentsCreatePrefer | Unset):
        body (UploadRequest): The file: csv (UTF-8, UTF-16 or GB18030) or xlsx, with the columns
            order_number, carrier and tracking_number.

            `parcel_items`, if it is there, names what is in the parcel.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | File | Outcome]
    """

    kwargs = _get_kwargs(
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
        prefer=prefer,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: UploadRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
    prefer: OrdersImportShipmentsCreatePrefer | Unset = UNSET,
) -> Errors | File | Outcome | None:
    """Ship the orders of a file, all of them or none; with `dry_run` only say what would happen.

    Rows that say the same are one. Of an order that leaves in several parcels each row names in the
    column
    `parcel_items` what is in its parcel (`item_id*pieces` or `item_id:sku*pieces`, joined by `;`);
    without it the
    parcel carries all that is left. `shipped` counts rows.

    What a spreadsheet may have changed (numbers of more than 15 digits, dates, formulas, merged or
    hidden cells) is
    an error that names the cell: write numbers as text.

    When a row can't be shipped the answer is 409 (its order's state forbids it) or 400 (the file is
    wrong), each
    error with its `row` and `order`, and nothing has changed.

    With the header `Prefer: respond-async` (RFC 7240) the file is kept and the answer is 202 at once: a
    worker does
    the same, and `Location` is where to ask how far it is. Use it for files of many thousand rows.

    Args:
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        prefer (OrdersImportShipmentsCreatePrefer | Unset):
        body (UploadRequest): The file: csv (UTF-8, UTF-16 or GB18030) or xlsx, with the columns
            order_number, carrier and tracking_number.

            `parcel_items`, if it is there, names what is in the parcel.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | File | Outcome
    """

    return sync_detailed(
        client=client,
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
        prefer=prefer,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: UploadRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
    prefer: OrdersImportShipmentsCreatePrefer | Unset = UNSET,
) -> Response[Errors | File | Outcome]:
    """Ship the orders of a file, all of them or none; with `dry_run` only say what would happen.

    Rows that say the same are one. Of an order that leaves in several parcels each row names in the
    column
    `parcel_items` what is in its parcel (`item_id*pieces` or `item_id:sku*pieces`, joined by `;`);
    without it the
    parcel carries all that is left. `shipped` counts rows.

    What a spreadsheet may have changed (numbers of more than 15 digits, dates, formulas, merged or
    hidden cells) is
    an error that names the cell: write numbers as text.

    When a row can't be shipped the answer is 409 (its order's state forbids it) or 400 (the file is
    wrong), each
    error with its `row` and `order`, and nothing has changed.

    With the header `Prefer: respond-async` (RFC 7240) the file is kept and the answer is 202 at once: a
    worker does
    the same, and `Location` is where to ask how far it is. Use it for files of many thousand rows.

    Args:
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        prefer (OrdersImportShipmentsCreatePrefer | Unset):
        body (UploadRequest): The file: csv (UTF-8, UTF-16 or GB18030) or xlsx, with the columns
            order_number, carrier and tracking_number.

            `parcel_items`, if it is there, names what is in the parcel.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | File | Outcome]
    """

    kwargs = _get_kwargs(
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
        prefer=prefer,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: UploadRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
    prefer: OrdersImportShipmentsCreatePrefer | Unset = UNSET,
) -> Errors | File | Outcome | None:
    """Ship the orders of a file, all of them or none; with `dry_run` only say what would happen.

    Rows that say the same are one. Of an order that leaves in several parcels each row names in the
    column
    `parcel_items` what is in its parcel (`item_id*pieces` or `item_id:sku*pieces`, joined by `;`);
    without it the
    parcel carries all that is left. `shipped` counts rows.

    What a spreadsheet may have changed (numbers of more than 15 digits, dates, formulas, merged or
    hidden cells) is
    an error that names the cell: write numbers as text.

    When a row can't be shipped the answer is 409 (its order's state forbids it) or 400 (the file is
    wrong), each
    error with its `row` and `order`, and nothing has changed.

    With the header `Prefer: respond-async` (RFC 7240) the file is kept and the answer is 202 at once: a
    worker does
    the same, and `Location` is where to ask how far it is. Use it for files of many thousand rows.

    Args:
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        prefer (OrdersImportShipmentsCreatePrefer | Unset):
        body (UploadRequest): The file: csv (UTF-8, UTF-16 or GB18030) or xlsx, with the columns
            order_number, carrier and tracking_number.

            `parcel_items`, if it is there, names what is in the parcel.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | File | Outcome
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            dry_run=dry_run,
            idempotency_key=idempotency_key,
            prefer=prefer,
        )
    ).parsed
