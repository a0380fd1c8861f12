"""When a row was last changed: an instant of the database's clock that a trigger sets, whoever writes.

Clients ask lists for what has changed since (`updated_after`), up to where nothing can appear any more
(common/settled.py). So the trigger gives the instant after its transaction has an id, and never believes who writes.
"""

from django.db import models
from django.db.migrations import RunSQL
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ChangedAtField(models.DateTimeField):
    """Set by the database alone."""

    def get_default(self):
        """Nobody knows it before the row is written."""
        return None

    def pre_save(self, model_instance, add):
        """The database's clock; the trigger says it more exactly."""
        return Now()


class Traced(models.Model):
    """A row of which clients learn that it has changed. A migration calls `trace` for its table; a check insists."""

    updated_at = ChangedAtField(_("changed"), db_default=Now(), editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Write the row."""
        is_new = self._state.adding
        super().save(*args, **kwargs)
        if not is_new:
            self.forget_change()

    def forget_change(self) -> None:
        """The row is being changed: who asks when reads it anew."""
        self.__dict__.pop("updated_at", None)


TRACE_FUNCTION = RunSQL(
    """
    CREATE FUNCTION wanliu_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_current_xact_id();
        NEW.updated_at := clock_timestamp();
        RETURN NEW;
    END $$;
    """,
    "DROP FUNCTION wanliu_changed()",
)


def trace(table: str) -> RunSQL:
    """Note at each row of this table when it was changed."""
    return RunSQL(
        f"CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION wanliu_changed()",
        f"DROP TRIGGER changed ON {table}",
    )
