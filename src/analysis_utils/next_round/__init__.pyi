from .summary import next_round_sentences as next_round_sentences
