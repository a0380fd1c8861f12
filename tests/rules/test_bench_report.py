"""What the benchmarks' report says of a goal: a verdict only where the turns agree."""

from bench.report import UNDECIDED, Figure
from tests.cases import for_each


def figure(ours, reference, **more):
    return Figure("x", ours, reference, "y", "/s", goal=0.5, **more)


@for_each(
    ("ours", "reference", "verdict"),
    [
        ([6, 7, 6], [10, 10, 10], "yes"),
        ([4, 3, 4], [10, 10, 10], "**no**"),
        ([6, 4, 6], [10, 10, 10], UNDECIDED),
        ([60, 4, 6], [100, 7, 10], "yes"),  # what disturbs a turn disturbs both of its sides
        ([6, 6, 6, 6, 4], [10, 10, 10, 10, 10], "yes"),  # one in five may
        ([6, 6, 6, 4], [10], UNDECIDED),
        ([6], [10], "yes"),
    ],
)
def test_a_verdict_needs_turns_that_agree(ours, reference, verdict):
    assert figure(ours, reference).verdict == verdict


def test_times_are_bounded_from_above_and_figures_without_a_goal_have_no_verdict():
    assert figure([6, 7], [10, 10], less_is_better=True).verdict == "**no**"
    assert figure([4, 3], [10, 10], less_is_better=True).verdict == "yes"
    assert Figure("x", [1], [2], "y", "/s").verdict == ""
    assert UNDECIDED in figure([6, 4], [10, 10]).row()
