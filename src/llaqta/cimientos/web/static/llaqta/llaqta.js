/* Llaqta: comodidades. Sin este archivo todo funciona igual; con él se escribe con red de seguridad.
   Guarda borradores en el equipo, cuenta caracteres, dice cómo va un envío, evita enviar dos veces, copia y atiende atajos. */

const guarda = (() => { try { localStorage.setItem("llaqta", "1"); return localStorage; } catch { return null; } })();
const AJENO = "llaqta:equipo-ajeno", SIN_ATAJOS = "llaqta:sin-atajos", DIAS = 30;
const cada = (selector, hacer, raiz = document) => raiz.querySelectorAll(selector).forEach(hacer);
const crear = (etiqueta, datos = {}, texto = "") => Object.assign(document.createElement(etiqueta), datos, texto && { textContent: texto });
const peso = n => n < 1e6 ? Math.max(1, Math.round(n / 1e3)) + " KB" : (n / 1e6).toFixed(1) + " MB";

/** Una línea donde el lector de pantalla oye lo que va pasando. */
function voz(formulario, clase) {
  let linea = formulario.querySelector("." + clase);
  if (!linea) {
    linea = crear("p", { className: clase });
    linea.setAttribute("role", "status");
    formulario.append(linea);
  }
  return linea;
}

/* --- Borradores en este equipo: <form data-autoguardar="nombre-del-borrador"> ----------------------------------------- */
const secreto = c => ["hidden", "file", "password", "submit"].includes(c.type) || c.autocomplete === "one-time-code";

function autoguardar(formulario) {
  const llave = "borrador:" + formulario.dataset.autoguardar, linea = voz(formulario, "estado-de-guardado");
  const ajeno = crear("input", { type: "checkbox", id: "equipo-ajeno", checked: guarda.getItem(AJENO) === "1" });
  const caja = crear("div", { className: "opcion" });
  caja.append(ajeno, crear("label", { htmlFor: ajeno.id }, "Este equipo no es mío: no guardar aquí lo que escribo"));
  linea.before(caja);

  ajeno.addEventListener("change", () => {
    guarda.setItem(AJENO, ajeno.checked ? "1" : "0");
    if (ajeno.checked) {
      Object.keys(guarda).filter(k => k.startsWith("borrador:")).forEach(k => guarda.removeItem(k));
      linea.textContent = "Se borró de este equipo todo lo que se había guardado.";
    } else anotar();
  });

  const previo = JSON.parse(guarda.getItem(llave) || "null");
  if (previo && Date.now() - previo.en > DIAS * 864e5) guarda.removeItem(llave);
  else if (previo && !ajeno.checked && !document.querySelector(".resumen-de-errores") && recuperar(formulario, previo.campos))
    linea.textContent = "Recuperamos lo que escribió en este equipo el " + new Date(previo.en).toLocaleString("es-PE") + ".";

  let espera;
  function anotar() {
    if (ajeno.checked) return;
    const campos = [...formulario.elements].filter(c => c.name && !secreto(c))
      .map(c => [c.name, c.value, /radio|checkbox/.test(c.type) ? c.checked : null]);
    try {
      guarda.setItem(llave, JSON.stringify({ en: Date.now(), campos }));
      linea.textContent = (navigator.onLine ? "" : "Sin conexión. ") + "Lo escrito quedó guardado en este equipo.";
    } catch { linea.textContent = "Este equipo no tiene espacio para guardar lo que escribe."; }
  }
  formulario.addEventListener("input", () => { clearTimeout(espera); espera = setTimeout(anotar, 800); });
  formulario.addEventListener("submit", () => { clearTimeout(espera); anotar(); });
}

/** Pone lo guardado solo donde el servidor no puso nada. Devuelve si puso algo. */
function recuperar(formulario, campos) {
  let puso = false;
  for (const [nombre, valor, marcado] of campos)
    for (const c of formulario.querySelectorAll(`[name="${CSS.escape(nombre)}"]`)) {
      if (marcado === null ? !c.value && valor && !secreto(c) : marcado && c.value === valor && !c.checked) {
        if (marcado === null) c.value = valor; else c.checked = true;
        puso = true;
      }
    }
  return puso;
}

/* --- Envío: una sola vez y con palabras; con data-progreso, los archivos se ven subir y una caída no borra la página --- */
function envio(formulario) {
  formulario.addEventListener("submit", evento => {
    if (formulario.dataset.enviando) return evento.preventDefault();
    const boton = evento.submitter, linea = voz(formulario, "estado-de-envio");
    const archivos = [...formulario.querySelectorAll("[type=file]")].flatMap(c => [...c.files]);
    const grande = archivos.find(a => a.size > +(formulario.querySelector("[data-maximo-bytes]")?.dataset.maximoBytes || Infinity));
    if (grande) {
      evento.preventDefault();
      linea.textContent = `El archivo «${grande.name}» pesa ${peso(grande.size)} y es demasiado grande; elija otro.`;
      return;
    }
    formulario.dataset.enviando = "1";
    linea.textContent = archivos.length
      ? `Enviando ${archivos.length === 1 ? "1 archivo" : archivos.length + " archivos"}, ${peso(archivos.reduce((t, a) => t + a.size, 0))}. No cierre esta página.`
      : "Enviando…";
    if (archivos.length && "progreso" in formulario.dataset) { evento.preventDefault(); subir(formulario, boton, linea); }
    else setTimeout(() => delete formulario.dataset.enviando, 15e3);
  });
}

