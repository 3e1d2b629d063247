"""Los campos de la casa: ceros que no se pierden, errores que son frases, texto limpio."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from llaqta.cimientos.web.forms import CampoArchivo, CampoDNI, CampoFecha, CampoRUC, Formulario


class Muestra(Formulario):
    """Un campo de cada clase, todos opcionales salvo el asunto."""

    asunto = forms.CharField(label="Asunto", max_length=10)
    dni = CampoDNI(required=False)
    ruc = CampoRUC(required=False)
    dia = CampoFecha(label="Fecha", required=False)
    correo = forms.EmailField(label="Correo", required=False)
    giro = forms.ChoiceField(label="Giro", choices=[("b", "Bodega")], required=False)
    archivos = CampoArchivo(label="Plano", maximo_de_archivos=2, maximo_de_bytes=100, required=False)
    contrasena = forms.CharField(widget=forms.PasswordInput, required=False)


def errores(campo: str, **datos: str) -> list[str]:
    formulario = Muestra({"asunto": "Uno", **datos})
    formulario.is_valid()
    return [str(frase) for frase in formulario.errors.get(campo, [])]


def limpio(campo: str, **datos: str) -> object:
    formulario = Muestra({"asunto": "Uno", **datos})
    assert formulario.is_valid(), formulario.errors
    return formulario.cleaned_data[campo]


def test_el_dni_conserva_sus_ceros_y_acepta_espacios() -> None:
    assert limpio("dni", dni=" 00 123 456 ") == "00123456"


@pytest.mark.parametrize(
    ("dni", "frase"),
    [
        ("4123451", "El DNI tiene 8 números; usted escribió 7."),
        ("4123451A", "El DNI solo lleva números; quite las letras y los signos."),
        ("٤١٢٣٤٥١٢", "El DNI solo lleva números; quite las letras y los signos."),
    ],
)
def test_un_dni_mal_escrito_se_explica(dni: str, frase: str) -> None:
    assert errores("dni", dni=dni) == [frase]


def test_un_ruc_bueno_se_acepta_y_uno_con_el_digito_cambiado_no() -> None:
    assert limpio("ruc", ruc="20-131312955") == "20131312955"
    assert errores("ruc", ruc="20131312956") == [
        "Ese RUC no existe: su último número no corresponde a los demás. Cópielo de nuevo con cuidado."
    ]
    assert errores("ruc", ruc="2013131295") == ["El RUC tiene 11 números; usted escribió 10."]
    assert errores("ruc", ruc="30131312955") == [
        "El RUC empieza con 10, 15, 16, 17 o 20. Revise los primeros números."
    ]


def test_la_fecha_en_tres_cajas() -> None:
    assert limpio("dia", dia_0="14", dia_1="7", dia_2="2026") == date(2026, 7, 14)
    assert limpio("dia") is None


@pytest.mark.parametrize(
    ("partes", "frase"),
    [
        (("31", "2", "2026"), "No existe el 31 de febrero de 2026."),
        (("14", "", "2026"), "A la fecha le falta el mes."),
        (("", "", "2026"), "A la fecha le falta el día y el mes."),
        (("14", "7", "26"), "Escriba el año con sus cuatro números, por ejemplo 2026."),
        (("14", "julio", "2026"), "Escriba la fecha solo con números, por ejemplo 14 7 2026."),
        (("14", "13", "2026"), "El mes va del 1 al 12."),
    ],
)
def test_una_fecha_mal_escrita_se_explica_y_no_se_borra(partes: tuple[str, str, str], frase: str) -> None:
    datos = {f"dia_{i}": p for i, p in enumerate(partes)}
    assert errores("dia", **datos) == [frase]
    formulario = Muestra({"asunto": "Uno", **datos})
    widget = formulario.fields["dia"].widget
    assert isinstance(widget, forms.MultiWidget)
    assert [v or "" for v in widget.decompress(formulario["dia"].value()) or ()] == list(partes)


def test_los_errores_de_siempre_son_frases_con_el_nombre_del_campo() -> None:
    assert errores("asunto", asunto="") == ["Falta completar «Asunto»."]
    assert errores("asunto", asunto="x" * 12) == ["«Asunto» admite hasta 10 caracteres; usted escribió 12."]
    assert errores("correo", correo="rosa@") == ["Escriba el correo completo, por ejemplo nombre@ejemplo.pe."]
    assert errores("giro", giro="z") == ["La opción elegida en «Giro» ya no existe; elija otra."]


def test_un_texto_con_el_orden_de_lectura_invertido_se_rechaza() -> None:
    assert errores("asunto", asunto="a\u202eb") == [
        "El texto trae caracteres que no se ven (U+202E). Borre esa parte y escríbala de nuevo."
    ]


def test_el_texto_se_normaliza_y_la_contrasena_no_se_toca() -> None:
    assert limpio("asunto", asunto="Huama\u0301n") == "Huamán"
    assert limpio("contrasena", contrasena="Huama\u0301n") == "Huama\u0301n"


def subir(*archivos: SimpleUploadedFile) -> Muestra:
    return Muestra({"asunto": "Uno"}, MultiValueDict({"archivos": list(archivos)}))


def test_varios_archivos_llegan_como_lista() -> None:
    formulario = subir(SimpleUploadedFile("a.pdf", b"1"), SimpleUploadedFile("b.pdf", b"2"))
    assert formulario.is_valid()
    assert [a.name for a in formulario.cleaned_data["archivos"]] == ["a.pdf", "b.pdf"]
    assert Muestra({"asunto": "Uno"}).is_valid()


def test_cada_archivo_que_no_se_puede_recibir_se_nombra() -> None:
    formulario = subir(SimpleUploadedFile("vacio.pdf", b""), SimpleUploadedFile("grande.pdf", b"x" * 101))
    assert formulario.errors["archivos"] == [
        "El archivo «vacio.pdf» está vacío; elija otro.",
        "El archivo «grande.pdf» pesa 101 bytes y se reciben hasta 100 bytes.",
    ]


def test_mas_archivos_de_los_que_se_reciben() -> None:
    formulario = subir(*[SimpleUploadedFile(f"{i}.pdf", b"1") for i in range(3)])
    assert formulario.errors["archivos"] == ["Eligió 3 archivos y aquí se reciben 2 como máximo."]


def test_un_archivo_que_falta_se_pide_por_su_nombre() -> None:
    class Obligatorio(Formulario):
        plano = CampoArchivo(label="Plano o croquis")

    assert Obligatorio({}, MultiValueDict()).errors["plano"] == [
        "Falta adjuntar el archivo de «Plano o croquis»."
    ]


def test_lo_escrito_antes_de_perder_la_sesion_vuelve_sin_validarse() -> None:
    escrito = QueryDict("asunto=Mi+bodega&dia_0=14&dia_1=7&dia_2=2026&dni=123")
    formulario = Muestra(escrito=escrito)
    assert not formulario.is_bound
    assert formulario["asunto"].value() == "Mi bodega"
    assert formulario["dni"].value() == "123"
    assert formulario["dia"].value() == "2026-7-14"
