"""The parts of config.supervisor: its options, its children, the set-up step, what the terminal shows."""
