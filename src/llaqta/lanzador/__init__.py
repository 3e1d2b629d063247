"""El lanzador: enciende, prueba y revisa la casa. No conoce ninguna sala ni carga Django en su propio proceso."""
