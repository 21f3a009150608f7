"""Meeting systems, one folder each; `registry` builds them by name."""
