// The switches of the page, kept in this browser. It reads and keeps; others act on it.
import { byId } from "./words.js";

const ids = { aloud: "aloud", instant: "instant", patient: "patient", typingKeys: "typing-keys" };
const kept = (id) => { try { return localStorage.getItem(`practice-${id}`); } catch { return null; } };
const keep = (id, value) => { try { localStorage.setItem(`practice-${id}`, value); } catch { /* for this page only */ } };

export const settings = new (class extends EventTarget {
  constructor() {
    super();
    for (const [name, id] of Object.entries(ids)) {
      const box = byId(id);
      if (kept(id) !== null) box.checked = kept(id) === "on";
      Object.defineProperty(this, name, { get: () => box.checked });
      box.addEventListener("change", () => {
        keep(id, box.checked ? "on" : "off");
        this.dispatchEvent(new Event(name));
      });
    }
  }

  /** Whether the line waits without end for the caller. */
  get holds() {
    return this.patient || this.instant;
  }
})();
