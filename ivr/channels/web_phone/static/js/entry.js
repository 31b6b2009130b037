// One Gather: which keys and words came while it was open, and what the carrier would make of them. Pure but for signals.

export class Entry {
  #step;
  #words = new AbortController(); // a key stops the words that are being said
  #done = new AbortController();
  typed = "";
  event = null; // what the carrier would post
  passed = false; // it ended with nothing: the call goes on with the next verb

  constructor(step) {
    this.#step = step;
  }

  get wordsStopped() {
    return this.#words.signal;
  }

  get done() {
    return this.#done.signal;
  }

  get hearsWords() {
    return this.#step.words;
  }

  /** A key. True when it counted. */
  press(key) {
    if (!this.#step.keys || this.done.aborted) return false;
    this.#words.abort();
    if (key === this.#step.finish) {
      this.over(key);
    } else {
      this.typed += key;
      if (this.#step.digits && this.typed.length >= this.#step.digits) this.over();
    }
    return true;
  }

  /** Words; `confidence` is the recogniser's, or null when they were typed. */
  say(words, confidence) {
    if (!this.#step.words || this.done.aborted) return false;
    this.#words.abort();
    this.#end({ event: "say", words, ...(confidence === null ? {} : { confidence }) });
    return true;
  }

  /** The wait is over, or the finishing key came: with keys, or with nothing at all. */
  over(finished = "") {
    if (this.typed) this.#end({ event: "press", digits: this.typed, finished });
    else this.#end(this.#step.answers ? { event: "silence" } : null);
  }

  #end(event) {
    this.event = event;
    this.passed = event === null;
    this.#done.abort();
  }
}
