"""Parts of the fashion benchmark: each a module with `rows(quick)`."""
