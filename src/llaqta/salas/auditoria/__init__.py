"""Auditoría: el libro de los sucesos, para quien revisa lo que otros hicieron."""
