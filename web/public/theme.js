// Runs before the first paint, so that a chosen theme does not flash in the other one. A file of its own: the
// content security policy allows no inline script.
(function () {
  try {
    var chosen = JSON.parse(localStorage.getItem("bottega.preferences") || "{}").theme;
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch (unreadable) {
    // Without storage the system's theme is right.
    void unreadable;
  }
})();
