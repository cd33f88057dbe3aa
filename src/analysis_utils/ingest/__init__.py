"""Raw files → private tables. `survey` reads a round's Mentimeter export, `inspection` says what any export holds."""
