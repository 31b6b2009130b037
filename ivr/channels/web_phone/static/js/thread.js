// The text thread: sends what is written, shows replies with what they cost, and rings nobody.
import { newTelephone, post, telephone } from "./api.js";
import { byId, made, page, say } from "./words.js";

const NUMBER = /(?<![\d-])(?:1-)?\d{3}-\d{3}-\d{4}(?![\d-])|(?<![\d-])(?:911|988|211|711)(?![\d-])/g;
const LOOKS = [500, 1000, 2000, 3000, 5000, 8000]; // milliseconds between looks for a text that a call has brought

export class Thread {
  #log = byId("thread");
  #status = byId("thread-status");
  #record;
  #queue = Promise.resolve();
  #look = null; // the newest look for texts; older ones stop

  constructor(record) {
    this.#record = record;
    this.#log.addEventListener("click", (event) => this.#tapped(event));
    this.#log.addEventListener("auxclick", (event) => this.#tapped(event));
  }

  /** Send a text; texts go one after the other. */
  send(body) {
    if (!body.trim()) return this.#queue;
    byId("thread-empty")?.remove();
    const mine = this.#bubble("mine", say("from_you"), body);
    this.#queue = this.#queue.then(() => this.#sent(body, mine));
    return this.#queue;
  }

  async #sent(body, mine) {
    this.#status.textContent = say("sending");
    try {
      const answer = await post("text", { phone: telephone.token, body });
      telephone.token = answer.phone;
      this.#status.textContent = "";
      this.#record.text(body, answer);
      mine.append(made("p", "bubble-cost", cost(answer.cost)));
      if (answer.note) this.#note(say(answer.note));
      for (const reply of answer.replies) this.#reply(reply, answer.delivered);
      if (!answer.replies.length) this.#note(say("no_reply"));
    } catch (fault) {
      this.#status.textContent = fault.sentence ?? say("failed");
    }
  }

  #reply(reply, delivered = true) {
    const bubble = this.#bubble(delivered ? "" : "undelivered", say("from_line"), reply.body);
    if (!delivered) bubble.append(made("p", "bubble-cost", say("not_delivered")));
    bubble.append(made("p", "bubble-cost", cost(reply.cost)));
  }

  #bubble(kind, who, body) {
    const bubble = made("div", `bubble ${kind}`.trim());
    const words = made("p", "bubble-body");
    words.append(made("span", "for-readers", `${who}: `), ...(kind === "mine" ? [body] : withNumbers(body)));
    if (kind !== "mine" && seemsSpanish(body) !== (page.language === "es")) words.lang = page.language === "es" ? "en" : "es";
    bubble.append(words);
    this.#log.append(bubble);
    this.#log.scrollTop = this.#log.scrollHeight;
    return bubble;
  }

  #note(text) {
    this.#log.append(made("p", "carrier", text));
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #tapped(event) {
    const link = event.target.closest("a[href^='tel:']");
    if (!link) return;
    event.preventDefault();
    this.#status.textContent = say("would_ring", { number: link.textContent });
  }

  /** Whether a text has come because of a call; asked a few times after each key, where the server can tell. */
  async look() {
    if (!page.textsArrive) return;
    const mine = (this.#look = Symbol("look"));
    for (const wait of LOOKS) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.#look !== mine) return;
      const { texts } = await post("arrived", { phone: telephone.token }).catch(() => ({ texts: [] }));
      if (!texts.length) continue;
      byId("thread-empty")?.remove();
      for (const text of texts) this.#reply(text);
      this.#note(say("arrived"));
      return;
    }
  }

  /** Forget the thread and begin with another number. */
  async startOver() {
    try {
      await newTelephone();
      this.#record.texts = [];
      this.#log.replaceChildren();
      this.#status.textContent = say("sent_new");
    } catch (fault) {
      this.#status.textContent = fault.sentence ?? say("failed");
    }
  }
}

/** Words with telephone numbers as links, shown as a telephone shows them. */
function withNumbers(body) {
  const parts = [];
  let from = 0;
  for (const found of body.matchAll(NUMBER)) {
    const digits = found[0].replaceAll("-", "");
    const number = digits.length === 10 ? `+1${digits}` : digits.length === 11 ? `+${digits}` : digits;
    parts.push(body.slice(from, found.index), made("a", "", found[0], { href: `tel:${number}` }));
    from = found.index + found[0].length;
  }
  return [...parts, body.slice(from)];
}

function seemsSpanish(body) {
  return /[áéíóúñ¿¡]|\b(responda|llame|menú|usted|para|línea)\b/i.test(body.replace(/Español: 8/g, ""));
}

export function cost({ segments, units, encoding, because }) {
  const count = segments === 1 ? say("one_segment") : say("segments", { segments });
  const reason = because.length ? ` ${say("because", { characters: because.join(" ") })}` : "";
  return say("counted", { count, units, encoding }) + reason;
}
