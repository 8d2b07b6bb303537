"""How fast is built and fitted out."""
