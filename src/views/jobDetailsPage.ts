/** What the page of the details is made of before it has heard of a job. */
export interface DetailsPageParts {
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
  /** BCP 47. */
  readonly language: string;
  readonly texts: Readonly<
    Record<'details' | 'timeline' | 'curve' | 'errors' | 'inputs' | 'outputs' | 'actions' | 'loading' | 'retry', string>
  >;
}

/**
 * The page of the details. It runs one script of ours and nothing else: what a service says comes by messages and is only
 * ever set as text. Styles are set by script one property at a time, which the policy leaves alone.
 */
export function detailsHtml({ script, style, cspSource, language, texts }: DetailsPageParts): string {
  // What the default does not speak for is refused by name: where forms go, and what addresses are relative to.
  const policy = `default-src 'none'; script-src ${cspSource}; style-src ${cspSource}; form-action 'none'; base-uri 'none'`;
  const text = (key: keyof DetailsPageParts['texts']): string => escapeHtml(texts[key]);
  const section = (id: string, key: keyof DetailsPageParts['texts'], body: string): string =>
    `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${text(key)}</h2>${body}</section>`;
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(style)}">
</head>
<body>
<p id="loading" role="status">${text('loading')}</p>
<main id="details" hidden>
<header>
<h1 id="title"></h1>
<div id="stale" hidden><span id="stale-text" role="status"></span><button id="retry" type="button">${text('retry')}</button></div>
<div id="status">
<span id="state"><span id="mark" aria-hidden="true"></span><span id="state-text"></span></span>
<span id="percent"></span>
<span id="left"></span>
</div>
<div id="bar" role="progressbar" aria-labelledby="title" aria-valuemin="0" aria-valuemax="100"><div id="filled"></div></div>
<p id="wait" hidden></p>
<nav id="actions" aria-label="${text('actions')}"></nav>
</header>
${section('errors', 'errors', '<ul id="error-list"></ul>')}
${section('curve', 'curve', '<div id="plot" role="img" aria-labelledby="curve-text"></div><p id="curve-text" class="quiet"></p>')}
${section('timeline', 'timeline', '<p id="timeline-note" class="quiet" hidden></p><ol id="rows"></ol><div id="axis" aria-hidden="true"></div>')}
<div id="columns">
${section('facts', 'details', '<dl id="fact-list"></dl>')}
<div id="assets">
${section('inputs', 'inputs', '<ul id="input-list"></ul><p id="input-empty" class="quiet" hidden></p>')}
${section('outputs', 'outputs', '<ul id="output-list"></ul><p id="output-empty" class="quiet" hidden></p>')}
</div>
</div>
</main>
<script src="${escapeHtml(script)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
