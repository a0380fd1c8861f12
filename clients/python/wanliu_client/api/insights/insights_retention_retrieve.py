import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.errors import Errors
from ...models.insights_retention_retrieve_format import InsightsRetentionRetrieveFormat
from ...models.insights_retention_retrieve_group_by import (
    InsightsRetentionRetrieveGroupBy,
)
from ...models.retention_report import RetentionReport
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    format_: InsightsRetentionRetrieveFormat
    | Unset = InsightsRetentionRetrieveFormat.JSON,
    from_: datetime.date | Unset = UNSET,
    group_by: InsightsRetentionRetrieveGroupBy | Unset = UNSET,
    store: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_group_by: str | Unset = UNSET
    if not isinstance(group_by, Unset):
        json_group_by = group_by.value

    params["group_by"] = json_group_by

    params["store"] = store

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/insights/retention/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Errors | RetentionReport | None:
    if response.status_code == 200:
        response_200 = RetentionReport.from_dict(response.json())

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
) -> Response[Errors | RetentionReport]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    format_: InsightsRetentionRetrieveFormat
    | Unset = InsightsRetentionRetrieveFormat.JSON,
    from_: datetime.date | Unset = UNSET,
    group_by: InsightsRetentionRetrieveGroupBy | Unset = UNSET,
    store: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> Response[Errors | RetentionReport]:
    """Offers, acceptance, money kept and lost between two days, both included.

    `format=csv` answers with a table for a spreadsheet.

    Args:
        format_ (InsightsRetentionRetrieveFormat | Unset):  Default:
            InsightsRetentionRetrieveFormat.JSON.
        from_ (datetime.date | Unset):
        group_by (InsightsRetentionRetrieveGroupBy | Unset):
        store (str | Unset):
        to (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | RetentionReport]
    """

    kwargs = _get_kwargs(
        format_=format_,
        from_=from_,
        group_by=group_by,
        store=store,
        to=to,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    format_: InsightsRetentionRetrieveFormat
    | Unset = InsightsRetentionRetrieveFormat.JSON,
    from_: datetime.date | Unset = UNSET,
    group_by: InsightsRetentionRetrieveGroupBy | Unset = UNSET,
    store: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> Errors | RetentionReport | None:
    """Offers, acceptance, money kept and lost between two days, both included.

    `format=csv` answers with a table for a spreadsheet.

    Args:
        format_ (InsightsRetentionRetrieveFormat | Unset):  Default:
            InsightsRetentionRetrieveFormat.JSON.
        from_ (datetime.date | Unset):
        group_by (InsightsRetentionRetrieveGroupBy | Unset):
        store (str | Unset):
        to (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | RetentionReport
    """

    return sync_detailed(
        client=client,
        format_=format_,
        from_=from_,
        group_by=group_by,
        store=store,
        to=to,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    format_: InsightsRetentionRetrieveFormat
    | Unset = InsightsRetentionRetrieveFormat.JSON,
    from_: datetime.date | Unset = UNSET,
    group_by: InsightsRetentionRetrieveGroupBy | Unset = UNSET,
    store: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> Response[Errors | RetentionReport]:
    """Offers, acceptance, money kept and lost between two days, both included.

    `format=csv` answers with a table for a spreadsheet.

    Args:
        format_ (InsightsRetentionRetrieveFormat | Unset):  Default:
            InsightsRetentionRetrieveFormat.JSON.
        from_ (datetime.date | Unset):
        group_by (InsightsRetentionRetrieveGroupBy | Unset):
        store (str | Unset):
        to (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Errors | RetentionReport]
    """

    kwargs = _get_kwargs(
        format_=format_,
        from_=from_,
        group_by=group_by,
        store=store,
        to=to,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    format_: InsightsRetentionRetrieveFormat
    | Unset = InsightsRetentionRetrieveFormat.JSON,
    from_: datetime.date | Unset = UNSET,
    group_by: InsightsRetentionRetrieveGroupBy | Unset = UNSET,
    store: str | Unset = UNSET,
    to: datetime.date | Unset = UNSET,
) -> Errors | RetentionReport | None:
    """Offers, acceptance, money kept and lost between two days, both included.

    `format=csv` answers with a table for a spreadsheet.

    Args:
        format_ (InsightsRetentionRetrieveFormat | Unset):  Default:
            InsightsRetentionRetrieveFormat.JSON.
        from_ (datetime.date | Unset):
        group_by (InsightsRetentionRetrieveGroupBy | Unset):
        store (str | Unset):
        to (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Errors | RetentionReport
    """

    return (
        await asyncio_detailed(
            client=client,
            format_=format_,
            from_=from_,
            group_by=group_by,
            store=store,
            to=to,
        )
    ).parsed
