// Live captions: what is said, word group by word group, and what the caller did. It speaks nothing.
import { made, page, say } from "./words.js";

export class Captions {
  #log;
  #settings;
  #open = null;
  #language = page.language; // of the last line: only a change is worth a word

  constructor(log, settings) {
    this.#log = log;
    this.#settings = settings;
  }

  clear() {
    this.#open = null;
    this.#language = page.language;
    this.#log.replaceChildren();
  }

  /** A new line in a language; `add` puts the next word group on it. */
  line(language) {
    this.settle();
    const line = made("p", "said now", "", { lang: language });
    const short = language.slice(0, 2);
    if (short !== this.#language && short !== page.language) line.dataset.changes = say(`language_${short}`);
    this.#language = short;
    this.#log.append(line);
    this.#open = line;
    return {
      add: (words) => this.#keepInSight(() => {
        line.querySelector(".now")?.classList.remove("now");
        line.append(made("span", "now", words), " ");
      }),
    };
  }

  /** Nothing is being said any more. */
  settle() {
    this.#open?.classList.remove("now");
    this.#open?.querySelector(".now")?.classList.remove("now");
    this.#open = null;
  }

  /** What the caller did. */
  did(words) {
    this.#put("did", words);
  }

  /** What else happened. */
  noted(words) {
    this.#put("noted", words);
  }

  #put(className, words) {
    this.settle();
    this.#keepInSight(() => this.#log.append(made("p", className, words)));
  }

  /** The newest words stay in sight, unless somebody reads further up; words that come at once are read from their start. */
  #keepInSight(change) {
    const log = this.#log;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 48;
    change();
    if (this.#settings.instant) log.scrollTop = [...log.querySelectorAll(".did")].at(-1)?.offsetTop ?? 0;
    else if (atEnd) log.scrollTop = log.scrollHeight;
  }
}
