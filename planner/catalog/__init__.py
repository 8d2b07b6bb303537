"""What exists, what it draws and what it costs: sourced facts, dated quotes, and judgement kept
apart from both.
"""
