"""The optimization model: arrays in, one ModelProto out. Built from blocks, no solver object, no
catalog, no scenario beyond `inputs`.
"""
