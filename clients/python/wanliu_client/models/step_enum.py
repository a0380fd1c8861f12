from enum import StrEnum


class StepEnum(StrEnum):
    DEMOTION = "demotion"
    NO_NEW_LISTINGS = "no_new_listings"
    PRODUCTS_OFF = "products_off"

    def __str__(self) -> str:
        return str(self.value)
