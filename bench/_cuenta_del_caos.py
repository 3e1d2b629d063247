"""La cuenta del caos: lo que quedó en la base, en el buzón y en la pasarela, y lo que no quedó como debía."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from bench._lector_del_caos import CADA, VENCE, Lector


class BuzonQueCuenta:
    """Un servidor SMTP que acepta todo y anota de qué notificación era cada correo."""

    def __init__(self) -> None:
        """Sin correos."""
        self.por_notificacion: Counter[str] = Counter()

    async def handle_DATA(self, _servidor: Any, _sesion: Any, sobre: Any) -> str:  # noqa: N802 - lo nombra aiosmtpd
        """Cuenta un correo."""
        from email import message_from_bytes

        cuerpo = message_from_bytes(sobre.content).get_payload(decode=True)
        codigo = re.search(rb"/casilla/(NOT-\d{4}-\d+)/", cuerpo if isinstance(cuerpo, bytes) else b"")
        if codigo:  # los demás correos de la casa no son avisos
            self.por_notificacion[codigo.group(1).decode()] += 1
        return "250 Recibido"


def _estancado() -> list[str]:
    """Qué esperaba la cola cuando ya no avanzaba: sin esto, de lo que falta no se sabría por qué."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%s %s: %s, en el intento %s', count(*), task_name, status, max(attempts))"
            " FROM procrastinate_jobs WHERE status NOT IN ('succeeded') GROUP BY task_name, status"
            " UNION ALL SELECT format('%s: %s', oyente, error) FROM cimientos_fallodeoyente"
        )
        return [str(fila[0]) for fila in cursor.fetchall()]


def comprobar(buzon: BuzonQueCuenta, pasarela: Any, acuses: Path, lector: Lector) -> dict[str, Any]:
    """Lo que quedó, y lo que no quedó como debía."""
    from django.db import connection

    from llaqta.cimientos.models import Suceso
    from llaqta.salas.casilla import cuenta
    from llaqta.salas.casilla.models import Alerta, Constancia, Notificacion
    from llaqta.salas.documentos.models import Documento

    connection.close()
    filas = dict(
        Notificacion.objects.filter(documento__numero__startswith="ACTO-").values_list(
            "codigo", "documento__numero"
        )
    )
    enteras = [linea.split() for linea in acuses.read_text().splitlines() if linea.count(" ") == 1]
    confirmadas = {codigo: acto for acto, codigo in enteras}
    perdidas = [codigo for codigo in confirmadas if codigo not in filas]
    asuntos = Counter(
        Documento.objects.filter(tipo__codigo="CONSTANCIA", asunto__contains="NOT-").values_list(
            "asunto", flat=True
        )
    )
    segundas = [asunto for asunto, veces in asuntos.items() if veces > 1]
    con_constancia = set(
        Constancia.objects.filter(clase="DEPOSITO").values_list("notificacion__codigo", flat=True)
    )
    acusadas = set(Constancia.objects.filter(clase="LECTURA").values_list("notificacion__codigo", flat=True))
    por_sms = Counter(
        Alerta.objects.filter(token__in=[m["llave"] for m in pasarela.mensajes]).values_list(
            "notificacion__codigo", flat=True
        )
    )
    de_mas = {
        "correo": Counter(n - 1 for n in buzon.por_notificacion.values() if n > 1),
        "mensaje": Counter(n - 1 for n in por_sms.values() if n > 1),
    }
    sin_aviso = [c for c in filas if c not in buzon.por_notificacion]
    vencidas, sin_declarar = _vencidas(set(filas))
    inciertas = Alerta.objects.filter(resultado="INCIERTA").count()
    hecha = cuenta.contar()
    faltas = [
        *(f"se perdió {codigo}" for codigo in perdidas),
        *(f"{asuntos[asunto]} veces «{asunto}»" for asunto in segundas),
        *(f"{codigo} sin constancia de depósito" for codigo in set(filas) - con_constancia),
        *(f"{codigo} abierta y sin acuse" for codigo in lector.abiertas - acusadas),
        *(f"{c}: {n} correos" for c, n in buzon.por_notificacion.items() if n > 2),
        *(f"{c}: {n} mensajes" for c, n in por_sms.items() if n > 2),
        *([f"{len(sin_aviso)} sin aviso por correo"] if len(sin_aviso) > inciertas else []),
        *sin_declarar,
        *([] if hecha.cuadra else ["la cuenta no cuadra"]),
    ]
    return {
        "depositadas": len(filas),
        "confirmadas_y_perdidas": len(perdidas),
        "constancias": Constancia.objects.count(),
        "segundas_constancias": len(segundas),
        "abiertas_con_acuse": len(lector.abiertas & acusadas),
        "vencidas_con_sus_dos_constancias": vencidas,
        "correos": sum(buzon.por_notificacion.values()),
        "mensajes": len(pasarela.mensajes),
        "avisos_de_mas": {medio: dict(cuantos) for medio, cuantos in de_mas.items()},
        "inciertas": inciertas,
        "pedidos_repetidos_a_la_pasarela": len(pasarela.pedidos) - len(pasarela.mensajes),
        "sucesos": Suceso.objects.count(),
        "ecuacion": str(hecha),
        "faltas": faltas[:20],
        "estancado": _estancado() if faltas else [],
    }


def _vencidas(codigos: set[str]) -> tuple[int, list[str]]:
    """Cuántas vencieron, se declararon una sola vez y tienen sus dos constancias; y las que no."""
    from django.db.models import Count, Q

    from llaqta.cimientos.models import Suceso
    from llaqta.salas.casilla.models import Notificacion

    clases = Q(constancias__clase__in=["VENCIMIENTO", "EFICACIA"])
    bien, mal = 0, []
    declaradas = Counter(
        Suceso.objects.filter(tipo="casilla.NotificacionVencida").values_list("objeto_id", flat=True)
    )
    filas = Notificacion.objects.filter(codigo__in=codigos).annotate(
        papeles=Count("constancias", filter=clases)
    )
    for pk, codigo, acto, por, papeles in filas.values_list(
        "pk", "codigo", "documento__numero", "efecto_por", "papeles"
    ):
        veces = declaradas[str(pk)]
        if int(acto[-6:]) % CADA != VENCE:
            esta = por != "VENCIMIENTO" and not veces
        else:
            esta = (por, papeles, veces) == ("VENCIMIENTO", 2, 1)
            bien += esta
        if not esta:
            mal.append(f"{codigo}: {por}, declarada {veces} veces, {papeles} constancias")
    return bien, mal
