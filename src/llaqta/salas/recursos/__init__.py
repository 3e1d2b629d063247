"""Recursos y quejas: reconsideración, apelación y revisión de lo decidido, y reclamo por lo que se demora."""
