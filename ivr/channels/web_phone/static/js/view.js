// The phone's screen and what surrounds it: shows the state of a call, decides nothing.
import { byId, made, say } from "./words.js";

const MAJOR = new Set(["ringing", "transferring", "connected"]); // told to screen readers; the captions tell the rest
const LIVE = new Set(["ringing", "thinking", "speaking", "listening", "transferring", "connected"]);
const NAMES = { ringing: "ringing", thinking: "thinking", speaking: "speaking", transferring: "transferring", connected: "connected" };

export class View {
  #phone = byId("phone");
  #state = byId("state");
  #call = byId("call");
  #skip = byId("skip-wait");
  #seconds = () => 0;
  waits = false; // for the caller, and for what:
  step = null;

  constructor(seconds) {
    this.#seconds = seconds;
    setInterval(() => this.#timer(), 500);
  }

  state(name, text = say(NAMES[name] ?? name)) {
    this.waits = name === "listening";
    this.#phone.dataset.state = name;
    this.#state.textContent = text;
    byId("announce").textContent = MAJOR.has(name) ? text : "";
    const live = LIVE.has(name);
    const words = byId("call-words");
    words.textContent = live ? words.dataset.hangUp : words.dataset.call;
    this.#call.classList.toggle("hang-up", live);
    byId("transfer").hidden = name !== "transferring";
    byId("talk").hidden = name !== "connected";
    this.#skip.hidden = !["speaking", "listening"].includes(name);
    this.#skip.textContent = say(this.waits ? "skip_wait" : "skip_words");
    if (live) this.note("");
  }

  listeningText(step) {
    if (step.digits > 1) return say("listening_number");
    return say(step.words ? "listening_both" : "listening_keys");
  }

  listening(step) {
    this.step = step;
    this.state("listening", say("your_turn"));
  }

  /** A new document: where the call is, what the keys do there, and what went over the wire. */
  document(document) {
    if (document.place) this.#place(document.place);
    byId("request").textContent = document.request;
    byId("twiml").textContent = [...document.faults, document.twiml].join("\n");
  }

  #place(place) {
    const items = place.path.map((name) => made("li", "", name));
    const here = made("li", "", place.label, { "aria-current": "location" });
    if (place.pages > 1) here.append(`, ${say("part", place)}`);
    const list = byId("place");
    list.replaceChildren(...items, here);
    list.lang = place.language;
    list.dataset.ref = place.ref;
    byId("screen-place").textContent = place.label;
    byId("screen-place").lang = place.language;
    const [other, name] = place.language === "es" ? ["en", "English"] : ["es", "español"];
    byId("key-language").textContent = name;
    byId("key-language").lang = other;
    const keys = byId("keys-here");
    keys.lang = place.language;
    keys.replaceChildren(...place.keys.flatMap(({ key, label }) => [made("dt", "", key), made("dd", "", label)]));
    const leading = new Set(place.keys.map(({ key }) => key));
    for (const key of document.querySelectorAll(".key")) key.classList.toggle("leads", leading.has(key.dataset.key));
  }

  /** The digits typed so far, where more than one is waited for. */
  typed(digits) {
    byId("typed").textContent = digits;
    byId("typed").hidden = digits.length < 2;
  }

  /** A word to the person beside the call. */
  note(text) {
    byId("phone-note").textContent = text;
  }

  #timer() {
    if (LIVE.has(this.#phone.dataset.state)) byId("timer").textContent = clockTime(this.#seconds());
  }

  ended(state, sentence, seconds) {
    this.state(state, sentence || say("ended_after", { time: clockTime(seconds) }));
    byId("announce").textContent = this.#state.textContent;
    byId("timer").textContent = "";
    byId("keys-here").replaceChildren();
    for (const key of document.querySelectorAll(".key.leads")) key.classList.remove("leads");
  }
}

function clockTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
