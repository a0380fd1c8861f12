"""When the platform's person decides: disputes, appeals, evidence of both sides, and what is suggested."""
