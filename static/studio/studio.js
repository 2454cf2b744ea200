/* The editors of the studio. Everything works without this: buttons then send the whole form. */
(() => {
  const byId = (id) => document.getElementById(id);
  const sheet = () => byId("sheet");
  if (!sheet()?.matches("[data-editor]")) return;

  const WAIT = 2000;
  const RETRY = 8000;
  const state = byId("saved");
  const words = () => sheet().dataset;

  /* Saving: two seconds after the last letter and when a field is left; one save at a time. */

  let dirty = false;
  let stopped = sheet().hasAttribute("data-met");
  let timer = 0;
  let saving = null;

  const tell = (text, kind = "") => {
    state.className = `saved ${kind}`;
    state.textContent = text;
  };
  const lend = (text, act) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "textlink", textContent: text });
    button.addEventListener("click", act);
    state.append(" ", button);
  };
  const soon = (wait = WAIT) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const changed = () => {
    dirty = true;
    if (stopped) return;
    if (!saving) tell(words().unsaved);
    soon();
  };
  const typed = () =>
    [...sheet().querySelectorAll("textarea, input:not([type=hidden])")].map((field) => field.value.trim()).filter(Boolean).join("\n\n");

  function save() {
    clearTimeout(timer);
    if (saving) return saving.then(() => (dirty ? save() : undefined));
    if (!dirty || stopped) return Promise.resolve();
    dirty = false;
    tell(words().saving);
    const sent = sheet();
    saving = fetch(sent.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(sent)),
      headers: { Accept: "application/json" },
      redirect: "manual",
    })
      .then((answer) => answered(answer, sent))
      .catch(() => failed())
      .finally(() => (saving = null));
    return saving;
  }

  function failed() {
    dirty = true;
    tell(words().failed, "bad");
    soon(RETRY);
  }

  async function answered(answer, sent) {
    if (answer.type === "opaqueredirect" || [400, 401, 403, 404].includes(answer.status)) return lost();
    if (answer.status >= 500) return failed();
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) {
      sent.elements.revision.value = said.revision;
      if (!dirty) tell(said.saved, "ok");
      document.querySelectorAll("[data-once-saved]").forEach((part) => (part.hidden = false));
      remark(said.said);
      look();
      return undefined;
    }
    dirty = true;
    stopped = true;
    tell(said.met || said.why || words().failed, "bad");
    if (said.met) lend(words().compare, () => leave(() => sheet().requestSubmit()));
    return undefined;
  }

  function lost() {
    dirty = true;
    stopped = true;
    tell(words().lost, "bad");
    lend(words().copy, () => navigator.clipboard?.writeText(typed()));
  }

  const leave = (act) => {
    dirty = false;
    act();
  };

  addEventListener("online", () => dirty && save());
  addEventListener("beforeunload", (event) => {
    if (dirty || saving) event.preventDefault();
  });
  document.addEventListener("input", (event) => event.target.form === sheet() && changed());
  document.addEventListener("focusout", (event) => event.target.form === sheet() && dirty && save());

  // Whatever else sends the form waits for a save that is on its way, as that moves the revision.
  document.addEventListener("htmx:confirm", (event) => {
    if (!saving || event.target.closest("form") !== sheet()) return;
    event.preventDefault();
    saving.then(() => event.detail.issueRequest());
  });
  document.addEventListener("htmx:beforeRequest", () => clearTimeout(timer));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.form !== sheet() && event.detail.successful) dirty = false;
  });
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== sheet()) return;
      clearTimeout(timer);
      if (saving) {
        const { submitter } = event;
        event.preventDefault();
        event.stopImmediatePropagation();
        saving.then(() => sheet().requestSubmit(submitter));
        return;
      }
      if (!stopped && !event.submitter?.hasAttribute("formaction") && !event.submitter?.name) {
        event.preventDefault();
        event.stopImmediatePropagation();
        dirty = true;
        save();
        return;
      }
      dirty = false;
    },
    true,
  );
  // A link away goes once all is saved.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !(dirty || saving) || stopped || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    save().then(() => dirty || (location.href = link.href));
  });

  /* Remarks: each at its field; words of the list are marked in it. */

  function remark(said) {
    document.querySelectorAll("[data-said]").forEach((place) => {
      place.innerHTML = said[place.dataset.said] ?? "";
    });
    ready();
  }

  // The server counts letters, scripts count halves of the rarer ones.
  const index = (text, letters) => [...text].slice(0, letters).join("").length;

  const marks = new WeakMap();
  function readMarks() {
    const found = new Map();
    document.querySelectorAll(".remarks li[data-field]").forEach((item) => {
      const field = byId(item.dataset.field);
      if (!field) return;
      const lead = field.value.length - field.value.trimStart().length;
      const text = field.value.slice(lead);
      const [start, end] = [item.dataset.start, item.dataset.end].map((at) => lead + index(text, Number(at)));
      const mark = { start, end, words: field.value.slice(start, end), must: item.classList.contains("must") };
      found.set(field, [...(found.get(field) ?? []), mark]);
      if (!item.querySelector("button")) {
        const jump = Object.assign(document.createElement("button"), { type: "button", className: "textlink", textContent: words().jump });
        jump.addEventListener("click", () => show(field, mark));
        item.append(jump);
      }
    });
    document.querySelectorAll("[data-marked]").forEach((field) => {
      marks.set(field, (found.get(field) ?? []).sort((one, other) => one.start - other.start));
      mirror(field);
    });
  }

  function show(field, mark) {
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    field.setSelectionRange(mark.start, mark.end);
    field.scrollIntoView({ block: "center" });
  }

  // Until the next save, marks move along with their words.
  function shift(field) {
    const kept = (marks.get(field) ?? []).flatMap((mark) => {
      const at = [mark.start, mark.start + field.value.length - field.dataset.length].find((start) => field.value.startsWith(mark.words, start));
      if (at === undefined) return [];
      Object.assign(mark, { start: at, end: at + mark.words.length });
      return [mark];
    });
    marks.set(field, kept);
  }

  // Behind each field lies its text once more, which marks words and gives the field its height.
  function mirror(field) {
    if (field.tagName !== "TEXTAREA") return;
    let back = field.nextElementSibling;
    if (!back?.matches(".backdrop")) {
      back = Object.assign(document.createElement("div"), { className: "input backdrop" });
      back.setAttribute("aria-hidden", "true");
      const both = Object.assign(document.createElement("div"), { className: "mirrored" });
      field.replaceWith(both);
      both.append(field, back);
    }
    const parts = [];
    let from = 0;
    for (const mark of marks.get(field) ?? []) {
      const shown = Object.assign(document.createElement("mark"), { textContent: field.value.slice(mark.start, mark.end), className: mark.must ? "must" : "may" });
      parts.push(field.value.slice(from, mark.start), shown);
      from = mark.end;
    }
    back.replaceChildren(...parts, `${field.value.slice(from)}\n`);
    field.dataset.length = field.value.length;
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-marked]")) return;
    shift(event.target);
    mirror(event.target);
  });

  /* Formatting: one toolbar, at the field that is being written in. */

  const bar = byId("toolbar");
  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (!field.matches("textarea[data-markdown]") || bar.getAttribute("for") === field.id) return;
    bar.setAttribute("for", field.id);
    bar.hidden = false;
    field.closest(".block").querySelector(".blockhead > .end").before(bar);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const act = { b: "md-bold", k: "md-link" }[event.key];
    if (!act || !event.target.matches?.("textarea[data-markdown]")) return;
    event.preventDefault();
    bar.querySelector(act).click();
  });

  /* Pasting from Word or an article: Markdown of what was meant, without pictures from elsewhere. */

  document.addEventListener("paste", (event) => {
    const field = event.target;
    if (!field.matches?.("textarea[data-markdown]")) return;
    const html = event.clipboardData.getData("text/html");
    if (!html) return;
    const { markdown, pictures } = cleaned(html);
    if (pictures) toast(words().leftOut.replace("#", pictures));
    if (!markdown) return;
    event.preventDefault();
    // Only so the browser can undo it.
    if (!document.execCommand("insertText", false, markdown)) {
      field.setRangeText(markdown, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  function toast(text) {
    byId("toasts").replaceChildren(Object.assign(document.createElement("div"), { className: "toast warn", textContent: text }));
  }

  function cleaned(html) {
    // Styles are only read: as attributes of their own name they need no leave to be applied.
    const read = html.replace(/<[^>]+>/g, (tag) => tag.replace(/\sstyle=/gi, " data-style="));
    const page = new DOMParser().parseFromString(read, "text/html");
    page.querySelectorAll("style, script, meta, link, title, iframe, svg, object, mp-common-profile").forEach((part) => part.remove());
    const pictures = page.querySelectorAll("img, picture > source");
    const left = [...pictures].filter((picture) => picture.tagName === "IMG").length;
    pictures.forEach((picture) => picture.remove());
    const bullets = /^[\s\u00a0]*(?:[·•●○■◆§oØ-]|\d+[.、)]|[(（]\d+[)）])[\s\u00a0]+/;
    // Word says what is a list by style alone.
    page.querySelectorAll("p[class*=MsoList], p[data-style*=mso-list]").forEach((line) => {
      const ordered = /^[\s\u00a0]*[(（]?\d/.test(line.textContent);
      line.querySelectorAll("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']").forEach((sign) => sign.remove());
      const item = page.createElement("li");
      item.append(...line.childNodes);
      if (item.firstChild?.nodeType === 3) item.firstChild.data = item.firstChild.data.replace(bullets, "");
      const kind = ordered ? "OL" : "UL";
      const before = line.previousElementSibling;
      if (before?.tagName === kind && before.dataset.made) {
        before.append(item);
        line.remove();
      } else {
        const list = page.createElement(kind);
        list.dataset.made = "1";
        list.append(item);
        line.replaceWith(list);
      }
    });
    // WeChat writes bold as style.
    page.querySelectorAll("span[data-style]").forEach((part) => {
      const bold = /font-weight:\s*(bold|[6-9]00)/i.test(part.dataset.style);
      if (!bold || !part.textContent.trim() || part.closest("strong, b, h1, h2, h3, h4, h5, h6")) return;
      const strong = page.createElement("strong");
      strong.append(...part.childNodes);
      part.replaceWith(strong);
    });
    page.querySelectorAll("a").forEach((link) => {
      if (!/^https:/.test(link.getAttribute("href") ?? "")) link.replaceWith(...link.childNodes);
    });
    const turn = new TurndownService({ headingStyle: "atx", bulletListMarker: "-", emDelimiter: "*", hr: "* * *", codeBlockStyle: "fenced" });
    turn.addRule("headings", {
      filter: ["h1", "h2", "h3", "h4", "h5", "h6"],
      replacement: (text, node) => (text.trim() ? `\n\n${"#".repeat(Math.min(4, Math.max(2, Number(node.tagName[1]))))} ${text.trim()}\n\n` : ""),
    });
    turn.addRule("rows", { filter: ["tr"], replacement: (text, node) => `\n${[...node.children].map((cell) => cell.textContent.trim()).join("　")}\n` });
    const markdown = turn
      .turndown(page.body)
      .replace(/\u00a0/g, " ")
      .replace(/^[ \t]+$/gm, "")
      .replace(/^:::/gm, "\\:::")
      .replace(/^(\s*)(-|\d+\.) {2,}/gm, "$1$2 ")
      .replace(/\n{3,}/g, "\n\n")
      .trim();
    return { markdown, pictures: left };
  }

  /* Blocks: added where one is, and dragged; keys and buttons do the same. */

  document.addEventListener(
    "click",
    (event) => {
      const adds = event.target.closest?.("[data-adds]");
      if (!adds) return;
      event.preventDefault();
      const menu = byId("add");
      const block = adds.closest(".block");
      menu.querySelector("[name=place]").value = adds.dataset.adds;
      menu.querySelector("details")?.setAttribute("open", "");
      block.after(menu);
      menu.querySelector("button").focus();
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    const to = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!to || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const button = event.target.closest?.(".block")?.querySelector(`.blockhead [name=to][value=${to}]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  let holder = null;
  function draggable() {
    const list = byId("blocks");
    if (!list?.dataset.moves || holder === list) return;
    holder = list;
    Sortable.create(list, {
      handle: ".grip",
      draggable: ".block",
      animation: 150,
      onEnd: ({ item, oldDraggableIndex: from, newDraggableIndex: to }) => {
        if (from === to) return;
        const url = list.dataset.moves.replace("/0/", `/${from}/`);
        // Fields are sent in the order of their numbers, wherever they stand by now.
        const go = () => htmx.ajax("POST", url, { source: item.querySelector("button[hx-post]"), target: "#sheet", swap: "outerHTML", values: { to } });
        (saving ?? Promise.resolve()).then(go);
      },
    });
  }

  /* The preview: another width, theme or language; anew after each save. */

  const frame = byId("preview");
  const looks = document.querySelector("[data-lookings]");
  looks.hidden = false;
  looks.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const address = new URL(frame.src);
    if (button.dataset.width) {
      frame.closest(".handset").dataset.width = button.dataset.width;
      looks.querySelectorAll("[data-width]").forEach((one) => one.setAttribute("aria-pressed", one === button));
      return;
    }
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    if (button.dataset.themeOf) address.searchParams.set("theme", on ? button.dataset.themeOf : "light");
    if (button.dataset.lang) address.searchParams.set("lang", on ? button.dataset.lang : "zh");
    frame.src = address;
  });
  // It stays where it was scrolled to.
  function look() {
    const place = frame.contentWindow?.scrollY ?? 0;
    frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, place), { once: true });
    frame.contentWindow?.location.reload();
  }

  function ready() {
    stopped = sheet().hasAttribute("data-met");
    readMarks();
    draggable();
  }
  // Where one clicked, one goes on: at the same button of a block that was moved, in the first field of a new one.
  let clicked = null;
  document.addEventListener("htmx:beforeRequest", ({ detail }) => (clicked = detail.elt));
  function goOn() {
    const block = byId(words().anchor ?? "");
    if (!block) return;
    const same = clicked?.name === "add" ? "textarea, input:not([type=hidden]), select" : `[name="${clicked?.name}"][value="${clicked?.value}"]`;
    const next = block.querySelector(same) ?? block.querySelector(".blockhead button");
    next.focus({ preventScroll: true });
    block.scrollIntoView({ block: "nearest" });
  }

  // A sheet that was sent and drawn anew is saved.
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt.id !== "sheet") return;
    dirty = false;
    tell(words().saved ?? "", "ok");
    ready();
    goOn();
    look();
  });
  ready();
})();
