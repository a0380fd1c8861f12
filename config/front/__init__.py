"""What stands before Django in each web process: it reads requests with a deadline and answers `/healthz` itself.

granian serves `config.front.application:application` (RSGI). A request reaches one of a few threads only when all of it
has arrived, and a thread is free again before its answer is sent: no client can hold a thread by being slow.
body (reads, bounded) → environ (RSGI as WSGI) → turns (whose call is next) → call (Django's answer, in a thread).
server says how granian is started.
"""
