"""What stands between the web server and the views: middleware that knows no domain.

Who calls: proxies, address_limits; plain_text (what didn't come by TLS). How long: time_limits;
instant is the one `now` of a request. What is said when it
can't be answered: refusals (the front didn't take it), unavailable (PostgreSQL is the reason). access is the log,
sessions who stays signed in, plain_text (nothing without TLS where people work), pages what calls of the API pass by;
slashes (addresses without their last one), static_files, ranges (parts of a film); replica (who answers what only
reads).
"""
