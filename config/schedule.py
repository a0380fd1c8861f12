"""What beat asks the workers for, how often, and the queues besides the main one (config.processes works on them)."""

from celery.schedules import crontab

WEBHOOKS_QUEUE = "webhooks"
FILES_QUEUE, MONEY_QUEUE, DEADLINES_QUEUE = "files", "money", "deadlines"
ROUTES = {
    f"orders.tasks.{task}": {"queue": FILES_QUEUE}
    for task in ("read_shipment_files", "run_shipment_imports", "resume_shipment_imports")
}
ROUTES |= {
    f"payments.tasks.{task}": {"queue": MONEY_QUEUE}
    for task in ("settle_due_payments", "settle_some_payments", "process_notices", "open_allowances")
}
ROUTES |= {
    task: {"queue": DEADLINES_QUEUE}
    for task in (
        *("refunds.tasks.sweep_refunds", "offers.tasks.sweep_offers"),
        *("orders.tasks.sweep_parcels", "orders.tasks.sweep_shipping"),
    )
}

SCHEDULE = {
    "heartbeat": {"task": "common.tasks.heartbeat", "schedule": 5, "options": {"expires": 15}},
    "sweep-refunds": {"task": "refunds.tasks.sweep_refunds", "schedule": 10, "options": {"expires": 30}},
    "resume-decisions": {"task": "refunds.tasks.resume_decision_jobs", "schedule": 5, "options": {"expires": 15}},
    "review-quality": {"task": "refunds.tasks.review_quality", "schedule": 60, "options": {"expires": 120}},
    "roll-up-quality": {"task": "refunds.tasks.roll_up_quality", "schedule": 600, "options": {"expires": 1200}},
    "run-rules": {"task": "automation.tasks.run_rules", "schedule": 5, "options": {"expires": 15}},
    "sweep-offers": {"task": "offers.tasks.sweep_offers", "schedule": 10, "options": {"expires": 30}},
    "sweep-parcels": {"task": "orders.tasks.sweep_parcels", "schedule": 30, "options": {"expires": 60}},
    "sweep-shipping": {"task": "orders.tasks.sweep_shipping", "schedule": 60, "options": {"expires": 120}},
    "resume-imports": {"task": "orders.tasks.resume_shipment_imports", "schedule": 10, "options": {"expires": 30}},
    "forget-imports": {"task": "orders.tasks.forget_shipment_imports", "schedule": 3600},
    "resume-packs": {"task": "workbench.tasks.resume_evidence_packs", "schedule": 10, "options": {"expires": 30}},
    "forget-packs": {"task": "workbench.tasks.forget_evidence_packs", "schedule": 3600},
    "resume-buyer-requests": {"task": "privacy.tasks.resume_requests", "schedule": 10, "options": {"expires": 30}},
    "count-offers": {"task": "offers.tasks.count_offers", "schedule": 60, "options": {"expires": 120}},
    "roll-up-insights": {"task": "offers.tasks.roll_up_insights", "schedule": 60, "options": {"expires": 120}},
    "resume-bulk-jobs": {"task": "offers.tasks.resume_bulk_jobs", "schedule": 10, "options": {"expires": 30}},
    "ask-carriers": {"task": "orders.tasks.ask_carriers", "schedule": 10, "options": {"expires": 30}},
    "settle-payments": {"task": "payments.tasks.settle_due_payments", "schedule": 10, "options": {"expires": 30}},
    "process-notices": {"task": "payments.tasks.process_notices", "schedule": 10, "options": {"expires": 30}},
    "open-allowances": {"task": "payments.tasks.open_allowances", "schedule": 60, "options": {"expires": 120}},
    "reconcile-gateways": {"task": "payments.tasks.reconcile_yesterday", "schedule": crontab(minute=30)},
    "follow-test-clocks": {"task": "operations.tasks.follow_test_clocks", "schedule": 5, "options": {"expires": 15}},
    "follow-shops": {"task": "connectors.tasks.work_on_due_shops", "schedule": 2, "options": {"expires": 10}},
    "forget-hints": {"task": "connectors.tasks.forget_refund_hints", "schedule": 3600},
    "deliver-webhooks": {
        "task": "webhooks.tasks.deliver_webhooks",
        "schedule": 2,
        "options": {"expires": 10, "queue": WEBHOOKS_QUEUE},
    },
    "tell-people": {"task": "notices.tasks.tell_people", "schedule": 5, "options": {"expires": 15}},
    "remind-people": {"task": "notices.tasks.remind_people", "schedule": 30, "options": {"expires": 60}},
    "call-group-robots": {
        "task": "notices.tasks.call_group_robots",
        "schedule": 5,
        "options": {"expires": 15, "queue": WEBHOOKS_QUEUE},
    },
    "forget-old-notices": {"task": "notices.tasks.forget_old_notices", "schedule": 3600},
    "keep-failed-calls": {"task": "webhooks.tasks.keep_failed_calls", "schedule": 5, "options": {"expires": 10}},
    "forget-failed-calls": {"task": "webhooks.tasks.forget_failed_calls", "schedule": 3600},
    "forget-deliveries": {"task": "webhooks.tasks.forget_webhook_deliveries", "schedule": 3600},
    "send-letters": {"task": "stores.tasks.send_letters", "schedule": 10, "options": {"expires": 30}},
    "forget-people": {"task": "stores.tasks.forget_people", "schedule": 3600},
    "forget-what-is-old": {"task": "common.tasks.forget_what_is_old", "schedule": crontab(minute=40)},
    "forget-idempotent-answers": {"task": "common.tasks.forget_idempotent_answers", "schedule": 600},
}
