"""The parts of config.supervisor, which `make run` starts.

options (what the environment may say) → prepare (sets everything up, once) → child (each process, kept alive).
console is what the terminal shows.
"""
