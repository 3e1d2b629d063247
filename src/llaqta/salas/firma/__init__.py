"""Firma: firmar, sellar y verificar documentos PDF (PAdES), y los certificados con que se hace.

Puertas: ``services`` (firmar, sellar, emitir y revocar certificados, preparar las llaves) y ``queries`` (verificar,
certificado vigente de una persona). La firma digital es la de la Ley 27269 y el DS 052-2008-PCM; los certificados que
emite Llaqta son de demostración y lo dicen en cada sitio donde se leen: SIN VALOR LEGAL.
"""
