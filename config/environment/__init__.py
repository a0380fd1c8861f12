"""What the environment says to this installation: every setting, what it may be, and all that is wrong with it at once.

kinds reads one text, table lists the settings (docs/deploy.md is made from it; retention: how long what is kept),
reading reads them all. Settings ask `said`; nobody else reads the environment, but for `make run`
(config.supervise.options).
"""

from config.environment.reading import Mistakes, read_environment
from config.environment.table import SETTINGS

__all__ = ["SETTINGS", "Mistakes", "read_environment"]
