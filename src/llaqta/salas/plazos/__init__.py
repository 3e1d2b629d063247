"""Plazos: cuándo vence, por qué, y qué regla lo dice.

El motor (``rules``) es aritmética pura. Las reglas del procedimiento son datos (``datos/reglas.yaml`` más lo que la
municipalidad cambió o su abogado confirmó), y así una persona de leyes las revisa sin leer el programa.
"""
