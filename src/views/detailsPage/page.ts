/**
 * The script of the details page, which runs in a webview. It shows the models that it is sent and changes no more of the
 * page than they do, so that nothing flickers and neither focus nor scroll position is lost. All it is sent is text.
 */
import type { AssetList, DetailsAction, Fact, JobDetailsModel, ShownError } from '../shownDetails.ts';
import { element, reconcile, setHidden, setText } from './dom.ts';
import { ProgressPlot } from './progressPlot.ts';
import { TimelineChart } from './timelineChart.ts';

interface Kept {
  readonly account: string;
  readonly id: string;
  readonly points: JobDetailsModel['curve']['points'];
  readonly scroll: number;
}

/** What the extension sends; it knows no other message. */
interface Sent {
  readonly model: JobDetailsModel | null;
  /** Why there is no model. */
  readonly failure: string;
  readonly key: { readonly account: string; readonly id: string };
}

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): Partial<Kept> | undefined;
  setState(state: Partial<Kept>): void;
};

const vscode = acquireVsCodeApi();
const kept = vscode.getState();
const plot = new ProgressPlot(element('plot'));
const timeline = new TimelineChart(element('rows'), element('axis'));
const loadingText = element('loading').textContent ?? '';
let state: Partial<Kept> = kept ?? {};
/** The job on show: another one begins at the top. */
let shownKey: string | null = null;

function keyOf({ account, id }: Partial<Sent['key']>): string {
  return JSON.stringify([account, id]);
}

function show({ model, failure, key }: Sent): void {
  setHidden(element('details'), model === null);
  setHidden(element('loading'), model !== null);
  if (model === null) {
    setText(element('loading'), failure || loadingText);
    keep({ account: key.account, id: key.id, points: keyOf(key) === keyOf(state) ? (state.points ?? []) : [] });
    return;
  }
  showHeader(model);
  reconcile<DetailsAction>(
    element('actions'),
    model.actions,
    ({ name }) => (name === 'stopTracking' ? 'trackJob' : name),
    createAction,
    updateAction,
  );
  setHidden(element('errors'), model.errors.length === 0);
  reconcile<ShownError>(element('error-list'), model.errors, (_, index) => String(index), createError, updateError);
  reconcile<Fact>(element('fact-list'), model.facts, ({ label }) => label, createFact, updateFact);
  showAssets('input', model.inputs);
  showAssets('output', model.outputs);
  setText(element('curve-text'), model.curve.text);
  setHidden(element('plot'), model.curve.points.length < 2);
  plot.show(model.curve, model.locale, model.state);
  setText(element('timeline-note'), model.timeline.noteText);
  setHidden(element('timeline-note'), model.timeline.noteText === '');
  timeline.show(model.timeline, model.locale);
  keepPoints(model);
  if (shownKey !== keyOf(model)) {
    const isRestored = shownKey === null && kept !== undefined && keyOf(kept) === keyOf(model);
    document.documentElement.scrollTop = isRestored ? (kept.scroll ?? 0) : 0;
    shownKey = keyOf(model);
  }
}

function showHeader(model: JobDetailsModel): void {
  document.body.dataset['state'] = model.state;
  setText(element('title'), model.title);
  setText(element('stale-text'), model.staleText);
  setHidden(element('stale'), model.staleText === '');
  setText(element('state-text'), model.stateText);
  setText(element('percent'), model.percentText);
  setHidden(element('percent'), model.percent === null);
  setText(element('left'), model.leftText);
  setHidden(element('left'), model.leftText === '');
  setText(element('wait'), model.waitText);
  setHidden(element('wait'), model.waitText === '');
  const bar = element('bar');
  setHidden(bar, model.percent === null);
  const { percent } = model;
  if (percent !== null) {
    bar.setAttribute('aria-valuenow', String(Math.floor(percent)));
    bar.setAttribute('aria-valuetext', [model.percentText, model.leftText].filter(Boolean).join(', '));
    element('filled').style.width = `${percent}%`;
  }
}

function createAction(): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.addEventListener('click', () => vscode.postMessage({ action: button.dataset['action'] }));
  return button;
}

function updateAction(button: HTMLElement, { name, text }: DetailsAction): void {
  button.dataset['action'] = name;
  setText(button, text);
}

function createError(): HTMLElement {
  const item = document.createElement('li');
  for (const part of ['code', 'of', 'message', 'advice']) {
    const child = document.createElement(part === 'code' || part === 'of' ? 'span' : 'p');
    child.className = part;
    item.append(child);
  }
  return item;
}

function updateError(item: HTMLElement, { task, code, message, advice }: ShownError): void {
  const texts = [code, task, message, advice];
  for (const [index, child] of [...item.children].entries()) {
    setText(child, texts[index] ?? '');
    setHidden(child as HTMLElement, texts[index] === '');
  }
}

function createFact(): HTMLElement {
  const group = document.createElement('div');
  group.append(document.createElement('dt'), document.createElement('dd'));
  return group;
}

function updateFact(group: HTMLElement, { label, value, hint }: Fact): void {
  const [term, description] = group.children;
  setText(term, label);
  setText(description, value);
  if (description instanceof HTMLElement && description.title !== hint) {
    description.title = hint;
  }
}

function showAssets(kind: 'input' | 'output', { names, emptyText }: AssetList): void {
  const create = (): HTMLElement => document.createElement('li');
  reconcile<string>(element(`${kind}-list`), names, (_, index) => String(index), create, setText);
  setText(element(`${kind}-empty`), emptyText);
  setHidden(element(`${kind}-empty`), emptyText === '');
}

/** What VS Code keeps of the page over a reload of the window. */
function keep(changes: Partial<Kept>): void {
  state = { ...state, ...changes };
  vscode.setState(state);
}

function keepPoints(model: JobDetailsModel): void {
  const { account, id, curve } = model;
  const before = state.points;
  const isSame = before?.length === curve.points.length && before.at(-1)?.progress === curve.points.at(-1)?.progress;
  if (!isSame || keyOf(state) !== keyOf(model)) {
    keep({ account, id, points: curve.points });
  }
}

let scrolling = 0;
window.addEventListener(
  'scroll',
  () => {
    window.clearTimeout(scrolling);
    scrolling = window.setTimeout(() => keep({ scroll: document.documentElement.scrollTop }), 200);
  },
  { passive: true },
);
window.addEventListener('message', ({ data }: MessageEvent<Sent>) => show(data));
// Themes change while the page is open; what is painted has to be painted anew then.
new MutationObserver(() => plot.themeChanged()).observe(document.body, { attributeFilter: ['class'] });
element('retry').addEventListener('click', () => vscode.postMessage({ retry: true }));
vscode.postMessage({ ready: true });
