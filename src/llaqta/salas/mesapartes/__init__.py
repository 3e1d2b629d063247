"""Mesa de partes: donde se presenta, se recibe, se observa una sola vez y se deriva."""
