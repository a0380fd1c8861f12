"""What falls due for the people of stores."""

from common.upkeep import Sweep
from notices.mailing import write_letters
from notices.planning import make_notices
from notices.reminding import remind_of_deadlines
from notices.retention import forget_notices
from notices.sending import call_robots

SWEEPS = (
    Sweep("notices for people", make_notices, "notices.tasks.tell_people"),
    Sweep("deadlines near", remind_of_deadlines, "notices.tasks.remind_people", of_stores=True),
    Sweep("robots called", call_robots, "notices.tasks.call_group_robots"),
    Sweep("e-mails of notices", write_letters, "notices.tasks.tell_people"),
    Sweep("old notices forgotten", forget_notices, "notices.tasks.forget_old_notices"),
)
