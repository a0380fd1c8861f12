"""What phones make in ISO's container: photographs (HEIC, AVIF) and films (MP4, MOV), read by a process of its own.

reading: what everybody else calls. The process: __main__ (limits, the answer), photos, films, faults (why not).
"""
