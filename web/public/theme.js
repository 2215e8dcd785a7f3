(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('bellwether.theme');
  } catch (_) {
    // Storage can be blocked; the system theme is then the answer.
  }
  if (choice !== 'dark' && choice !== 'light') {
    choice = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  }
  document.documentElement.dataset.theme = choice;
})();
