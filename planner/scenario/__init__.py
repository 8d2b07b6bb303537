"""What is the question? A scenario file as a person writes it, checked whole, and resolved against
a catalog into a self-contained case.
"""
