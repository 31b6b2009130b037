// Says words aloud with the browser's own voice, or lets the captions go on at the same pace without one.
import { sentences, wordGroups } from "./groups.js";

const NATURAL_PACE = 175; // words a minute of a usual browser voice at rate 1
const NO_START = 2500; // milliseconds after which a voice that says nothing is given up

/** Wait, unless stopped. */
export function rest(milliseconds, signal) {
  return new Promise((resolve) => {
    if (signal?.aborted || milliseconds <= 0) return resolve();
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
  });
}

export class Speaker extends EventTarget {
  #settings;
  #cut = new AbortController(); // ends what is being said aloud, not the words
  #hurried = false;
  #failed = false;

  constructor(settings) {
    super();
    this.#settings = settings;
    settings.addEventListener("aloud", () => {
      this.#failed = false;
      if (!settings.aloud) this.#cut.abort();
    });
    settings.addEventListener("instant", () => settings.instant && this.hurry());
    this.voices(); // some browsers only begin to load their voices when asked
  }

  get able() {
    return "speechSynthesis" in window && "SpeechSynthesisUtterance" in window;
  }

  voices() {
    return this.able ? speechSynthesis.getVoices() : [];
  }

  /** The rest of this stretch appears at once. */
  hurry() {
    this.#hurried = true;
    this.#cut.abort();
  }

  /** A new stretch begins, at its own pace. */
  fresh() {
    this.#hurried = false;
  }

  get #atOnce() {
    return this.#hurried || this.#settings.instant;
  }

  /** Silence inside the words, in seconds. */
  async pause(seconds, signal) {
    if (this.#atOnce) return;
    this.#cut = new AbortController();
    await rest(seconds * 1000, AbortSignal.any([signal, this.#cut.signal]));
  }

  /** Words: each group goes to `line.add` when it is spoken. Ends early when the signal says so. */
  async say(words, line, signal) {
    for (const sentence of sentences(words.text)) {
      const groups = wordGroups(sentence);
      let shown = 0;
      const showTo = (count) => {
        while (shown < Math.min(count, groups.length)) line.add(groups[shown++].text);
      };
      if (!this.#atOnce && this.#speaks(words.language)) {
        this.#cut = new AbortController();
        const how = await this.#utter(sentence, words, groups, showTo, AbortSignal.any([signal, this.#cut.signal]));
        if (how === "failed") this.#giveUp();
      }
      while (shown < groups.length && !signal.aborted) {
        const group = groups[shown];
        showTo(shown + 1);
        if (!this.#atOnce) await this.#pace(group.words, words.wpm, signal);
      }
      if (signal.aborted) return;
    }
  }

  async #pace(count, wordsAMinute, signal) {
    this.#cut = new AbortController();
    await rest((count * 60_000) / wordsAMinute, AbortSignal.any([signal, this.#cut.signal]));
  }

  #speaks(language) {
    if (!this.#settings.aloud || this.#failed || !this.able) return false;
    const known = this.voices();
    if (known.length && !this.#voice(language)) {
      this.dispatchEvent(new Event("no-voice"));
      return false;
    }
    return true;
  }

  #giveUp() {
    this.#failed = true;
    this.dispatchEvent(new Event("no-voice"));
  }

  /** The best voice of a language: the very locale first, and one that works without a network. */
  #voice(language) {
    const same = (voice) => voice.lang.replace("_", "-").toLowerCase() === language.toLowerCase();
    const near = (voice) => voice.lang.slice(0, 2).toLowerCase() === language.slice(0, 2).toLowerCase();
    const rank = (voice) => (same(voice) ? 2 : 0) + (voice.localService ? 1 : 0);
    return this.voices().filter(near).sort((one, other) => rank(other) - rank(one))[0] ?? null;
  }

  #utter(sentence, words, groups, showTo, signal) {
    return new Promise((resolve) => {
      const expected = (sentence.split(/\s+/).length * 60_000) / words.wpm;
      const utterance = new SpeechSynthesisUtterance(sentence);
      utterance.lang = words.language;
      utterance.voice = this.#voice(words.language);
      utterance.rate = Math.min(2, Math.max(0.4, words.wpm / NATURAL_PACE));
      const timers = new Set();
      const later = (milliseconds, act) => timers.add(setTimeout(act, milliseconds));
      const done = (how) => {
        timers.forEach(clearTimeout);
        signal.removeEventListener("abort", stop);
        utterance.onstart = utterance.onboundary = utterance.onend = utterance.onerror = null;
        if (how !== "said") speechSynthesis.cancel();
        resolve(how);
      };
      const stop = () => done("stopped");
      const silence = setTimeout(() => done("failed"), NO_START);
      timers.add(silence);
      utterance.onstart = () => {
        clearTimeout(silence);
        showTo(1);
        let spoken = 0; // without word boundaries, the groups come at the pace of the voice
        for (const [place, group] of groups.entries()) {
          later((expected * spoken) / sentence.split(/\s+/).length, () => showTo(place + 1));
          spoken += group.words;
        }
        later(expected * 3 + 4000, () => { showTo(groups.length); done("failed"); });
      };
      utterance.onboundary = (event) => {
        timers.forEach(clearTimeout);
        timers.clear();
        later(expected * 3 + 4000, () => { showTo(groups.length); done("failed"); });
        showTo(groups.findLastIndex((group) => group.start <= event.charIndex) + 1);
      };
      utterance.onend = () => { showTo(groups.length); done("said"); };
      utterance.onerror = () => done("failed");
      signal.addEventListener("abort", stop);
      speechSynthesis.speak(utterance);
    });
  }
}
