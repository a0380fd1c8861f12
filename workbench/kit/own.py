"""What somebody decides about their own account."""

from workbench.kit.decisions import Decision


class OwnDecision(Decision):
    """Everybody about themselves only; the page shows what can be done."""

    def may(self, user, row):
        """One's own."""
        return user == row

    def refusal(self, user, now):
        """The page shows only what can be done."""
        return None
