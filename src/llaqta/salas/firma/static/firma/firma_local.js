// La página de firmar: pide el parámetro, se lo da a Firma Perú y espera. Los nombres globales son los que busca su guion.
"use strict";
/* global startSignature */
var jqFirmaPeru = window.jQuery ? window.jQuery.noConflict(true) : undefined;

const firmaLocal = {
  marco: document.querySelector("[data-firma]"),
  decir(texto) {
    const lugar = document.querySelector("[data-firma-estado]");
    if (lugar) lugar.textContent = texto;
  },
  avisar(texto) {
    const aviso = this.marco.querySelector("[data-aviso]");
    aviso.textContent = texto;
    aviso.hidden = false;
  },
  async enviar(direccion) {
    const llave = this.marco.querySelector("[name=csrfmiddlewaretoken]").value;
    return fetch(direccion, { method: "POST", headers: { "X-CSRFToken": llave, Accept: "application/json" } });
  },
  async revisar() {
    const respuesta = await fetch(this.marco.dataset.estado, { headers: { Accept: "application/json" } });
    if (!respuesta.ok) return false;
    const dicho = await respuesta.json();
    if (dicho.termino) {
      // De varios documentos se queda aquí, donde se ve cómo quedó cada uno.
      if (dicho.estado === "ACEPTADA" && this.marco.dataset.volver) location.assign(this.marco.dataset.volver);
      else location.reload();
      return true;
    }
    this.decir(dicho.dicho);
    return false;
  },
  esperar() {
    setTimeout(async () => {
      try {
        if (await this.revisar()) return;
      } catch {
        /* sin red un momento: se vuelve a preguntar */
      }
      this.esperar();
    }, 2000);
  },
  async abrir(formulario) {
    const boton = formulario.querySelector("button");
    boton.disabled = true;
    try {
      const respuesta = await this.enviar(this.marco.dataset.firma);
      const dicho = await respuesta.json();
      if (!respuesta.ok) throw new Error(dicho.frase);
      if (typeof startSignature !== "function") throw new Error(`No se pudo cargar ${this.marco.dataset.nombre}. Revise su conexión o firme con su PIN.`);
      startSignature(dicho.puerto, dicho.parametro);
      this.esperar();
    } catch (error) {
      this.avisar(error.message);
      boton.disabled = false;
    }
  },
};

function signatureInit() {
  firmaLocal.decir(`Buscando ${firmaLocal.marco.dataset.nombre} en este equipo…`);
}

function signatureOk() {
  firmaLocal.revisar();
}

async function signatureCancel() {
  // Si la casa ya rechazó lo devuelto, la sesión terminó y su página dice por qué; si no, se cancela.
  if (await firmaLocal.revisar()) return;
  await firmaLocal.enviar(firmaLocal.marco.dataset.cancelar);
  location.reload();
}

if (firmaLocal.marco) {
  const formulario = firmaLocal.marco.querySelector("[data-abrir]");
  if (formulario) {
    formulario.hidden = false;
    formulario.addEventListener("submit", (evento) => {
      evento.preventDefault();
      firmaLocal.abrir(formulario);
    });
  }
  if ("espera" in firmaLocal.marco.dataset) firmaLocal.esperar();
}
