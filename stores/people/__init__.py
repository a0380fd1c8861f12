"""What people do about their own accounts, and how they come to have one.

`invitations` into a store, `passwords` by a link, the `email` of an account, `sign_ins`: devices and sessions. `links`
are what is handed over or mailed; `letters` are e-mails as rows, `wording` says what stands in them, `sending` sends
them. `browsers` words a browser. `saved_views` are lists of the desk under a name, `skills` what a member takes in
turn.
"""
