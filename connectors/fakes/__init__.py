"""Fakes of the open platforms, one file each: loopback servers for tests and the demo, written apart from `platforms/`.

    python -m connectors.fakes taobao --port 9100

They hold a shop's truth, refuse what the platform's documents refuse, and misbehave on demand. base: what they share;
handler: a connection; shapes: what goes back and forth. top, sessions, exchanges: parts
of Taobao's; permits: of Kuaishou's; letting_in: of Douyin's.
"""
