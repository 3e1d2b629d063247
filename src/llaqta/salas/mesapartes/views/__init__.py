"""Las pantallas de la mesa de partes: presentar, la carpeta de la persona y la cola de la mesa."""
