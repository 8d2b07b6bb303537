"""Telling: a plan as tables, and tables on a terminal, in Markdown and in CSV. Knows plans and
nothing that made them.
"""
