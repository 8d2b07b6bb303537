"""Questions about scenarios and what they say together: compare, explain, why there is no plan. No
solver is touched here.
"""
