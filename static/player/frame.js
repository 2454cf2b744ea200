/* Plays a SCORM 1.2 package: gives each SCO its API, and saves what it tells. */
(() => {
  const AGAIN = 5000, HALFWAY = 25 * 60 * 1000;
  // Browsers send no more than this from a page that is being left.
  const MOST_LAST = 60000;
  const state = document.getElementById("state");
  let saveAt = null, number = 0, over = false, current = null, parts = [];

  const say = (what, more = "") => {
    state.textContent = state.dataset[what] + more;
  };

  const post = (address, body, last) =>
    fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      keepalive: last,
    });

  const differs = (now, told) =>
    Object.fromEntries(Object.entries(now).filter(([element, value]) => typeof value === "string" && told[element] !== value));

  // What is sent again holds all that was not confirmed, so that a later save makes up for one that was lost.
  async function save(part, last) {
    if (!saveAt || over) return;
    if (part.sending && !last) {
      part.again = true;
      return;
    }
    clearTimeout(part.retry);
    part.again = false;
    let cmi = differs(part.now, part.told);
    const ended = part.ended;
    if (last && JSON.stringify(cmi).length > MOST_LAST) {
      cmi = Object.fromEntries(Object.entries(cmi).filter(([element]) => !element.startsWith("cmi.interactions.")));
    }
    part.sending = true;
    try {
      const answer = await post(saveAt, { number: ++number, position: part.position, session: part.session, ended, cmi }, last);
      if (answer.ok) heard(await answer.json(), part, cmi);
      else if (answer.status === 422) Object.assign(part.told, cmi), say("wrong");
      else if (answer.status === 409 || answer.status === 410) stop(answer.status === 409 ? "elsewhere" : "over");
      else throw answer.status;
    } catch {
      say("unsaved");
      part.retry = setTimeout(() => save(part, false), AGAIN);
    } finally {
      part.sending = false;
      if (part.again) save(part, false);
    }
  }

  function heard(answer, part, cmi) {
    saveAt = answer.save;
    if (part) Object.assign(part.told, cmi);
    for (const one of parts) {
      one.status = (answer.statuses || {})[one.position] || one.status;
      mark(one);
    }
    say(answer.completed ? "completed" : "saved");
  }

  function stop(why) {
    over = true;
    say(why);
  }

  async function renew() {
    if (over || !saveAt) return;
    try {
      const answer = await post(saveAt, {}, false);
      if (answer.ok) saveAt = (await answer.json()).save;
      else if (answer.status === 409 || answer.status === 410) stop(answer.status === 409 ? "elsewhere" : "over");
    } catch {
      setTimeout(renew, AGAIN);
    }
  }

  function api(part) {
    const keeps = {
      processHttpRequest(_address, told, ended) {
        part.now = told;
        part.ended = ended;
        save(part, ended);
        return over ? { result: "false", errorCode: 101 } : { result: "true", errorCode: 0 };
      },
      updateSettings() {},
    };
    const settings = {
      lmsCommitUrl: "saves",
      dataCommitFormat: "flattened",
      autocommit: true,
      autocommitSeconds: 5,
      logLevel: "NONE",
      mastery_override: true,
    };
    const made = new Scorm12API(settings, keeps);
    made.loadFromFlattenedJSON(part.cmi);
    return made;
  }

  // What a SCO left, as it finds it when it is opened once more.
  function resumed(part) {
    const { "cmi.core.session_time": _time, "cmi.core.exit": exit, ...left } = part.now;
    const told = Object.fromEntries(Object.entries(left).filter(([, value]) => typeof value === "string" && value));
    return { ...part.cmi, ...told, "cmi.core.entry": exit === "suspend" ? "resume" : "" };
  }

  function leave() {
    if (!current || current.ended) return;
    if (!current.sco) return;
    // Its own handlers may come after this, and tell more.
    current.now = current.api.renderCommitCMI(true);
    current.ended = true;
    save(current, true);
  }

  function open(part) {
    if (current) {
      if (current.sco && !current.api.isTerminated()) current.api.LMSFinish("");
      current.frame.remove();
    }
    if (part.session) part.cmi = resumed(part);
    part.session += 1;
    part.ended = false;
    current = part;
    delete window.API;
    if (part.sco) {
      window.API = part.api = api(part);
    } else {
      part.now = { ...part.now, "cmi.core.lesson_status": "completed" };
      part.ended = true;
      save(part, false);
    }
    part.frame = document.createElement("iframe");
    part.frame.title = part.title;
    part.frame.src = part.address;
    part.frame.allow = "autoplay; fullscreen";
    document.getElementById("stage").replaceChildren(part.frame);
    parts.forEach(mark);
    document.getElementById("contents").open = false;
  }

  function mark(part) {
    if (!part.button) return;
    const done = part.status === "passed" || part.status === "completed";
    part.button.textContent = done ? `✓ ${part.title} (${state.dataset.done})` : part.title;
    if (part === current) part.button.setAttribute("aria-current", "true");
    else part.button.removeAttribute("aria-current");
  }

  function list(items) {
    const contents = document.getElementById("contents");
    for (const item of items) {
      const line = document.createElement("li");
      if (item.depth) line.className = "deep";
      const shown = document.createElement(item.address ? "button" : "span");
      shown.textContent = item.title;
      if (item.address) {
        item.button = shown;
        shown.type = "button";
        shown.addEventListener("click", () => open(item));
      }
      line.append(shown);
      contents.querySelector("ol").append(line);
    }
    contents.hidden = false;
  }

  async function begin() {
    const answer = await post(document.body.dataset.launch, {}, false);
    if (!answer.ok) return stop("over");
    const { save: address, items } = await answer.json();
    saveAt = address;
    items.forEach((item, position) => Object.assign(item, { position, session: 0, now: {}, told: {}, ended: true }));
    parts = items.filter((item) => item.address);
    if (parts.length > 1) list(items);
    addEventListener("pagehide", leave);
    setInterval(renew, HALFWAY);
    open(parts.find((part) => !["passed", "completed"].includes(part.status)) || parts[0]);
  }

  begin().catch(() => stop("unsaved"));
})();
