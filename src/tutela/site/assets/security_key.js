// Asks a security key to answer the options that stand in the page, then sends the form.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withIds = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function answer(kind, options) {
  const asked = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (kind === "get") {
    asked.allowCredentials = withIds(asked.allowCredentials);
  } else {
    asked.user = { ...asked.user, id: bytes(asked.user.id) };
    asked.excludeCredentials = withIds(asked.excludeCredentials);
  }
  const given = await navigator.credentials[kind]({ publicKey: asked });
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given.response[name]) response[name] = text(given.response[name]);
  }
  return { id: given.id, rawId: text(given.rawId), type: given.type, response, clientExtensionResults: given.getClientExtensionResults() };
}

for (const form of document.querySelectorAll("form[data-security-key]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const options = JSON.parse(document.getElementById(form.dataset.options).textContent);
      form.elements.credential.value = JSON.stringify(await answer(form.dataset.securityKey, options));
      form.submit();
    } catch {
      form.querySelector(".key-error").hidden = false;
    }
  });
}
