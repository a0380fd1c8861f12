"""What every page of the desk is made of; knows none of the desk's folders.

desk (who sits where) → base (lists, pages, calling an action) → queue (tabs, counts, the overview's tiles) → forms.
decisions (what can be decided) → deciding (their pages) → editing (pages that add and change a row). changelist, search
and dear (costs much) are what lists do; switches (by date), waybills and own_password are forms that folders share.
fresh says whether what a page showed still holds; undo offers to take back what has just been done. shelf shows the
saved views of a list, saved_views changes them; next_steps say what to do where a list is empty. frame and order_card
are shared by pages about a refund or an order; operators are lists of the platform's own, owners those of stores that
one manages. second_step asks for a code after the password, and its page draws a qr. own is what people decide about
themselves, own_account where they are signed in; password_links and joining let in who comes by a link.
words, marks and timeline say durations, states and events as people read them; paying says what the buyer has besides.
"""
