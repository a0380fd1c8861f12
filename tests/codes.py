"""Whether an answer of the API is one that its operation declares: asked of every call that a test makes."""

from common.api.codes import codes_of


def undeclared(view, method: str, response) -> list[tuple[int, str]]:
    """(status, code) of each error that the schema doesn't name for the operation."""
    action = getattr(view, "action", None)
    if action is None or action not in view.callers:
        return []  # no operation: what no path or no method fits
    declared = codes_of(type(view), action, method)
    return [(status, code) for status, code in _told(response) if code not in declared.get(status, ())]


def _told(response):
    body = getattr(response, "data", None)  # a file has none
    answers = [(response.status_code, body)]
    if isinstance(body, dict) and isinstance(body.get("results"), list):  # many in one call
        answers += [
            (each["status"], each["body"])
            for each in body["results"]
            if isinstance(each, dict) and each.keys() == {"status", "body"}
        ]
    for status, data in answers:
        if status >= 400 and isinstance(data, dict) and isinstance(data.get("errors"), list):
            yield from ((status, error["code"]) for error in data["errors"])
