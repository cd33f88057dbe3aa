"""Finished pages read again: does every printed number stand in `estimates`, and is there none without a source?"""
