"""The answer: what to buy, where and when, with everything that follows from it, and an audit that
re-derives it without the model.
"""
