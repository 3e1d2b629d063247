"""Las pantallas del TUPA: el editor, los archivos, la revisión legal y la publicación."""
