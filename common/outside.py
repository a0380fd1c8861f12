"""Systems of somebody else that the platform talks to: one file each, known by a name, set up by the environment."""

from collections.abc import Mapping
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class OutsideParty:
    """What every such file declares.

    `name` is the file's. The settings of `payments/gateways/wechatpay.py` are the environment's WECHATPAY_…, which
    `settings.OUTSIDE["wechatpay"]` holds without that beginning.
    """

    name: ClassVar[str]
    # Its settings with their defaults; one without a default (None) must be set before the party can be used.
    needs: ClassVar[Mapping[str, str | None]] = {}

    @classmethod
    def configuration(cls) -> dict[str, str | None]:
        """Every setting as it is now: what the environment says, else the default. Empty counts as unset."""
        said = settings.OUTSIDE.get(cls.name, {})
        return {setting: said.get(setting) or default for setting, default in cls.needs.items()}

    @classmethod
    def is_configured(cls) -> bool:
        """Whether everything is set that has no default."""
        return None not in cls.configuration().values()

    @classmethod
    def from_settings(cls) -> Self:
        """The party as this installation reaches it: its settings in small letters are the arguments of its class.

        ImproperlyConfigured names what is missing.
        """
        found = cls.configuration()
        missing = [f"{cls.name}_{setting}".upper() for setting, value in sorted(found.items()) if value is None]
        if missing:
            raise ImproperlyConfigured(f"Set {', '.join(missing)} to use {cls.name}.")
        return cls(**{setting.lower(): value for setting, value in found.items()})
