"""La vía de la demostración, SIN VALOR: cada mensaje queda en un archivo y nadie lo recibe."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from llaqta.salas.casilla.mensajeria.puerto import Despacho


@dataclass(frozen=True)
class CarpetaDePrueba:
    """Los mensajes, en una carpeta; la misma llave es el mismo archivo."""

    carpeta: Path

    def enviar(self, *, numero: str, texto: str, llave: str) -> Despacho:
        """Lo escribe; si no puede, lo dice."""
        mensaje = {"to": numero, "text": texto, "en": datetime.now(tz=UTC).isoformat()}
        try:
            self.carpeta.mkdir(exist_ok=True, mode=0o700)
            (self.carpeta / f"{llave}.json").write_text(json.dumps(mensaje, ensure_ascii=False), "utf-8")
        except OSError as error:
            return Despacho(False, "", f"No se pudo escribir el mensaje de prueba: {error.strerror}")
        return Despacho(True, llave, "Mensaje de demostración, sin valor: nadie lo recibe")
