"""The leak check: knows what single people said and searches finished files for it. `publish` never imports it."""
