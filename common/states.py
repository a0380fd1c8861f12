"""The column of a state machine."""

from django_fsm import FSMField


class StateField(FSMField):
    """A protected state that only transitions change. Migrations see the plain text column that the database has.

    A machine belongs to the code of today. In the models of a migration it would also make each later model look
    through all of them again, which took most of the time of a fresh `migrate`.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{**kwargs, "protected": True})

    def deconstruct(self):
        """The field as a CharField."""
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs
