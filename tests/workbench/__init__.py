"""The desk's pages; those named `_browser` in a real browser."""