function subir(formulario, boton, linea) {
  const pedido = new XMLHttpRequest(), datos = new FormData(formulario);
  if (boton?.name) datos.append(boton.name, boton.value);
  let dicho = 0;
  pedido.upload.addEventListener("progress", e => {
    const parte = Math.floor(e.loaded / e.total * 10) * 10;
    if (parte > dicho) linea.textContent = `Van ${dicho = parte} de cada 100. ${peso(e.loaded)} de ${peso(e.total)}.`;
  });
  pedido.addEventListener("load", () => {
    const pagina = new DOMParser().parseFromString(pedido.responseText, "text/html");
    history.pushState(null, "", pedido.responseURL);
    document.title = pagina.title;
    document.body.replaceWith(document.adoptNode(pagina.body));
    scrollTo(0, 0);
    iniciar();
    (document.querySelector("[autofocus]") || document.getElementById("contenido"))?.focus();
  });
  pedido.addEventListener("error", () => {
    delete formulario.dataset.enviando;
    linea.textContent = "Se cortó la conexión y no llegó nada. Lo que escribió sigue aquí: espere la señal y envíe de nuevo.";
  });
  pedido.open("POST", formulario.action);
  pedido.send(datos);
}

/* --- Contador, copiar ------------------------------------------------------------------------------------------------- */
function contador(area) {
  const linea = document.querySelector(`[data-contador-de="${area.id}"]`), tope = +area.dataset.contador;
  if (!linea) return;
  const contar = () => {
    const quedan = tope - area.value.length;
    linea.textContent = quedan < 0 ? `Sobran ${-quedan} caracteres.` : `Le quedan ${quedan} caracteres.`;
    linea.classList.toggle("error-de-campo", quedan < 0);
  };
  area.addEventListener("input", contar);
  contar();
}

function copiar(boton) {
  boton.hidden = !navigator.clipboard;
  boton.addEventListener("click", async () => {
    await navigator.clipboard.writeText(boton.dataset.copiar);
    const antes = boton.textContent;
    boton.textContent = "Copiado";
    setTimeout(() => { boton.textContent = antes; }, 2000);
  });
}

/* --- Páginas que el servidor todavía dibuja: se pregunta hasta que estén ----------------------------------------------- */
function esperarPaginas(vez = 1) {
  if (vez < 9 && document.querySelector("[data-preparando]")) setTimeout(async () => {
    const pagina = new DOMParser().parseFromString(await (await fetch("")).text(), "text/html"), nuevas = pagina.querySelectorAll(".paginas");
    cada(".paginas", (vista, i) => { if (nuevas[i] && !vista.isEqualNode(nuevas[i])) vista.replaceWith(nuevas[i]); });
    esperarPaginas(vez + 1);
  }, vez * 1500);
}

/* --- Atajos de las pantallas internas: data-atajo="d" en un enlace, un botón o un control ------------------------------ */
function ayudaDeAtajos() {
  const cuadro = crear("dialog"), lista = crear("dl", { className: "lista-resumen" });
  cuadro.append(crear("h2", { id: "titulo-atajos" }, "Atajos de teclado"), lista);
  cuadro.setAttribute("aria-labelledby", "titulo-atajos");
  cada("[data-atajo]", e => {
    const fila = crear("div"), tecla = crear("dt"), nombre = crear("dd", {}, e.dataset.atajoNombre || e.textContent.trim());
    tecla.append(crear("kbd", {}, e.dataset.atajo));
    fila.append(tecla, nombre);
    lista.append(fila);
  });
  const apagar = crear("input", { type: "checkbox", id: "sin-atajos", checked: guarda?.getItem(SIN_ATAJOS) === "1" });
  apagar.addEventListener("change", () => guarda?.setItem(SIN_ATAJOS, apagar.checked ? "1" : "0"));
  const caja = crear("div", { className: "opcion" }), cerrar = crear("form", { method: "dialog" });
  caja.append(apagar, crear("label", { htmlFor: apagar.id }, "Apagar los atajos de una sola tecla"));
  cerrar.append(crear("button", { className: "boton" }, "Cerrar"));
  cuadro.append(caja, cerrar);
  cuadro.addEventListener("close", () => cuadro.remove());
  document.body.append(cuadro);
  cuadro.showModal();
}

document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey || !document.body.dataset.densidad || document.querySelector("dialog[open]")) return;
  if (e.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  if (guarda?.getItem(SIN_ATAJOS) === "1") return;
  if (e.key === "?") return ayudaDeAtajos();
  const destino = [...document.querySelectorAll("[data-atajo]")].find(d => d.dataset.atajo === e.key);
  if (!destino) return;
  e.preventDefault();
  destino.matches("input, textarea, select") ? destino.focus() : destino.click();
});

function iniciar() {
  cada("form[method=post]", envio);
  if (guarda) cada("form[data-autoguardar]", autoguardar);
  if (guarda) cada("[data-borrar-borrador]", e => guarda.removeItem("borrador:" + e.dataset.borrarBorrador));
  cada("[data-contador]", contador);
  cada("[data-copiar]", copiar);
  esperarPaginas();
  cada("[data-ver-atajos]", b => { b.hidden = false; b.addEventListener("click", ayudaDeAtajos); });
  document.querySelector(".resumen-de-errores")?.focus();
}
iniciar();
