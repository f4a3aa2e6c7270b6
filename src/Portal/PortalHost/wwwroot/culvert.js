// The little that pages can't do without a script: remember the theme, and hand a made file to the browser.
window.culvert = {
  // The page answers to clicks from now on.
  live: () => { document.documentElement.dataset.live = 'true'; },
  setTheme: (theme) => {
    document.cookie = `culvert-theme=${theme}; path=/; max-age=31536000; samesite=lax; secure`;
    document.documentElement.dataset.theme = theme;
  },
  download: (name, type, text) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  },
};
