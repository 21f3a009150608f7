// What HTML and htmx cannot do alone: ask again after a change, open dialogs, the keys of the message box.
const byId = (id) => document.getElementById(id);
const use = (id) => byId(id).form.requestSubmit(byId(id));
let busy = false, again = false, opener = null, hush = 0;

async function refresh() {
  again = true;
  if (busy) return;
  for (busy = true; again; ) {
    again = false;
    await htmx.ajax("GET", byId("live").dataset.href, { source: byId("live"), swap: "innerHTML" });
  }
  busy = false;
}

function openModals() {
  for (const modal of document.querySelectorAll("dialog[data-modal]:not([open])")) {
    opener ??= document.activeElement;
    modal.showModal();
    modal.querySelector(".content :is(input:not([type=hidden]), select, textarea), .submit")?.focus();
  }
  if (!document.activeElement?.matches("input, select, textarea")) document.querySelector("dialog[open] [aria-invalid]")?.focus();
  if (!opener || document.querySelector("dialog[data-modal]")) return;
  (opener.isConnected && opener !== document.body ? opener : byId("composer"))?.focus();
  opener = null;
}

function showHints(box) {
  const list = byId(`${box.id}-commands`), [command, ...rest] = box.value.split(/\s/);
  if (!list) return;
  const fits = ({ dataset }) => (rest.length ? dataset.command === command : dataset.command.startsWith(command));
  const items = [...list.querySelectorAll("[data-command]")];
  for (const item of items) item.hidden = !fits(item);
  list.hidden = !box.value.startsWith("/") || !items.some(fits);
}

function write(box, text) {
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function tell(text) {
  clearTimeout(hush);
  byId("told").textContent = text;
  byId("told").hidden = false;
  hush = setTimeout(() => { byId("told").hidden = true; }, 5000);
}

const on = {
  refresh,
  "htmx:after:swap": openModals,
  "htmx:sse:error": () => { byId("offline").hidden = false; },
  "htmx:sse:after:connection": () => { byId("offline").hidden = true; },
  click({ target }) {
    const { opens, closes, copy, href, presses, command, ts } = target.closest?.("[data-opens], [data-closes], [data-copy], [data-presses], [data-command], [data-ts]")?.dataset ?? {};
    if (opens) byId(opens).showModal();
    if (closes) byId(closes).close();
    if (copy) navigator.clipboard.writeText(copy).then(() => tell("Copied"));
    if (presses) { open(href, "_blank", "noreferrer"); use(presses); }
    if (ts) byId("shortcut").ts.value = ts;
    if (command) { write(byId("composer"), `${command} `); byId("composer").focus(); }
    if (opens) document.querySelector(".menu:popover-open")?.hidePopover();
  },
  change({ target }) {
    const { acts, confirms } = target.closest("[data-acts], [data-confirms]")?.dataset ?? {};
    if (acts) use(acts);
    if (confirms) byId(confirms).showModal();
  },
  submit({ submitter }) {
    submitter?.closest("dialog.confirm")?.close();
    document.querySelector(".menu:popover-open")?.hidePopover();
  },
  cancel(event) {
    if (!event.target.matches("dialog[data-modal]")) return;
    event.preventDefault();
    event.target.querySelector("[data-dismiss]").click();
  },
  input({ target }) {
    if (target.id === "composer") sessionStorage.setItem(location.search, target.value);
    if (target.closest("[data-composer]")) showHints(target);
  },
  keydown(event) {
    const box = event.target.closest?.("[data-composer] textarea");
    const hint = box && !/\s/.test(box.value) && document.querySelector(".commands:not([hidden]) [data-command]:not([hidden])");
    if (!box || event.shiftKey || event.isComposing || !(event.key === "Enter" || (event.key === "Tab" && hint))) return;
    event.preventDefault();
    if (event.key === "Tab") write(box, `${hint.dataset.command} `);
    else box.form.requestSubmit();
  },
  "htmx:config:request": ({ target }) => {
    if (!target.matches("[data-composer]")) return;
    target.dataset.sent = target.text.value;
    write(target.text, "");
  },
  "htmx:response:error": ({ target, detail }) => {
    if (target.matches("[data-composer]")) target.text.value ||= target.dataset.sent;
    tell(detail.ctx.text);
  },
};
for (const [name, handler] of Object.entries(on)) addEventListener(name, handler, true);

openModals();
if (byId("composer")) byId("composer").value = sessionStorage.getItem(location.search) ?? "";
if (matchMedia("(pointer: fine)").matches && !opener) byId("composer")?.focus();
