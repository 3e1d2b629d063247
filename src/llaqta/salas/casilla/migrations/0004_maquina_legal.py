"""La casilla como máquina legal: constancias en su tabla, avisos por varios medios, la cuenta y los desajustes."""

import secrets
import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import llaqta.salas.casilla.models

# Lo que quedó por comprobar al final de la transacción se comprueba ya: una tabla con comprobaciones pendientes no se altera.
AL_DIA = ("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop)
CLASES = {"constancia": "DEPOSITO", "constancia_de_lectura": "LECTURA", "constancia_de_alerta": "ALERTA"}


def identificar_alertas(apps, schema_editor):
    """A cada aviso ya hecho, su llave y su sal propias."""
    alertas = apps.get_model("casilla", "Alerta")
    for alerta in alertas.objects.all().iterator():
        alerta.token, alerta.sal = uuid.uuid4(), secrets.token_hex(16)
        if alerta.resultado != "PENDIENTE":
            alerta.resuelta_en = alerta.intentada_en
        alerta.save(update_fields=["token", "sal", "resuelta_en"])


def mudar_constancias(apps, schema_editor):
    """Las selladas pasan a su tabla; las de antes del registro no tienen hoja."""
    notificaciones, constancias = apps.get_model("casilla", "Notificacion"), apps.get_model("casilla", "Constancia")
    documentos = apps.get_model("documentos", "Documento")
    for campo, clase in CLASES.items():
        filas = notificaciones.objects.exclude(**{f"{campo}_id": None}).values_list("pk", f"{campo}_id")
        for notificacion, documento in filas.iterator():
            constancias.objects.create(
                notificacion_id=notificacion, clase=clase, documento_id=documento,
                sellada_en=documentos.objects.values_list("registrado_en", flat=True).get(pk=documento),
            )


def completar_notificaciones(apps, schema_editor):
    """La huella de lo depositado, por qué medio se avisa y qué dio efecto a lo que ya lo tiene."""
    notificaciones = apps.get_model("casilla", "Notificacion")
    for una in notificaciones.objects.select_related("documento__archivo").iterator():
        una.huella, una.canales = una.documento.archivo.sha256, ["CORREO"]
        if una.estado == "LEIDA":
            una.efecto_por = "LECTURA"
        elif una.estado == "EFECTIVA":
            una.efecto_por = _que_le_dio_efecto(una)
        una.save(update_fields=["huella", "canales", "efecto_por"])


def _que_le_dio_efecto(una):
    if any("art. 27.2" in frase for frase in una.explicacion):
        return "CONVALIDACION"
    if una.regla_efecto == "DEPOSITO":
        return "DEPOSITO"
    if una.leida_en is not None and una.efecto_el is not None:
        from llaqta.cimientos.calendario import hoy_en_lima

        if hoy_en_lima(una.leida_en) <= una.efecto_el:
            return "LECTURA"
    return "VENCIMIENTO"


class Migration(migrations.Migration):

    dependencies = [
        ("casilla", "0003_alertas_y_representantes"),
        ("documentos", "0002_numeracion_y_delegaciones"),
    ]

    operations = [
        migrations.AddField("alerta", "token", models.UUIDField(null=True, verbose_name="llave del intento ante el proveedor")),
        migrations.AddField("alerta", "sal", models.CharField(default="", max_length=32, verbose_name="sal de la huella de la dirección")),
        migrations.AddField("alerta", "programada_para", models.DateTimeField(blank=True, null=True, verbose_name="programada para")),
        migrations.AddField("alerta", "tomada_en", models.DateTimeField(blank=True, null=True, verbose_name="se comenzó a enviar el")),
        migrations.AddField("alerta", "retomas", models.PositiveSmallIntegerField(default=0, verbose_name="veces que se retomó")),
        migrations.AddField("alerta", "resuelta_en", models.DateTimeField(blank=True, null=True, verbose_name="se supo el resultado el")),
        migrations.AddField("alerta", "entregada_en", models.DateTimeField(blank=True, null=True, verbose_name="consta que llegó el")),
        migrations.AddField("alerta", "devuelta_en", models.DateTimeField(blank=True, null=True, verbose_name="rebotó el")),
        migrations.RunPython(identificar_alertas, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(*AL_DIA),
        migrations.AlterField("alerta", "token", models.UUIDField(default=uuid.uuid4, unique=True, verbose_name="llave del intento ante el proveedor")),
        migrations.AlterField("alerta", "sal", models.CharField(default=llaqta.salas.casilla.models.nueva_sal, max_length=32, verbose_name="sal de la huella de la dirección")),
        migrations.AlterField("alerta", "resultado", models.CharField(choices=[("PENDIENTE", "Pendiente"), ("EN_CURSO", "Enviándose"), ("ENVIADA", "Aceptada por quien la entrega"), ("FALLIDA", "No se pudo entregar"), ("INCIERTA", "No se sabe si salió")], default="PENDIENTE", max_length=9, verbose_name="resultado")),
        migrations.AddIndex("alerta", models.Index(condition=Q(resultado__in=["PENDIENTE", "EN_CURSO", "INCIERTA"]), fields=["resultado"], name="alerta_por_resolver")),
        migrations.AddField("notificacion", "huella", models.CharField(blank=True, default="", max_length=64, verbose_name="huella SHA-256 del archivo depositado"), preserve_default=False),
        migrations.AddField("notificacion", "regla", models.JSONField(default=dict, verbose_name="la regla de efecto, tal como regía")),
        migrations.AddField("notificacion", "canales", models.JSONField(default=list, verbose_name="medios por los que se le avisa")),
        migrations.AddField("notificacion", "canales_exigidos", models.CharField(choices=[("UNO", "Todos los medios intentados, y uno al menos lo aceptó"), ("TODOS", "Todos los medios lo aceptaron")], default="UNO", max_length=5, verbose_name="cuándo se la da por avisada")),
        migrations.AddField("notificacion", "reloj", models.JSONField(default=dict, verbose_name="comprobación del reloj al depositar")),
        migrations.AddField("notificacion", "efecto_por", models.CharField(blank=True, choices=[("LECTURA", "La abrió"), ("VENCIMIENTO", "Pasaron los días sin que la abriera"), ("DEPOSITO", "El depósito mismo"), ("CONVALIDACION", "Actuó conociendo el acto")], default="", max_length=13, verbose_name="qué le dio efecto"), preserve_default=False),
        migrations.AddField("notificacion", "declarada_en", models.DateTimeField(blank=True, null=True, verbose_name="cuándo se declaró su efecto")),
        migrations.CreateModel(
            name="Constancia",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clase", models.CharField(choices=[("DEPOSITO", "Constancia de depósito"), ("LECTURA", "Constancia de lectura (acuse de recibo)"), ("VENCIMIENTO", "Constancia de vencimiento sin lectura"), ("EFICACIA", "Constancia de eficacia"), ("ALERTA", "Constancia de alerta no entregada")], max_length=11, verbose_name="clase")),
                ("suceso_id", models.BigIntegerField(null=True, verbose_name="suceso del que da fe")),
                ("hoja", models.BigIntegerField(null=True, verbose_name="hoja en el registro")),
                ("tamano", models.BigIntegerField(null=True, verbose_name="tamaño del registro al sellar")),
                ("raiz", models.CharField(blank=True, max_length=64, verbose_name="raíz del registro al sellar")),
                ("sellada_en", models.DateTimeField(verbose_name="sellada el")),
                ("documento", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documentos.documento")),
                ("notificacion", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="constancias", to="casilla.notificacion")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("notificacion", "clase"), name="constancia_una_por_clase")],
            },
        ),
        migrations.RunPython(mudar_constancias, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(completar_notificaciones, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(*AL_DIA),
        migrations.RemoveField("notificacion", "constancia"),
        migrations.RemoveField("notificacion", "constancia_de_lectura"),
        migrations.RemoveField("notificacion", "constancia_de_alerta"),
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dia", models.DateField(unique=True, verbose_name="día")),
                ("depositadas", models.PositiveIntegerField(verbose_name="depositadas")),
                ("leidas", models.PositiveIntegerField(verbose_name="leídas")),
                ("vencidas", models.PositiveIntegerField(verbose_name="vencidas sin lectura")),
                ("en_plazo", models.PositiveIntegerField(verbose_name="en plazo")),
                ("anuladas", models.PositiveIntegerField(verbose_name="anuladas")),
                ("alternativas", models.PositiveIntegerField(verbose_name="por otro medio")),
                ("sucesos", models.PositiveIntegerField(verbose_name="depósitos en el libro de sucesos")),
                ("numeros", models.PositiveIntegerField(verbose_name="números dados")),
                ("cuadra", models.BooleanField(verbose_name="cuadra")),
                ("calculado_en", models.DateTimeField(verbose_name="calculado el")),
            ],
            options={"ordering": ["-dia"]},
        ),
        migrations.CreateModel(
            name="Desajuste",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clase", models.CharField(choices=[("SIN_CONSTANCIA", "Falta sellar una constancia"), ("SIN_ALERTA", "No se intentó avisar por un medio"), ("ALERTA_DETENIDA", "Un aviso quedó a medias"), ("ALERTA_INCIERTA", "No se sabe si un aviso salió"), ("SIN_DECLARAR", "Llegó su fecha y no se declaró su efecto"), ("COLA_ATRASADA", "Los trabajos de la casilla están atrasados"), ("RELOJ", "El reloj de la máquina no está en hora"), ("NO_CUADRA", "La cuenta de notificaciones no cuadra")], max_length=15, verbose_name="clase")),
                ("que", models.CharField(blank=True, max_length=20, verbose_name="cuál")),
                ("detalle", models.CharField(blank=True, max_length=300, verbose_name="detalle")),
                ("visto_en", models.DateTimeField(verbose_name="visto por primera vez el")),
                ("ultimo_en", models.DateTimeField(verbose_name="visto por última vez el")),
                ("veces", models.PositiveIntegerField(default=1, verbose_name="veces")),
                ("resuelto_en", models.DateTimeField(blank=True, null=True, verbose_name="resuelto el")),
                ("alerta", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casilla.alerta")),
                ("notificacion", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casilla.notificacion")),
            ],
            options={
                "ordering": ["visto_en", "pk"],
                "constraints": [models.UniqueConstraint(condition=Q(resuelto_en__isnull=True), fields=("clase", "notificacion", "alerta", "que"), name="desajuste_abierto_una_vez", nulls_distinct=False)],
            },
        ),
    ]
