"""What hangs on a marketplace's open platform: the store's connection, decisions sent there, tasks by hand, copies.

Everything is shown of the stores at the desk; connecting, authorising and disconnecting are the owners'.
"""
