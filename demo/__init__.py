"""The demo: four stores at work, built with the same actions that everybody else calls."""
