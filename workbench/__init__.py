"""The merchant's desk: Django's admin site, made for handling refunds all day.

Read kit/ first, then the page's folder; the folders are the menu's groups: refunds with cases, shipping with station
(where returns are scanned), money with insights and quality, connections (at the marketplace), store with returnless,
automation (rules that act by themselves) and notices (the bell, who is told of what, group robots), integrate (for
programs), platform. On top: site (scope, addresses), navigation (the menu), dashboard (the overview), find (Ctrl+K),
admin (which model has which list). A page may show cards of folders in the layer below: pyproject.toml.
templates/workbench/ has the same folders; what lies above them, and decisions/, is the kit's.
"""
