"""El formulario con que se recibe el expediente de otra entidad."""

from __future__ import annotations

from llaqta.cimientos.web.forms import CampoArchivo, Formulario, VariosArchivos

PESO_MAXIMO = 300_000_000


class PaqueteForm(Formulario):
    """El ZIP, y el certificado del sello de quien lo manda si su autoridad no se conoce."""

    archivo = CampoArchivo(
        label="El paquete (ZIP)",
        tipos=(".zip",),
        maximo_de_bytes=PESO_MAXIMO,
        widget=VariosArchivos(attrs={"multiple": False}),
        help_text="Tal como lo exportó la otra entidad, hasta 300 MB. Uno mayor se recibe desde la consola.",
    )
    certificado = CampoArchivo(
        label="Certificado del sello de la otra entidad",
        tipos=(".pem", ".cer", ".crt", ".der"),
        maximo_de_bytes=100_000,
        widget=VariosArchivos(attrs={"multiple": False}),
        required=False,
        help_text="Solo si el sistema se lo pide. Consígalo por otra vía: por oficio, en persona o en su sede.",
    )
