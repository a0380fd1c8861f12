"""The API over HTTP: what a client sees, and what is left behind when it is refused."""
