"""The engine in its own process, and what is asked of a model beside the plan: kinds of limits are
read, no capability is known.
"""
