"""What does it take to connect so many accelerators: switches, links, watts, dollars? Counted,
never a percentage.
"""
