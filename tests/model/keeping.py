"""A history as a text that can be kept: whatever later seeds are made to mean, it stays what it was."""

from ast import literal_eval
from dataclasses import asdict
from pprint import pformat

from tests.model.writing import History, Round


def write_history(history: History) -> str:
    """As literals of Python, a line for each call."""
    return f"{pformat(asdict(history), width=160, sort_dicts=False)}\n"


def read_history(text: str) -> History:
    """What `write_history` wrote. ValueError or TypeError for anything else."""
    told = literal_eval(text)
    return History(told["seed"], told["marketplace"], [Round(**turn) for turn in told["rounds"]])
