"""The leak check: knows what single people said and searches finished files for it. `pages` never imports it."""
