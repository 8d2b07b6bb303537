"""The power calculator: what a cluster draws at every point of the chain, how sure that is, and how
good the model is. Needs no solver.
"""
