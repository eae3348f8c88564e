// Around the terminal of textual-serve, which is loaded before: it starts once the font is there, gets the
// keys at once, and says why it has ended.
"use strict";

const startTerminal = window.onload;
window.onload = null;

window.WebSocket = class extends window.WebSocket {
  constructor(address) {
    super(address);
    this.addEventListener("open", () => {
      setTimeout(() => document.querySelector(".xterm-helper-textarea").focus());
    });
    this.addEventListener("close", (event) => {
      document.getElementById("why").textContent = event.reason || "The connection was lost.";
      document.getElementById("end").hidden = false;
      document.querySelector("#end .button").focus();
    });
  }
};

window.addEventListener("load", async (event) => {
  try {
    await Promise.all([document.fonts.load("16px 'Roboto Mono'"), document.fonts.load("bold 16px 'Roboto Mono'")]);
  } finally {
    startTerminal.call(window, event);
  }
});
