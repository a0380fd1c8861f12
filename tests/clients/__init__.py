"""The clients that are generated from the schema."""
