"""The command line. Modules here import only click at the top; everything heavy is imported inside
the callbacks.
"""
