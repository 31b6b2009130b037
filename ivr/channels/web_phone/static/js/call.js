// One call at a time: executes each document as the carrier does, step by step, and tells what the caller did.
import { post, telephone } from "./api.js";
import { Entry } from "./entry.js";
import { rest } from "./speaker.js";
import { keyNames, say } from "./words.js";

const RINGS = 1600; // milliseconds until the line picks up
const END = { event: "end" };

export class Call {
  #parts; // speaker, clock, captions, record, view, settings
  #over = null;
  #ticket = null;
  #entry = null;
  #dial = null;
  #waitingWords = null; // said while nobody listened: said again when the line does
  #begun = 0;

  constructor(parts) {
    this.#parts = parts;
  }

  get live() {
    return this.#over !== null;
  }

  get seconds() {
    return Math.round((performance.now() - this.#begun) / 1000);
  }

  /** Call the line; `options` may name a place, a language, a pace, and whether the number is shown. */
  async start(options = {}, placeName = "") {
    if (this.live) return;
    const { view, captions, record, settings } = this.#parts;
    const over = (this.#over = new AbortController());
    this.#ticket = this.#waitingWords = null;
    this.#begun = performance.now();
    captions.clear();
    captions.did(placeName ? say("you_started", { place: placeName }) : say("you_called"));
    view.state("ringing");
    record.begin(options.caller ?? "shown");
    try {
      if (!settings.instant) await rest(RINGS, over.signal);
      await this.#live({ event: "start", phone: telephone.token, ...options }, over.signal);
    } catch (fault) {
      if (!over.signal.aborted) this.#end("failed", fault.sentence ?? say("failed"));
    }
  }

  async #live(request, over) {
    const { captions, record } = this.#parts;
    while (request && request !== END && !over.aborted) {
      const document = await post("call", request);
      if (over.aborted) {
        this.#tellHangUp(document.call);
        return;
      }
      record.way(document.way);
      record.came(document.steps);
      request = await this.#perform(document, over);
    }
    if (over.aborted) return;
    captions.noted(say("they_hung_up"));
    this.#tellHangUp(this.#ticket);
    this.#end("ended");
  }

  /** All steps of a document, until one of them leads on. */
  async #perform(document, over) {
    const { speaker, view, record } = this.#parts;
    this.#ticket = document.call;
    view.document(document);
    speaker.fresh();
    for (const [at, step] of document.steps.entries()) {
      const event = await this.#step(step, over);
      if (over.aborted || event === END) return END;
      if (event) {
        this.#tell(event);
        record.did(event);
        view.state("thinking");
        return { call: document.call, step: at, ...event };
      }
    }
    return END;
  }

  async #step(step, over) {
    switch (step.do) {
      case "say":
      case "pause":
        await this.#words([step], over, over);
        return null;
      case "gather":
        return this.#gather(step, over);
      case "redirect":
        return { event: "go" };
      case "dial":
        return this.#transfer(step, over);
      default:
        return END;
    }
  }

  async #words(steps, stop, over) {
    const { speaker, captions, view } = this.#parts;
    for (const step of steps) {
      if (stop.aborted || over.aborted) return;
      if (step.do === "pause") await speaker.pause(step.seconds, stop);
      if (step.do !== "say") continue;
      view.state("speaking");
      await speaker.say(step, captions.line(step.language), stop);
    }
  }

  async #gather(step, over) {
    const { captions, clock, settings, speaker, view } = this.#parts;
    const entry = (this.#entry = new Entry(step));
    const stop = AbortSignal.any([over, entry.wordsStopped]);
    await this.#words(step.inside, stop, over);
    captions.settle();
    if (step.words && this.#waitingWords) entry.say(...this.#waitingWords);
    const longer = !step.passing;
    if (longer) speaker.fresh();
    if (!entry.done.aborted && !over.aborted && (longer || !settings.instant)) {
      if (longer) view.listening(step);
      const ended = await clock.wait(step.seconds, view.listeningText(step), {
        signal: AbortSignal.any([over, entry.done]), held: () => longer && settings.holds, shown: longer,
      });
      if (ended) entry.over();
    }
    this.#entry = null;
    view.typed("");
    return entry.event;
  }

  async #transfer(step, over) {
    const { captions, view } = this.#parts;
    captions.settle();
    captions.noted(say("rings", { number: step.numbers.join(", ") }));
    view.state("transferring");
    const ended = await new Promise((resolve) => {
      this.#dial = { step, resolve, connected: false };
      over.addEventListener("abort", () => resolve(null), { once: true });
    });
    this.#dial = null;
    return step.leads_on ? ended : null;
  }

  // --- what the caller does

  /** Press a key of the phone. */
  press(key) {
    const { clock, view } = this.#parts;
    if (!this.live) return view.note(say("no_call"));
    if (this.#dial?.connected && key === "*" && this.#dial.step.star) return this.talkEnded(this.seconds);
    if (!this.#entry?.press(key)) return this.#dial ? undefined : view.note(say("not_now"));
    this.#waitingWords = null;
    clock.restart();
    return view.typed(this.#entry?.typed ?? "");
  }

  /** Say words; while the line speaks they wait until it listens. */
  say(words, confidence = null) {
    const { view } = this.#parts;
    if (!this.live) return view.note(say("no_call"));
    if (this.#entry?.say(words, confidence)) return undefined;
    this.#waitingWords = [words, confidence];
    return view.note(say(this.#dial ? "say_no" : "say_later"));
  }

  /** Skip the words that are being said, or the wait. */
  skip() {
    const { speaker, clock, view } = this.#parts;
    if (view.waits) clock.skip();
    else speaker.hurry();
  }

  /** The desk answered: the two would be talking. */
  answered() {
    if (!this.#dial) return;
    this.#dial.connected = true;
    this.#parts.view.state("connected");
  }

  talkEnded(seconds) {
    this.#dial?.resolve({ event: "dial_ended", outcome: "completed", seconds });
  }

  /** The desk was busy, did not answer, or could not be reached. */
  notReached(outcome) {
    this.#dial?.resolve({ event: "dial_ended", outcome, seconds: 0 });
  }

  hangUp() {
    const { captions, record } = this.#parts;
    if (!this.live) return;
    captions.did(say("you_hung_up"));
    record.did({ event: "hang_up" });
    this.#over.abort();
    if (this.#ticket) this.#tellHangUp(this.#ticket);
    this.#end("ended");
  }

  // --- telling

  #tell(event) {
    const { captions } = this.#parts;
    const outcome = event.outcome?.replace("-", "_");
    if (event.event === "press") captions.did(say("you_pressed", { keys: keyNames(event.digits + (event.finished ?? "")) }));
    if (event.event === "say") captions.did(say("you_said", { words: event.words }));
    if (event.event === "silence") captions.did(say("you_waited"));
    if (event.event === "say" || event.event === "press") this.#waitingWords = null;
    if (outcome) captions.noted(say(`outcome_${outcome}`));
  }

  #tellHangUp(ticket) {
    post("call", { event: "hang_up", call: ticket, seconds: this.seconds }).catch(() => {});
  }

  #end(state, sentence = "") {
    const { captions, view } = this.#parts;
    const seconds = this.seconds;
    this.#over?.abort();
    this.#over = this.#entry = this.#dial = null;
    captions.settle();
    view.ended(state, sentence, seconds);
  }
}
