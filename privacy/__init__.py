"""What is kept of a buyer: shown to whoever asks for it, erased for whoever wants it forgotten, and each look noted.

finding says whose data it is; asking begins an export or an erasure (hinting tells workers); exporting writes the file;
erasing goes through the tables that rooms declare in `<room>/personal.py`, reading finds their rows. links open a
finished file until it ends. looks/: who looked at buyers' data.
"""
