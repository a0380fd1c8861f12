"""Actions and commands called directly, where neither HTTP nor a page adds anything."""
