"""For each sweep: how something becomes due for it, and where it then writes.

`base` says what a scene is; `rooms` are those of the work itself, `told` those of whoever is told of it or asked.
"""

from tests.scenes import rooms, told
from tests.scenes.base import SERVERS, Scene
from tests.scenes.told import written

SCENES = {**rooms.SCENES, **told.SCENES}

__all__ = ["SCENES", "SERVERS", "Scene", "written"]
