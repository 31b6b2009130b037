// The browser's own speech recognition: off until chosen, and on only while the line listens for words.
import { byId, say } from "./words.js";

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;

export class Microphone {
  #box = byId("microphone");
  #running = null;
  #heard;
  #note;

  constructor(heard, note) {
    this.#heard = heard;
    this.#note = note;
    if (!Recognition) return;
    byId("microphone-part").hidden = false;
    this.#box.addEventListener("change", () => {
      note(say(this.#box.checked ? "microphone_on" : "microphone_off"));
      if (!this.#box.checked) this.stop();
    });
  }

  /** The line listens, in this language. */
  listen(language) {
    if (!Recognition || !this.#box.checked || this.#running) return;
    const recognition = (this.#running = new Recognition());
    recognition.lang = language;
    recognition.onresult = (event) => {
      const best = event.results[0][0];
      this.#heard(best.transcript, best.confidence || null);
    };
    recognition.onerror = (event) => {
      if (event.error === "no-speech" || event.error === "aborted") return;
      this.#box.checked = false;
      this.#note(say("microphone_failed"));
    };
    recognition.onend = () => { if (this.#running === recognition) this.#running = null; };
    recognition.start();
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
  }
}
