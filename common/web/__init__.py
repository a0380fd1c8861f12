"""What stands between the web server and the views: middleware that knows no domain."""
