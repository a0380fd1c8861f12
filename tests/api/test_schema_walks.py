"""Chains of calls, each about what the ones before have answered: schemathesis makes the calls up, the walk is ours.

What schemathesis learns on a walk of its own changes what hypothesis draws next, which hypothesis calls flaky. Here
the calls are made up first, from the schema alone; then seeded walks put into them what was answered on the way.
"""

import random
import re
from collections import Counter, defaultdict
from contextlib import suppress

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from schemathesis import GenerationMode

from common.errors import Refused
from config.wsgi import application
from tests.api.test_schema import CHECKS, FUZZ, load_schema, names_of, shop
from tests.tenancy.calls import CALLS
from tests.tenancy.things import Names

__all__ = ["shop"]  # the fixture

MADE_UP = settings(FUZZ, max_examples=2, phases=[Phase.generate])
KNOWN = {(call.verb, call.route): call for call in CALLS}
STEPS, WALKS = 12, 8
# What in an answer, or in a body, names a thing of which resource.
NAMED_BY = {"number": "orders", "order": "orders", "refund": "refunds", "item_id": "products", "parcel": "parcels"}


class Walk:
    """One chain: it knows what was there when it began and what has been answered since, the newest last."""

    def __init__(self, shop, operations, cases, names, known, seed):
        self.shop, self.operations, self.cases, self.names = shop, operations, cases, names
        self.random = random.Random(seed)
        self.known = defaultdict(list, {resource: list(there) for resource, there in known.items()})
        self.answers = Counter()

    def go(self):
        """Take the steps; those about something that the walk has learned come oftener."""
        for _step in range(STEPS):
            at_hand = [each for each in self.operations if "{" not in each.path or self.known[resource_of(each.path)]]
            about = [each for each in at_hand if "{" in each.path]
            self.step(self.random.choice(about if self.random.random() < 0.6 else at_hand))

    def step(self, operation):
        """One call, by whichever key may make it, two of three times with a body that is known to be good."""
        case = self.cases(operation, self.random.randrange(MADE_UP.max_examples))
        call = KNOWN[operation.method.upper(), re.sub(r"{\w+}", "{}", operation.path.removeprefix("/api/v1/"))]
        if call.body and isinstance(case.body, dict):
            if self.random.random() < 0.67:
                with suppress(Refused):  # no store of this marketplace has such a thing
                    case.body = dict(call.body(self.names))
            for name, resource in NAMED_BY.items():
                if name in case.body and name != "number" and self.known[resource] and self.random.random() < 0.8:
                    case.body[name] = self.latest(resource)
        for name in case.path_parameters:
            case.path_parameters[name] = self.latest(resource_of(operation.path))
        key, case.query = self.shop.merchant_key, {}
        if "S" not in call.key:
            key = self.shop.marketplace_key
            named = case.body if isinstance(case.body, dict) else case.query
            named["store"] = self.shop.store.code
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        self.answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code < 300 and "json" in answer.headers.get("content-type", [""])[0]:
            self.learn(resource_of(operation.path), answer.json())

    def latest(self, resource):
        """One of the last three that the walk knows."""
        return self.random.choice(self.known[resource][-3:])

    def learn(self, resource, told):
        """Remember what an answer names, whatever it is in."""
        for each in told if isinstance(told, list) else [told]:
            if not isinstance(each, dict):
                continue
            for name, value in each.items():
                if isinstance(value, list | dict):
                    self.learn(resource if name == "results" else name, value)
                elif isinstance(value, str) and (found := resource if name == "id" else NAMED_BY.get(name)):
                    self.known[found].append(value)


def resource_of(path):
    """`refunds` of `/api/v1/refunds/{id}/approve/`."""
    return path.split("/")[3]


@pytest.fixture
def made_up():
    """(operations, a function that makes a fresh copy of one of an operation's made-up calls)."""
    schema = schemathesis.openapi.from_dict(load_schema())
    schema.app = application
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])
    found = [operation.ok() for operation in schema.get_all_operations()]
    kept = {}

    def case_of(operation, number):
        label = operation.label

        def keep(case):
            kept[label].append(case)

        if label not in kept:
            kept[label] = []
            MADE_UP(given(case=operation.as_strategy())(keep))()
        case = kept[label][number % len(kept[label])]
        return operation.Case(
            path_parameters=dict(case.path_parameters or {}),
            headers=dict(case.headers or {}),
            query={},
            body=dict(case.body) if isinstance(case.body, dict) else case.body,
            media_type=case.media_type,
        )

    return sorted(found, key=lambda operation: operation.label), case_of


def test_whatever_follows_from_an_answer_is_answered_as_the_schema_says(clock, shop, made_up):
    operations, case_of = made_up
    known, names, answers = names_of(shop), Names(shop), Counter()
    for seed in range(WALKS):
        walk = Walk(shop, operations, case_of, names, known, seed)
        walk.go()
        answers += walk.answers
    assert answers.total() == WALKS * STEPS
    assert {200, 201, 400, 404, 409} <= set(answers)
