"""What follows from physics and money: pure functions of plain numbers, for a notebook, the model
and the audit.
"""
