"""What of this room goes after a while."""

from orders.erp.running import FILES_LEFT, FILES_SHIPPED

RETENTIONS = (FILES_LEFT, FILES_SHIPPED)
