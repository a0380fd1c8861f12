"""Who looked at buyers' data: nothing of it leaves this machine before it is on record (docs/adr/0099).

middleware says what an answer shows and to whom; noting writes it down once a day; handler does so before the answer
is sent. places are the routes that show nothing of a buyer, and what the others are called; parts lets months go;
reading answers who looked.
"""
