"""What the desk's templates ask: desk (words and badges), work (about a row), lockout (the lock-out page)."""
