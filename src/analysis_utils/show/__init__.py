"""Published rows -> charts: five marks described once (`chart`) and drawn on screen, on paper and on slides."""
