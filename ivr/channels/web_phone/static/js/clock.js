// How long the line waits: a bar, seconds, and a button that ends the wait. It knows nothing of calls.
import { byId, say } from "./words.js";

const TICK = 100; // milliseconds

export class Clock {
  #box = byId("wait");
  #text = byId("wait-text");
  #left = byId("wait-left");
  #bar = byId("wait-bar");
  #running = null;
  #typing = false;

  /** Wait so many seconds. `held()` says whether time stands still. Resolves true when the time is over. */
  wait(seconds, text, { signal, held, shown = true }) {
    return new Promise((resolve) => {
      const run = { seconds, left: seconds * 1000, last: performance.now(), held };
      const end = (over) => {
        clearInterval(run.timer);
        signal.removeEventListener("abort", stopped);
        if (this.#running === run) this.#running = null;
        this.#box.hidden = true;
        resolve(over);
      };
      const stopped = () => end(false);
      run.end = end;
      run.timer = setInterval(() => this.#tick(run), TICK);
      this.#running = run;
      this.#text.textContent = text;
      this.#box.hidden = !shown;
      this.#show(run);
      signal.addEventListener("abort", stopped);
      if (signal.aborted) stopped();
    });
  }

  #tick(run) {
    const now = performance.now();
    if (!run.held() && !this.#typing) run.left -= now - run.last;
    run.last = now;
    if (run.left <= 0) run.end(true);
    else this.#show(run);
  }

  #show(run) {
    const waits = run.held() || this.#typing;
    this.#bar.style.transform = `scaleX(${waits ? 1 : Math.max(0, run.left / (run.seconds * 1000))})`;
    const left = waits ? say("waits_for_you") : say("seconds_left", { seconds: Math.ceil(run.left / 1000) });
    if (this.#left.textContent !== left) this.#left.textContent = left;
  }

  /** A key was pressed: the same wait from its start. */
  restart() {
    if (this.#running) this.#running.left = this.#running.seconds * 1000;
  }

  /** While somebody types what they say, they are not silent. */
  typing(is) {
    this.#typing = is;
  }

  /** End the wait now. */
  skip() {
    this.#running?.end(true);
  }
}
