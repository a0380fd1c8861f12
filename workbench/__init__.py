"""The merchant's desk: Django's admin site, made for handling refunds all day."""
