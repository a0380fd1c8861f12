"""The warehouse's desk: the shipping queue, shipping one order after another, files for the ERP, delay reports."""
