// The little that pages can't do without a script: remember the theme, and hand a made file to the browser.
window.culvert = {
  // The page answers to clicks from now on.
  live: () => { document.documentElement.dataset.live = 'true'; },
  setTheme: (theme) => {
    document.cookie = `culvert-theme=${theme}; path=/; max-age=31536000; samesite=lax; secure`;
    document.documentElement.dataset.theme = theme;
  },
  download: (name, type, text) => culvert.save(name, new Blob([text], { type })),
  downloadBytes: (name, type, base64) => culvert.save(name, new Blob([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], { type })),
  save: (name, blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  },
};
