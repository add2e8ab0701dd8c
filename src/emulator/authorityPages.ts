/** The page that hands an answer to the client's redirect address by a form (OAuth 2.0 Form Post Response Mode). */
export function formPostPage(redirectUri: string, answer: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(answer).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return page(
    'Signing in',
    `<form method="post" action="${escapeHtml(redirectUri)}">${inputs.join('')}<noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script>`,
  );
}

/** The page where a person enters the code that a device shows. */
export function deviceLoginPage(message: string): string {
  return page(
    'Enter code',
    `<p>${escapeHtml(message)}</p><form method="post"><input name="user_code" aria-label="Code" autofocus autocomplete="off"><button name="decision" value="approved">Sign in</button><button name="decision" value="declined">Decline</button></form>`,
  );
}

export function errorPage(description: string): string {
  return page('Sign in', `<p>Sorry, but we’re having trouble signing you in.</p><p>${escapeHtml(description)}</p>`);
}

function page(title: string, content: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${content}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
