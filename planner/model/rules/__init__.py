"""One file per family of constraints, one function per row family. Rules see inputs, decisions and the frame, and nothing else."""
