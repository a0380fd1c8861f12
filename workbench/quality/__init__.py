"""The desk's page about quality refunds: board gathers what it shows, admin is the page itself."""
