"use strict";
const live = document.getElementById("live"), link = document.getElementById("link"), problem = document.getElementById("problem");
const policy = window.trustedTypes?.createPolicy("badbuzz", { createHTML: (html) => html });
const parsed = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html").body.childNodes;
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let seenAt = Date.now();

function state(text, off) {
  if (link.textContent !== text) link.textContent = text;
  link.classList.toggle("off", off);
}

function show({ version, parts }) {
  for (const [id, digest, html] of parts) {
    const here = document.getElementById("p-" + id);
    if (!here || here.dataset.digest === digest) continue;
    const focused = here.contains(document.activeElement) && document.activeElement.id;
    here.replaceChildren(...parsed(html));
    here.dataset.digest = digest;
    for (const field of here.querySelectorAll("input[name=id]")) field.value = newId();
    if (focused) document.getElementById(focused)?.focus();
    if (id === "head") document.title = here.querySelector("h1").textContent + " - badbuzz";
  }
  for (const field of document.querySelectorAll("input[name=seen]")) field.value = version;
}

function follow() {
  const source = new EventSource(live.dataset.stream);
  const fresh = () => { seenAt = Date.now(); state(link.dataset.live, false); };
  source.addEventListener("parts", (event) => { fresh(); show(JSON.parse(event.data)); });
  source.addEventListener("beat", fresh);
  source.addEventListener("error", () => {
    state(`${link.dataset.lost} ${new Date(seenAt).toLocaleTimeString()}`, true);
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  });
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  problem.textContent = "";
  for (;;) { // the same id each time: it counts once
    let answer;
    try {
      answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
    } catch {
      state(link.dataset.saving, true);
      await pause(1000);
      continue;
    }
    if (answer.ok) form.reset();
    else problem.textContent = (await answer.json()).problem;
    if (answer.status !== 503) form.elements.namedItem("id").value = newId();
    return;
  }
}

if (live) {
  follow();
  setInterval(() => { if (Date.now() - seenAt > 25000) state(`${link.dataset.lost} ${new Date(seenAt).toLocaleTimeString()}`, true); }, 1000);
  document.addEventListener("submit", (event) => {
    if ("plain" in event.target.dataset) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
}
