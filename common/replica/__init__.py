"""A streaming replica that answers lists, exports and figures, where one is set (docs/adr/0105).

standing asks how far it has come, once a second for a process; notes are the positions that a session or a key has
written up to, kept with the hint server; way says where a reading goes, turns lets it go there, and back to the primary
whenever the replica fails or isn't far enough; backend gives up a server that hangs. common.web.replica chooses the
requests, common.apart what else is read there.
"""
