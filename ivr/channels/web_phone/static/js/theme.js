// Before the first paint: light or dark as chosen here before, else as the device has it. Nothing else.
(() => {
  const root = document.documentElement;
  const kept = () => { try { return localStorage.getItem("practice-theme") ?? ""; } catch { return ""; } };
  const show = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  show(kept());
  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    choice.value = kept();
    choice.addEventListener("change", () => {
      show(choice.value);
      try { localStorage.setItem("practice-theme", choice.value); } catch { /* it holds for this page only */ }
    });
  });
})();
