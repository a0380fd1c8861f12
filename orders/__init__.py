"""Orders, their lines and their way to the buyer; and what of them has been claimed back."""
