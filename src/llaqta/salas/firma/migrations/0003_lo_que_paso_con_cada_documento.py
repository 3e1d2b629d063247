"""De un lote, cada documento corre su suerte: qué pasó con él, por qué no se firmó y en qué página se mira."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def _anotar_lo_que_ya_paso(apps: Any, _editor: Any) -> None:
    """De las sesiones de antes: lo que tiene huella de firmado se firmó; lo de una sesión rechazada, no."""
    documentos = apps.get_model("firma", "DocumentoPorFirmar").objects
    documentos.exclude(huella_firmada="").update(estado="FIRMADO")
    sesiones = apps.get_model("firma", "SesionDeFirma").objects
    frase = sesiones.filter(pk=models.OuterRef("sesion_id")).values("frase")
    documentos.filter(huella_firmada="", sesion__estado="RECHAZADA").update(
        estado="RECHAZADO", frase=models.Subquery(frase)
    )


class Migration(migrations.Migration):
    """Tres campos, y lo que dicen de las sesiones que ya había."""

    dependencies = [
        ("firma", "0002_firma_en_el_equipo"),
    ]

    operations = [
        migrations.AddField(
            model_name="documentoporfirmar",
            name="estado",
            field=models.CharField(
                choices=[("ESPERA", "Por firmar"), ("FIRMADO", "Firmado"), ("RECHAZADO", "No se firmó")],
                default="ESPERA",
                max_length=9,
                verbose_name="qué pasó",
            ),
        ),
        migrations.AddField(
            model_name="documentoporfirmar",
            name="frase",
            field=models.CharField(blank=True, max_length=400, verbose_name="por qué no se firmó"),
        ),
        migrations.AddField(
            model_name="documentoporfirmar",
            name="ver_en",
            field=models.CharField(blank=True, max_length=200, verbose_name="en qué página se mira"),
        ),
        migrations.AddConstraint(
            model_name="documentoporfirmar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("estado", "RECHAZADO"), _negated=True),
                    models.Q(("frase", ""), _negated=True),
                    _connector="OR",
                ),
                name="por_firmar_rechazado_con_frase",
            ),
        ),
        migrations.RunPython(_anotar_lo_que_ya_paso, migrations.RunPython.noop),
    ]
