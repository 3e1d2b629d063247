"""Lo que probaría quien quiere hacer daño, y lo que la casa contesta: nada se rompe, se filtra ni se escribe."""
