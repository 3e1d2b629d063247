// En la práctica hace de guion de Firma Perú: busca el componente de práctica en este equipo y le da el pedido.
"use strict";
/* global signatureInit, signatureOk, signatureCancel, firmaLocal */

async function startSignature(puerto, parametro) {
  const direccion = `http://127.0.0.1:${puerto}/firmaperu/sign`;
  signatureInit();
  for (let vez = 0; vez < 10; vez += 1) {
    try {
      const dicho = await (await fetch(direccion)).json();
      if (dicho.status === "ok") {
        await pedirFirma(direccion, parametro);
        return;
      }
    } catch {
      await new Promise((seguir) => setTimeout(seguir, 1000));
    }
  }
  firmaLocal.avisar("El componente de práctica no está encendido en este equipo. Enciéndalo o firme con su PIN.");
  const boton = document.querySelector("[data-abrir]");
  if (boton) boton.disabled = false;
}

async function pedirFirma(direccion, parametro) {
  firmaLocal.decir("Firmando en su equipo…");
  let dicho;
  try {
    dicho = await (await fetch(direccion, { method: "POST", body: new URLSearchParams({ param: parametro }) })).json();
  } catch {
    dicho = { status: "error" };
  }
  if (dicho.status === "ok") signatureOk();
  else signatureCancel();
}
