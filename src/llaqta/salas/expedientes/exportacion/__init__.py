"""El expediente electrónico completo, como paquete que se abre y se comprueba sin Llaqta: se arma, se lee y se recibe.

El paquete es BagIt 1.0 (RFC 8493); su índice, un XML firmado con el sello de la entidad y un PDF sellado. El formato
está descrito en ``docs/decisiones/0020`` y su índice, en ``indice.xsd``.
"""
