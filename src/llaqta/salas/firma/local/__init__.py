"""Firmar con lo que la persona tiene en su equipo: su DNIe o su token, a través de Firma Perú.

La llave nunca pasa por aquí. La municipalidad entrega los bytes exactos que espera firmados, a través de una sesión de
un solo uso, y solo acepta de vuelta esos mismos bytes con una firma más, de la persona esperada.
"""
