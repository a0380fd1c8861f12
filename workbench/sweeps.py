"""What falls due at the desk: files that are made of what the rooms hold."""

from common.upkeep import Sweep
from refunds.platform.packs import forget_packs
from workbench.cases.packs import make_due_packs

SWEEPS = (
    Sweep("packs made", make_due_packs, "workbench.tasks.resume_evidence_packs", of_stores=True),
    Sweep("packs forgotten", forget_packs, "workbench.tasks.forget_evidence_packs"),
)
