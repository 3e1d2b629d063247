"""El árbol de errores de la casa. Toda negativa es una frase que un ciudadano entiende.

    Negativa                la pidió alguien y la respuesta es no
    ├── Denegado            no le corresponde a quien pide (403)
    ├── NoEncontrado        no existe, o no es suyo: la misma respuesta para ambas cosas (404)
    ├── NoProcede           le corresponde, pero la norma o el estado no lo permiten ahora (409)
    └── EntradaInvalida     lo que envió no se puede recibir tal como está (422)

Las salas derivan las suyas de estas cuatro; ``cimientos.web`` las convierte en páginas y la API en JSON.
"""

from __future__ import annotations


class Negativa(Exception):
    """Llaqta dice que no, y por qué.

    :param frase: la explicación para la persona, en castellano y completa
    :param norma: la norma y el artículo que la sostienen, si los hay (``"Ley 27444, art. 124.1"``)
    """

    codigo_http = 400

    def __init__(self, frase: str, *, norma: str = "") -> None:
        super().__init__(frase)
        self.frase = frase
        self.norma = norma


class Denegado(Negativa):
    """La persona no puede hacer esto."""

    codigo_http = 403


class NoEncontrado(Negativa):
    """No existe, o no es de quien pregunta; no se dice cuál de las dos."""

    codigo_http = 404

    def __init__(self, frase: str = "No encontramos lo que busca.", *, norma: str = "") -> None:
        super().__init__(frase, norma=norma)


class NoProcede(Negativa):
    """El acto no corresponde en este momento del procedimiento."""

    codigo_http = 409


class EntradaInvalida(Negativa):
    """Lo enviado no se puede recibir así; ``campo`` nombra la casilla del formulario, si la hay."""

    codigo_http = 422

    def __init__(self, frase: str, *, campo: str = "", norma: str = "") -> None:
        super().__init__(frase, norma=norma)
        self.campo = campo
