"""The web server as `make run` starts it, against clients that are slow, large or gone."""
