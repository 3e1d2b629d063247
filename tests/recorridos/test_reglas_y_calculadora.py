"""La jefa de Asesoría Jurídica verifica una regla; cualquiera hace una cuenta en su teléfono, sin JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.recorridos.conftest import JEFA_LEGAL, Visitante

pytestmark = pytest.mark.navegador


def test_la_jefa_legal_verifica_una_regla_con_su_nota(abrir: Callable[..., Visitante]) -> None:
    ella = abrir(JEFA_LEGAL)
    ella.ir("/expedientes/")
    ella.pulsar("Reglas de los plazos")
    ella.lee("Máximo de la evaluación previa")
    ella.pulsar("Ver solo las pendientes")
    ella.foto("reglas")
    ella.pulsar("Acusar recibo en la casilla")
    ella.lee("De segunda mano: pendiente de verificar")
    ella.pulsar("Dar por verificada")
    ella.pulsar("Dar por verificada")
    ella.lee("Falta completar «Qué texto leyó y qué dice».")
    ella.pagina.get_by_label("Qué texto leyó y qué dice").fill(
        "Leída la Ley 31736 en El Peruano: cinco días hábiles."
    )
    ella.pulsar("Dar por verificada")
    ella.lee("La regla quedó verificada.")
    ella.lee("La verificó Nélida Vargas Lazo")
    ella.lee("Leída la Ley 31736 en El Peruano: cinco días hábiles.")
    assert not ella.ve("Dar por verificada")


@pytest.mark.parametrize("telefono", [True, False], ids=["telefono", "escritorio"])
def test_cualquiera_hace_una_cuenta_sin_javascript(abrir: Callable[..., Visitante], telefono: bool) -> None:
    alguien = abrir(telefono=telefono, javascript=False)
    alguien.ir("/plazos/")
    alguien.pulsar("Calculadora completa")
    alguien.pagina.get_by_label("Fecha desde la que se cuenta").fill("2026-03-02")
    alguien.pagina.get_by_label("Hora (opcional)").fill("10:00")
    alguien.pagina.get_by_label("Cuánto dura el plazo").fill("30")
    alguien.pagina.get_by_label("Si la municipalidad no responde").select_option("positivo")
    alguien.pulsar("Calcular")
    alguien.lee("Vence el miércoles 15 de abril de 2026")
    alguien.lee("aprobado desde el jueves 23 de abril de 2026, a las 00:00, por silencio positivo")
    alguien.foto("calculadora")
