// En la práctica hace de guion de Firma Perú: busca el componente de práctica en este equipo y le da el pedido.
"use strict";
/* global signatureInit, signatureOk, signatureCancel, firmaLocal */

async function startSignature(puerto, parametro) {
  const direccion = `http://127.0.0.1:${puerto}/firmaperu/sign`;
  signatureInit();
  for (let vez = 0; vez < 2; vez += 1) {
    try {
      const dicho = await (await fetch(direccion)).json();
      if (dicho.status === "ok") {
        await pedirFirma(direccion, parametro);
        return;
      }
    } catch {
      await new Promise((seguir) => setTimeout(seguir, 500));
    }
  }
  // En este equipo no hay ninguno: firma el del servidor, que es lo que hace el formulario sin este guion.
  document.querySelector("[data-abrir]").submit();
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
