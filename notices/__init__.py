"""What the people of a store are told of: in the desk (the bell), by e-mail, and by the robots of their group chats.

This room reads the events of all rooms below; nobody below knows of it. kinds: what there is to be told of, and whom.

planning (events → notices and copies, up to what is settled), reminding (deadlines that come near), telling (one
notice for whom it concerns), quiet (when a copy goes out) → sending (one robot's turn), mailing (copies → one e-mail
for a person). robots/: one file per chat. secrets (addresses at rest), wording (a notice in words), reading (whose
notices, what is read), actions (what owners do), retention (the end of them).
"""
