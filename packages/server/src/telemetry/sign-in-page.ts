/** The page on which an operator gives their token. `problem` is one of our own sentences, never what was typed. */
export function signInPage(problem = ""): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Operations · CineDeepMatch</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { display: grid; min-height: 100vh; margin: 0; place-items: center; }
  main { width: min(26rem, 90vw); }
  input, button { box-sizing: border-box; width: 100%; margin-top: .5rem; padding: .6rem; font: inherit; }
  [role=alert] { color: light-dark(#a4001c, #ff8a95); }
</style>
<main>
  <h1>Operations</h1>
  ${problem === "" ? "" : `<p role="alert">${escapeHtml(problem)}</p>`}
  <form method="post" action="/admin/sign-in">
    <label for="token">A token with the scope <code>ops:admin</code></label>
    <input id="token" name="token" type="password" required autocomplete="off" autofocus>
    <button>Sign in</button>
  </form>
</main>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
